package io.sluice.bench;

import java.nio.ByteBuffer;

/**
 * Cuts remoting responses out of a stream and reads the two numbers the load needs. One per
 * connection, owned by the load thread. It never builds an object per response.
 *
 * <pre>
 *   0        4          5              8                 8 + header length
 *   +--------+----------+--------------+-----------------+------------+
 *   | length | encoding | header length| header          | body       |
 *   +--------+----------+--------------+-----------------+------------+
 *     of all   0 = JSON   3 bytes
 *     that follows
 * </pre>
 */
final class ResponseScanner {
    /** Told of each response in the order of arrival. */
    @FunctionalInterface
    interface Sink {
        void answered(int opaque, int code);
    }

    private static final int PREFIX_BYTES = 8;

    private final HeaderScan code = new HeaderScan("code");
    private final HeaderScan opaque = new HeaderScan("opaque");

    /**
     * Consumes every whole response between the buffer's position and limit, and leaves a partial
     * one at the end where it is.
     *
     * @throws IllegalStateException if the bytes are not a JSON remoting response, or if a response
     *     can never fit the buffer
     */
    void scan(ByteBuffer in, Sink sink) {
        while (in.remaining() >= PREFIX_BYTES) {
            int start = in.position();
            int frameBytes = 4 + in.getInt(start);
            int headerWord = in.getInt(start + 4);
            int headerBytes = headerWord & 0xFFFFFF;
            requireJson(frameBytes, headerWord >>> 24, headerBytes, in.capacity());
            if (in.remaining() < frameBytes) {
                return;
            }
            answer(in, start + PREFIX_BYTES, start + PREFIX_BYTES + headerBytes, sink);
            in.position(start + frameBytes);
        }
    }

    private void answer(ByteBuffer in, int from, int to, Sink sink) {
        long codeFound = code.number(in, from, to);
        long opaqueFound = opaque.number(in, from, to);
        if (codeFound == HeaderScan.ABSENT || opaqueFound == HeaderScan.ABSENT) {
            throw new IllegalStateException("A response without code or opaque");
        }
        sink.answered((int) opaqueFound, (int) codeFound);
    }

    private static void requireJson(int frameBytes, int encoding, int headerBytes, int capacity) {
        if (encoding != 0 || headerBytes + PREFIX_BYTES > frameBytes || frameBytes > capacity) {
            throw new IllegalStateException(
                    "Not a JSON remoting response: encoding %d, frame %d bytes, header %d bytes"
                            .formatted(encoding, frameBytes, headerBytes));
        }
    }
}
