package io.sluice.protocol;

import static io.sluice.fuzz.Target.require;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** What holds of every header that could be read. */
final class HeaderChecks {
    private HeaderChecks() {}

    /** Writes what was read and reads it again. */
    static void rewrite(Header header) {
        Map<String, String> fields = header.fields();
        require(!header.toString().isEmpty(), "a header shows itself");
        fields.forEach((name, value) -> {
            if (isAscii(name)) {
                require(header.has(name), "a listed field is found: " + name);
                require(value.equals(header.textOrNull(name)), "one value of " + name);
                require(
                        value.equals(new String(header.bytes(name), StandardCharsets.UTF_8)),
                        "the same as bytes: " + name);
            }
        });
        FrameWriter writer = begun(header);
        String remark = header.remark();
        if (remark != null) {
            writer.remark(remark);
        }
        fields.forEach((name, value) -> {
            if (isPlain(name)) {
                writer.field(name, value);
            }
        });
        Header again = decode(writer);
        require(again.code() == header.code() && again.opaque() == header.opaque(), "round trip");
        require(
                remark == null || remark.isEmpty() || remark.equals(again.remark()),
                "round trip of " + remark);
        fields.forEach((name, value) -> {
            if (isPlain(name)) {
                require(value.equals(again.textOrNull(name)), "round trip of " + name);
            }
        });
    }

    /** The code of a request may have been cut to 16 bits: it cannot be written so again. */
    private static FrameWriter begun(Header header) {
        int code = header.code();
        if (header.response()) {
            return new FrameWriter().response(header, code);
        }
        SerializeType type = code == (short) code ? header.serializeType() : SerializeType.JSON;
        return new FrameWriter().request(type, code, header.opaque());
    }

    /** The header of a frame without a body. */
    static Header decode(FrameWriter writer) {
        ByteBuf frame = Unpooled.buffer();
        writer.finish(frame, 0);
        int size = Frame.sizeBytes(frame, Frame.SIZE_BYTES_MAX);
        require(size == frame.readableBytes(), "what was written is a frame");
        return Header.decode(frame, 0);
    }

    /** Names come from our own code, which writes letters and digits. */
    private static boolean isPlain(String name) {
        return !name.isEmpty()
                && name.length() <= Short.MAX_VALUE
                && name.chars().allMatch(c -> c < 0x80 && Character.isLetterOrDigit(c));
    }

    private static boolean isAscii(String name) {
        return name.chars().allMatch(c -> c < 0x80);
    }
}
