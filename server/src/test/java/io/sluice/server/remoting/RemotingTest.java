package io.sluice.server.remoting;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.UnpooledByteBufAllocator;
import io.sluice.protocol.PullMessageHeader;
import io.sluice.protocol.RequestCode;
import io.sluice.protocol.ResponseCode;
import io.sluice.server.Server;
import io.sluice.server.TestServers;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The wire itself: bytes that come in any pieces, peers that misbehave, memory that comes back. */
class RemotingTest {
    private static final int SUBSCRIPTION = PullMessageHeader.FLAG_SUBSCRIPTION;
    private static final int SUSPEND = PullMessageHeader.FLAG_SUSPEND;

    /** Counts every byte that is not given back. */
    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true);

    @TempDir Path directory;
    private Server server;
    private Wire wire;

    @BeforeEach
    void start() throws IOException {
        server = TestServers.start(directory, allocator, Limits.DEFAULT);
        wire = new Wire(server.remotingPort());
    }

    @AfterEach
    void stop() throws IOException {
        wire.close();
        server.close();
        assertEquals(0, usedBytes(), "bytes were not given back");
    }

    private long usedBytes() {
        return allocator.metric().usedDirectMemory() + allocator.metric().usedHeapMemory();
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + 10_000_000_000L;
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < deadline, "did not happen within 10 s");
            LockSupport.parkNanos(1_000_000);
        }
    }

    private byte[] send(String body) {
        return wire.request(
                RequestCode.SEND_MESSAGE_V2,
                Wire.sendHeader("orders", 0, "")::encode,
                body.getBytes(StandardCharsets.UTF_8));
    }

    private byte[] pull(long offset, int flags) {
        var header =
                new PullMessageHeader(
                        "group", "orders", 0, offset, 32, flags, 0, 5000, "*", 0, "TAG", 1 << 20,
                        null);
        return wire.request(RequestCode.PULL_MESSAGE, header::encode, new byte[0]);
    }

    @Test
    void shouldCutFramesWhereverTheyAreSplit() throws IOException {
        wire.write(send("warm"));
        wire.answer();
        byte[] frame = send("split at every byte");
        for (int at = 1; at < frame.length; at++) {
            long read = server.traffic().requests();
            ByteArrayOutputStream rest = new ByteArrayOutputStream();
            rest.write(frame, at, frame.length - at);
            rest.write(frame, 0, at);
            byte[] two = rest.toByteArray();
            wire.write(Arrays.copyOf(frame, at));
            wire.write(two);
            wire.write(Arrays.copyOfRange(frame, at, frame.length));
            assertEquals(ResponseCode.SUCCESS, wire.answer().code());
            assertEquals(ResponseCode.SUCCESS, wire.answer().code());
            assertEquals(read + 2, server.traffic().requests());
        }
    }

    @Test
    void shouldCutManyFramesOutOfOneWrite() throws IOException {
        ByteArrayOutputStream many = new ByteArrayOutputStream();
        for (int i = 0; i < 5000; i++) {
            many.writeBytes(send("message " + i));
        }
        wire.write(many.toByteArray());
        for (int i = 0; i < 5000; i++) {
            assertEquals(ResponseCode.SUCCESS, wire.answer().code());
        }
        long flushes = server.traffic().flushes();
        assertTrue(flushes < 1000, "answers shall share flushes, but there were " + flushes);
        await(() -> server.traffic().underWay() == 0);
    }

    @Test
    void shouldCloseWhenGarbageComes() throws IOException {
        wire.write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.UTF_8));
        assertTrue(wire.closedByServer());
        await(() -> server.traffic().connections() == 0);
    }

    @Test
    void shouldCloseWhenAFrameIsTooLargeBeforeItHasCome() throws IOException {
        wire.write(ByteBuffer.allocate(4).putInt(16 * 1024 * 1024).array());
        assertTrue(wire.closedByServer());
    }

    @Test
    void shouldNotMakeRoomForWhatIsOnlyAnnounced() throws IOException {
        byte[] begin = ByteBuffer.allocate(20).putInt(15 * 1024 * 1024).putInt(10).array();
        wire.write(begin);
        await(() -> usedBytes() > 0);
        assertTrue(usedBytes() < 1 << 20, () -> usedBytes() + " bytes for 20 that came");
    }

    @Test
    void shouldCloseWhenAHeaderCannotBeRead() throws IOException {
        wire.write(
                ByteBuffer.allocate(12)
                        .putInt(8)
                        .putInt(4)
                        .put("{{{{".getBytes(StandardCharsets.US_ASCII))
                        .array());
        assertTrue(wire.closedByServer());
    }

    @Test
    void shouldNotReadOnFromAPeerThatDoesNotRead() throws IOException {
        for (int i = 0; i < 64; i++) {
            wire.write(send("x".repeat(64 * 1024)));
            wire.answer();
        }
        try (Wire other = new Wire(server.brokerPort())) {
            for (int i = 0; i < 2000; i++) {
                wire.write(pull(i % 32, SUBSCRIPTION));
            }
            await(() -> server.traffic().pauses() > 0);
            assertTrue(usedBytes() < 32 << 20, () -> usedBytes() + " bytes for one slow peer");
            assertEquals(ResponseCode.SUCCESS, other.send("orders", 1, "y").code());
        }
        for (int i = 0; i < 2000; i++) {
            assertEquals(ResponseCode.SUCCESS, wire.answer().code());
        }
    }

    @Test
    void shouldGiveEverythingBackWhenAPeerIsGone() throws IOException {
        wire.write(send("x"));
        wire.answer();
        wire.write(pull(1, SUBSCRIPTION | SUSPEND));
        for (int i = 0; i < 100; i++) {
            wire.write(send("y"));
        }
        wire.socket().setSoLinger(true, 0);
        wire.close();
        await(() -> server.traffic().connections() == 0);
        await(() -> server.traffic().underWay() == 0);
        await(() -> usedBytes() == 0);
    }

    private void restart(long idleMs, long stuckMs) throws IOException {
        wire.close();
        server.close();
        Limits limits = Limits.DEFAULT;
        server =
                TestServers.start(
                        directory,
                        allocator,
                        new Limits(
                                limits.frameSizeBytesMax(),
                                limits.heldBytesMax(),
                                limits.heldRequestsMax(),
                                limits.unsentBytesMax(),
                                limits.parkedBytesMax(),
                                idleMs,
                                stuckMs,
                                limits.together()));
        wire = new Wire(server.remotingPort());
    }

    @Test
    void shouldCloseAPeerThatIsSilent() throws IOException {
        restart(100, 30_000);
        wire.write(send("whole"));
        wire.answer();
        wire.write(Arrays.copyOf(send("half of a frame"), 50));
        assertTrue(wire.closedByServer());
        await(() -> server.traffic().connections() == 0);
    }

    @Test
    void shouldCloseAPeerThatTakesNone() throws IOException {
        restart(120_000, 100);
        for (int i = 0; i < 64; i++) {
            wire.write(send("x".repeat(64 * 1024)));
            wire.answer();
        }
        for (int i = 0; i < 500; i++) {
            wire.write(pull(i % 32, SUBSCRIPTION));
        }
        await(() -> server.traffic().connections() == 0);
        await(() -> usedBytes() == 0);
    }
}
