package io.sluice.server.dispatch;

import org.jspecify.annotations.Nullable;

/** What became of a {@link Call} that wants an answer. */
public sealed interface Reply {
    /**
     * The client answered.
     *
     * @param code a {@link io.sluice.protocol.ResponseCode} of the client's choice
     * @param remark why it is not what was hoped for
     * @param body untrusted, as everything that clients send
     */
    record Answered(int code, @Nullable String remark, byte[] body) implements Reply {}

    /** There is no answer, and none will come; the client may have done what it was asked. */
    record Silent(Silence why) implements Reply {}

    /** Why there is no answer. */
    enum Silence {
        /** The connection is closed. */
        GONE,
        /** The client did not answer in time. */
        LATE,
        /** Not asked: the client does not take what is sent to it, or owes many answers. */
        BUSY
    }
}
