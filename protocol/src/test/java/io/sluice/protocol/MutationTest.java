package io.sluice.protocol;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.sluice.protocol.Golden.Captured;
import io.sluice.protocol.Golden.Exchange;
import java.lang.management.ManagementFactory;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Damages what real clients send, in seeded ways: whatever comes out, decoding ends with a value or
 * a {@link ProtocolException}, and costs memory in proportion to what came in.
 */
class MutationTest {
    private static final int ROUNDS = 60;
    private static final int FLIPS_MAX = 4;

    /** A tree of JSON costs up to this much per byte of text, and errors a little on top. */
    private static final int ALLOCATED_PER_BYTE_MAX = 50;

    private static final long ALLOCATED_BASE = 16 * 1024;

    private static final com.sun.management.ThreadMXBean THREADS =
            (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();

    static Iterable<String> files() {
        return Golden.files();
    }

    @ParameterizedTest
    @MethodSource("files")
    void shouldOnlyThrowWhatIsDeclaredWhateverBytesAreDamaged(String file) {
        Random random = new Random(file.hashCode());
        for (Exchange exchange : Golden.exchanges(file)) {
            int code = exchange.request().header().code();
            for (int round = 0; round < ROUNDS; round++) {
                decodeBounded(code, damaged(exchange.request().bytes(), random));
                Captured answer = exchange.answer();
                if (answer != null) {
                    decodeBounded(code, damaged(answer.bytes(), random));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void shouldCallEveryPrefixOfACapturedFrameIncomplete(String file) {
        for (Exchange exchange : Golden.exchanges(file)) {
            ByteBuf frame = exchange.request().bytes();
            for (int length = 0; length < frame.readableBytes(); length++) {
                int size = Frame.sizeBytes(frame.slice(0, length), Frame.SIZE_BYTES_MAX);
                assertTrue(size == Frame.INCOMPLETE, file);
            }
        }
    }

    private static ByteBuf damaged(ByteBuf frame, Random random) {
        ByteBuf copy = Unpooled.copiedBuffer(frame);
        for (int flips = 1 + random.nextInt(FLIPS_MAX); flips > 0; flips--) {
            int at = random.nextInt(copy.readableBytes());
            switch (random.nextInt(4)) {
                case 0 -> copy.setByte(at, random.nextInt());
                case 1 -> copy.setByte(at, copy.getByte(at) ^ (1 << random.nextInt(8)));
                case 2 -> copy.setByte(at, "\"\\{}[],:0-".charAt(random.nextInt(10)));
                default -> copy.setByte(at, copy.getByte(random.nextInt(copy.readableBytes())));
            }
        }
        return copy;
    }

    /** Decodes once or, since the first time also loads classes, a few times. */
    private static void decodeBounded(int code, ByteBuf frame) {
        long bound = ALLOCATED_BASE + (long) ALLOCATED_PER_BYTE_MAX * frame.readableBytes();
        long allocated = Long.MAX_VALUE;
        for (int attempt = 0; attempt < 3 && allocated >= bound; attempt++) {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            decode(code, frame);
            allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
        }
        assertTrue(allocated < bound, allocated + " bytes allocated, bound is " + bound);
    }

    private static void decode(int code, ByteBuf frame) {
        try {
            if (Frame.sizeBytes(frame, Frame.SIZE_BYTES_MAX) == Frame.INCOMPLETE) {
                return;
            }
            Header header = Header.decode(frame, 0);
            fields(code, header);
            body(code, header, frame);
        } catch (ProtocolException e) {
            assertTrue(e.getMessage().length() < 1000, e::getMessage);
        }
    }

    private static void fields(int code, Header header) {
        var fields = (header.response() ? Codecs.ANSWERS : Codecs.REQUESTS).get(code);
        if (fields != null) {
            assertTrue(fields.decode().apply(header) != null);
        }
    }

    private static void body(int code, Header header, ByteBuf frame) {
        int index = header.bodyIndex();
        int size = header.bodySizeBytes();
        var bodies = header.response() ? Codecs.ANSWER_BODIES : Codecs.REQUEST_BODIES;
        var body = bodies.get(code);
        if (body != null) {
            body.decode().decode(frame, index, size);
        } else if (code == RequestCode.SEND_BATCH_MESSAGE) {
            BatchBody.decode(frame, index, size, 1000);
        }
    }
}
