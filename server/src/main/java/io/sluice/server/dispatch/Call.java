package io.sluice.server.dispatch;

/**
 * What the server asks of a client, or tells it, over the client's own connection.
 *
 * @param code a {@link io.sluice.protocol.RequestCode} that goes to clients
 * @param fields writes the header's fields; called once, on the client's event loop
 * @param body must not be changed any more
 */
public record Call(int code, Answer.Fields fields, byte[] body) {
    private static final byte[] NO_BODY = {};

    /** One without a body. */
    public static Call of(int code, Answer.Fields fields) {
        return new Call(code, fields, NO_BODY);
    }
}
