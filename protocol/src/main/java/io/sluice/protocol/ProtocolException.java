package io.sluice.protocol;

/**
 * What a peer sent is not what the protocol says. The message names the cause and the place; it
 * holds nothing of this server, so that it can go back to the peer as the remark of an answer.
 *
 * <p>Any peer can provoke one with a few bytes, so it has no stack trace to pay for.
 */
public abstract sealed class ProtocolException extends RuntimeException
        permits FrameException, HeaderException, JsonException, BodyException {

    private static final int SHOWN_MAX = 64;

    private final String message;

    ProtocolException(String message) {
        super(message, null, false, false);
        this.message = message;
    }

    /** What a peer sent, short enough for a message. */
    static String shown(String found) {
        return found.length() <= SHOWN_MAX ? found : found.substring(0, SHOWN_MAX) + "...";
    }

    @Override
    public String getMessage() {
        return message;
    }
}
