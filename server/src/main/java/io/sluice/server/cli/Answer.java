package io.sluice.server.cli;

import io.netty.buffer.ByteBuf;
import io.sluice.protocol.Header;
import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * An answer of the server.
 *
 * @param frame all of its bytes, which nobody else keeps
 */
record Answer(Header header, ByteBuf frame) {

    boolean is(int code) {
        return header.code() == code;
    }

    String remark() {
        return Objects.requireNonNullElse(header.remark(), "code " + header.code());
    }

    ByteBuffer body() {
        return frame.nioBuffer(header.bodyIndex(), header.bodySizeBytes());
    }
}
