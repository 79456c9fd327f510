package io.sluice.protocol;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/** Frames made by hand. */
final class Frames {
    private Frames() {}

    /** A frame with this JSON header and no body. */
    static ByteBuf json(String header) {
        return frame(SerializeType.JSON, header.getBytes(StandardCharsets.UTF_8), new byte[0]);
    }

    static ByteBuf frame(SerializeType type, byte[] header, byte[] body) {
        ByteBuf frame = Unpooled.buffer();
        frame.writeInt(4 + header.length + body.length);
        frame.writeInt((type.code << 24) | header.length);
        return frame.writeBytes(header).writeBytes(body);
    }

    static Header decodeJson(String header) {
        return Header.decode(json(header), 0);
    }

    /** What the writer has begun, as a frame without a body. */
    static ByteBuf finish(FrameWriter writer) {
        ByteBuf frame = Unpooled.buffer();
        writer.finish(frame, 0);
        return frame;
    }

    static Header decode(FrameWriter writer) {
        return Header.decode(finish(writer), 0);
    }
}
