package io.sluice.server.remoting;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.UnpooledByteBufAllocator;
import io.sluice.protocol.PullMessageHeader;
import io.sluice.protocol.RequestCode;
import io.sluice.protocol.ResponseCode;
import io.sluice.server.Server;
import io.sluice.server.TestServers;
import io.sluice.server.remoting.Limits.Together;
import java.io.IOException;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What all connections may cost together, by real bytes from many sockets. */
class CrowdTest {
    private static final int NEVER_MS = 1_000_000;
    private static final int MIB = 1 << 20;

    /** Counts every byte that is not given back. */
    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true);

    private final List<Wire> wires = new ArrayList<>();

    @TempDir Path directory;
    private Server server;

    @BeforeEach
    void start() throws IOException {
        server = TestServers.start(directory, allocator, limits(together(), NEVER_MS));
    }

    /** Event loops share the bounds, so that the tests must hold for one and for two. */
    private void restart(Together together, long idleMs) throws IOException {
        server.close();
        server = TestServers.start(directory, allocator, limits(together, idleMs));
    }

    private static Limits limits(Together together, long idleMs) {
        Limits usual = Limits.DEFAULT;
        return new Limits(
                usual.frameSizeBytesMax(),
                usual.heldBytesMax(),
                usual.heldRequestsMax(),
                usual.unsentBytesMax(),
                usual.parkedBytesMax(),
                idleMs,
                NEVER_MS,
                together);
    }

    private static Together together() {
        return new Together(1000, NEVER_MS, 128 * MIB, 128 * MIB, 128 * MIB);
    }

    @AfterEach
    void stop() throws IOException {
        for (Wire wire : wires) {
            wire.close();
        }
        server.close();
        assertEquals(0, usedBytes(), "bytes were not given back");
    }

    private long usedBytes() {
        return allocator.metric().usedDirectMemory() + allocator.metric().usedHeapMemory();
    }

    private Wire wire() throws IOException {
        Wire wire = new Wire(server.remotingPort());
        wires.add(wire);
        return wire;
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + 10_000_000_000L;
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < deadline, "did not happen within 10 s");
            LockSupport.parkNanos(1_000_000);
        }
    }

    private static byte[] send(Wire wire, byte[] body) {
        return wire.request(
                RequestCode.SEND_MESSAGE_V2, Wire.sendHeader("orders", 0, "")::encode, body);
    }

    private static byte[] pull(Wire wire, long offset, int flags, String subscription) {
        var header =
                new PullMessageHeader(
                        "group",
                        "orders",
                        0,
                        offset,
                        32,
                        flags,
                        0,
                        30_000,
                        subscription,
                        0,
                        "TAG",
                        MIB,
                        null);
        return wire.request(RequestCode.PULL_MESSAGE, header::encode, new byte[0]);
    }

    private static byte[] waitingPull(Wire wire, long offset, String subscription) {
        int flags = PullMessageHeader.FLAG_SUBSCRIPTION | PullMessageHeader.FLAG_SUSPEND;
        return pull(wire, offset, flags, subscription);
    }

    private static void assertSends(Wire wire) throws IOException {
        assertEquals(ResponseCode.SUCCESS, wire.send("orders", 0, "x").code());
    }

    @Test
    void shouldCloseThoseThatHoldPartsOfFramesForTheLongest() throws IOException {
        Together all = together();
        restart(new Together(1000, NEVER_MS, all.requestBytesMax(), 4 * MIB, 0), NEVER_MS);
        Wire honest = wire();
        assertSends(honest);
        byte[] part = new byte[256 * 1024];
        ByteBuffer.wrap(part).putInt(8 * MIB).putInt(100);
        List<Wire> slow = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            Wire wire = wire();
            wire.write(part);
            slow.add(wire);
            if (i % 10 == 0) {
                assertSends(honest);
            }
        }
        for (int i = 0; i < 83; i++) {
            assertTrue(slow.get(i).closedByServer());
        }
        assertTrue(usedBytes() < 8 * MIB, () -> usedBytes() + " bytes for all");
        byte[] large = send(honest, new byte[2 * MIB]);
        honest.write(large);
        assertEquals(ResponseCode.SUCCESS, honest.answer().code());
    }

    @Test
    void shouldCloseThoseThatLeaveAnswersForTheLongest() throws IOException {
        Together all = together();
        restart(new Together(1000, NEVER_MS, all.requestBytesMax(), 8 * MIB, 0), NEVER_MS);
        Wire honest = wire();
        for (int i = 0; i < 64; i++) {
            honest.write(send(honest, new byte[64 * 1024]));
            assertEquals(ResponseCode.SUCCESS, honest.answer().code());
        }
        for (int i = 0; i < 20; i++) {
            Wire wire = wire();
            for (int j = 0; j < 60; j++) {
                wire.write(pull(wire, j, PullMessageHeader.FLAG_SUBSCRIPTION, "*"));
            }
            assertSends(honest);
        }
        await(() -> server.traffic().connections() < 20);
        await(() -> usedBytes() < 20 * MIB);
        assertSends(honest);
        assertSends(wire());
    }

    @Test
    void shouldRefuseRequestsWhileAllThatAreUnderWayTakeTooMuch() throws IOException {
        Together all = together();
        restart(
                new Together(1000, NEVER_MS, 1, all.stalledBytesMax(), all.parkedBytesMax()),
                NEVER_MS);
        Wire wire = wire();
        boolean refused = false;
        long deadline = System.nanoTime() + 10_000_000_000L;
        while (!refused && System.nanoTime() < deadline) {
            for (int i = 0; i < 100; i++) {
                wire.write(send(wire, new byte[16 * 1024]));
            }
            for (int i = 0; i < 100; i++) {
                refused |= wire.answer().code() == ResponseCode.SYSTEM_BUSY;
            }
        }
        assertTrue(refused, "what is under way was not bounded");
        await(() -> server.traffic().underWay() == 0);
        assertSends(wire);
    }

    @Test
    void shouldLetNewcomersTakeThePlacesOfThoseThatAskedNothing() throws IOException {
        Together all = together();
        restart(
                new Together(4, NEVER_MS, all.requestBytesMax(), all.stalledBytesMax(), 0),
                NEVER_MS);
        List<Wire> silent = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            silent.add(wire());
        }
        await(() -> server.traffic().connections() == 4);
        for (int i = 0; i < 4; i++) {
            assertSends(wire());
            assertTrue(silent.get(i).closedByServer());
        }
        Wire fifth = wire();
        assertTrue(fifth.closedByServer(), "there is no room beside those who have asked");
        assertEquals(4, server.traffic().connections());
    }

    @Test
    void shouldCloseThoseThatAskNothing() throws IOException {
        Together all = together();
        restart(new Together(1000, 100, all.requestBytesMax(), all.stalledBytesMax(), 0), NEVER_MS);
        Wire honest = wire();
        assertSends(honest);
        Wire silent = wire();
        Wire halting = wire();
        halting.write(new byte[] {0, 0});
        assertTrue(silent.closedByServer());
        assertTrue(halting.closedByServer());
        assertSends(honest);
    }

    @Test
    void shouldCloseAPeerThatSendsBytesButNoWholeRequest() throws IOException {
        restart(together(), 200);
        Wire wire = wire();
        assertSends(wire);
        byte[] frame = send(wire, new byte[100_000]);
        long closed = server.traffic().connections() - 1;
        try {
            for (int i = 0; server.traffic().connections() > closed; i++) {
                assertTrue(i < frame.length, "bytes without a whole request kept it open");
                wire.write(new byte[] {frame[i]});
                LockSupport.parkNanos(1_000_000);
            }
        } catch (SocketException e) {
            await(() -> server.traffic().connections() == closed);
        }
    }

    @Test
    void shouldLetOnlySoManyPullsWait() throws IOException {
        Together all = together();
        restart(
                new Together(
                        1000, NEVER_MS, all.requestBytesMax(), all.stalledBytesMax(), 64 * 1024),
                NEVER_MS);
        Wire wire = wire();
        assertSends(wire);
        for (int i = 0; i < 200; i++) {
            wire.write(waitingPull(wire, 1, "*"));
        }
        assertEquals(ResponseCode.SYSTEM_BUSY, wire.answer().code());
        Wire other = wire();
        assertSends(other);
        int found = 0;
        for (int i = 1; i < 200; i++) {
            found += wire.answer().code() == ResponseCode.SUCCESS ? 1 : 0;
        }
        assertTrue(found > 10 && found <= 64, found + " waited and were woken");
        wire.write(waitingPull(wire, 2, "*"));
        assertSends(other);
        assertEquals(ResponseCode.SUCCESS, wire.answer().code(), "there is room again");
    }

    @Test
    void shouldWakeAllThatWaitThoughNotAllAtOnce() throws IOException {
        Wire wire = wire();
        assertSends(wire);
        for (int i = 0; i < 3000; i++) {
            wire.write(waitingPull(wire, 1, "*"));
        }
        Wire other = wire();
        await(() -> server.traffic().requests() == 3001);
        assertSends(other);
        for (int i = 0; i < 3000; i++) {
            assertEquals(ResponseCode.SUCCESS, wire.answer().code());
        }
        await(() -> server.traffic().underWay() == 0);
    }

    @Test
    void shouldCountTheHeadersOfPullsThatWait() throws IOException {
        Together all = together();
        restart(
                new Together(1000, NEVER_MS, all.requestBytesMax(), all.stalledBytesMax(), 4 * MIB),
                NEVER_MS);
        Wire wire = wire();
        assertSends(wire);
        String wide = "tag" + " ".repeat(900_000);
        for (int i = 0; i < 10; i++) {
            wire.write(waitingPull(wire, 1, wide));
        }
        assertEquals(ResponseCode.SYSTEM_BUSY, wire.answer().code());
    }

    @Test
    void shouldLeaveDescriptorsForStorage() {
        assertEquals(512, Room.connections(1024, 1L << 40));
        assertEquals(19_488, Room.connections(20_000, 1L << 40));
        assertEquals(64, Room.connections(128, 1L << 40));
        assertEquals(32_768, Room.connections(1_000_000, 512L << 20));
    }
}
