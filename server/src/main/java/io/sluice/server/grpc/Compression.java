package io.sluice.server.grpc;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.Adler32;
import java.util.zip.CRC32;
import java.util.zip.Checksum;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * Puts compressed bodies from one wrapping into the other: remoting clients write and read zlib,
 * this protocol's say gzip. What is inside, deflate, stays as it is; but the other wrapping's
 * checksum is of the plain bytes, so they are looked at once. One for each request or answer, of
 * which it looks at a bounded number of bytes; what it cannot put over stays as it is, as
 * RocketMQ's proxy leaves all.
 */
final class Compression {
    private static final int PLAIN_BYTES_MAX = 8 << 20;
    private static final int ZLIB_HEAD = 2;
    private static final int GZIP_HEAD = 10;
    private static final int PIECE = 8 << 10;
    private static final int DEFLATE = 8;
    private static final byte[] GZIP = {0x1F, (byte) 0x8B, DEFLATE, 0, 0, 0, 0, 0, 0, -1};
    private static final byte[] ZLIB = {0x78, (byte) 0x9C};

    private int plainBytesLeft = PLAIN_BYTES_MAX;

    /**
     * @param deflated the bytes of the deflate stream itself
     * @param plain how many bytes they stand for
     */
    private record Inside(int deflated, int plain) {}

    /** A zlib body as gzip; the same body if it is not one. */
    ByteString toGzip(ByteString body) {
        boolean zlib =
                body.size() > ZLIB_HEAD
                        && (body.byteAt(0) & 0x0F) == DEFLATE
                        && ((body.byteAt(0) & 0xFF) << 8 | (body.byteAt(1) & 0xFF)) % 31 == 0
                        && (body.byteAt(1) & 0x20) == 0;
        CRC32 crc = new CRC32();
        Inside inside = zlib ? look(body, ZLIB_HEAD, crc) : null;
        if (inside == null) {
            return body;
        }
        byte[] tail =
                ByteBuffer.allocate(2 * Integer.BYTES)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putInt((int) crc.getValue())
                        .putInt(inside.plain)
                        .array();
        return wrap(GZIP, body, ZLIB_HEAD, inside.deflated, tail);
    }

    /** A gzip body as zlib; the same body if it is not one, or has a name or a comment. */
    ByteString toZlib(ByteString body) {
        boolean gzip =
                body.size() > GZIP_HEAD
                        && body.byteAt(0) == GZIP[0]
                        && body.byteAt(1) == GZIP[1]
                        && body.byteAt(2) == DEFLATE
                        && body.byteAt(3) == 0;
        Adler32 adler = new Adler32();
        Inside inside = gzip ? look(body, GZIP_HEAD, adler) : null;
        if (inside == null) {
            return body;
        }
        byte[] tail = ByteBuffer.allocate(Integer.BYTES).putInt((int) adler.getValue()).array();
        return wrap(ZLIB, body, GZIP_HEAD, inside.deflated, tail);
    }

    private static ByteString wrap(
            byte[] head, ByteString body, int from, int deflated, byte[] tail) {
        ByteBuffer out = ByteBuffer.allocate(head.length + deflated + tail.length);
        out.put(head).put(body.substring(from, from + deflated).asReadOnlyByteBuffer()).put(tail);
        return ByteString.copyFrom(out.flip());
    }

    /** Looks at the plain bytes; null if they are damaged or too many. */
    private @Nullable Inside look(ByteString body, int from, Checksum checksum) {
        Inflater inflater = new Inflater(true);
        try {
            inflater.setInput(body.substring(from).asReadOnlyByteBuffer());
            byte[] piece = new byte[PIECE];
            int plain = 0;
            while (!inflater.finished()) {
                int count = inflater.inflate(piece);
                plain += count;
                plainBytesLeft -= count;
                if (plainBytesLeft <= 0 || (count == 0 && !inflater.finished())) {
                    return null;
                }
                checksum.update(piece, 0, count);
            }
            return new Inside(Math.toIntExact(inflater.getBytesRead()), plain);
        } catch (DataFormatException e) {
            return null; // whoever reads it will find out
        } finally {
            inflater.end();
        }
    }
}
