package io.sluice.protocol;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Reads a header written in ROCKETMQ form. All numbers are big-endian.
 *
 * <pre>
 *   code i16 | language i8 | version i16 | opaque i32 | flag i32
 *   remark: length i32, bytes
 *   ext fields: length of all i32, then for each: name length i16, name, value length i32, value
 * </pre>
 */
final class BinaryHeader {
    private static final int FIXED_SIZE_BYTES = 13;

    private final Header header;
    private final ByteBuffer bytes;

    private BinaryHeader(Header header) {
        this.header = header;
        this.bytes = ByteBuffer.wrap(header.bytes);
    }

    static void decode(Header header) {
        BinaryHeader binary = new BinaryHeader(header);
        binary.fixed();
        binary.remark();
        binary.fields();
    }

    private void fixed() {
        need(FIXED_SIZE_BYTES, "fixed part");
        short code = bytes.getShort();
        header.language = Language.of(bytes.get());
        header.version = bytes.getShort();
        header.opaque = bytes.getInt();
        header.flag = bytes.getInt();
        header.code = header.response() ? code : RequestCode.ofShort(code);
    }

    private void remark() {
        int length = length("remark");
        if (length > 0) {
            header.remark =
                    new String(header.bytes, bytes.position(), length, StandardCharsets.UTF_8);
            bytes.position(bytes.position() + length);
        }
    }

    private void fields() {
        int length = length("ext fields");
        bytes.limit(bytes.position() + length);
        while (bytes.hasRemaining()) {
            field();
        }
    }

    private void field() {
        need(Short.BYTES, "name of an ext field");
        int nameLength = bytes.getShort();
        need(nameLength, "name of an ext field");
        int nameFrom = bytes.position();
        int nameTo = nameFrom + nameLength;
        bytes.position(nameTo);
        int valueLength = length("value of an ext field");
        int valueFrom = bytes.position();
        bytes.position(valueFrom + valueLength);
        boolean absent = valueLength == 0;
        header.add(nameFrom, nameTo, absent ? -1 : valueFrom, valueFrom + valueLength);
    }

    /** Takes a length and makes sure that what it announces is there. */
    private int length(String what) {
        need(Integer.BYTES, what);
        int length = bytes.getInt();
        need(length, what);
        return length;
    }

    private void need(int sizeBytes, String what) {
        if (sizeBytes < 0 || sizeBytes > bytes.remaining()) {
            throw new HeaderException(
                    "header's "
                            + what
                            + " has length "
                            + sizeBytes
                            + ", but "
                            + bytes.remaining()
                            + " bytes are left");
        }
    }
}
