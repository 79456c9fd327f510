package io.sluice.engine.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.sluice.engine.log.CorruptLogException;
import io.sluice.engine.log.LocalLog;
import io.sluice.engine.log.LocalLogConfig;
import io.sluice.engine.log.MemoryDirectory;
import io.sluice.engine.schedule.Transactions.Open;
import io.sluice.engine.time.ManualTime;
import java.io.IOException;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Numbers of a checkpoint are checked when it is read, although its checksum is right. */
final class StateTest {
    private static final int SEGMENT = 3;
    private static final long IN_SEGMENT = (long) SEGMENT << 32 | 64;
    private static final LocalLogConfig CONFIG =
            new LocalLogConfig(0, 64 << 10, 16 << 10, 32 << 10, 0);

    private final ManualTime time = new ManualTime();
    private final LocalLog log =
            new LocalLog(
                    new MemoryDirectory(512),
                    CONFIG,
                    time,
                    time.executor(),
                    time.executor(),
                    time.executor());

    private State state() {
        Firing firing = new Firing(log, time, time.executor(), time.executor(), command -> false);
        return new State(log, firing.timers());
    }

    private void restore(Consumer<State> history) throws IOException {
        State before = state();
        history.accept(before);
        State after = state();
        after.restore(SEGMENT, before.checkpoint());
        assertEquals(before.checkpoint(), after.checkpoint());
    }

    private void refuse(Consumer<State> history) {
        assertThrows(CorruptLogException.class, () -> restore(history));
    }

    private static Open half(long position, int sizeBytes, int queueId) {
        return new Open(64, position, sizeBytes, 7, queueId, "g", 0, 0, 0, 0, false);
    }

    @Test
    void shouldRefuseHalfMessagesThatLieNowhere() throws IOException {
        restore(state -> state.transactions.prepared(half(IN_SEGMENT, 200, 0)));
        refuse(state -> state.transactions.prepared(half(IN_SEGMENT + (1L << 32), 200, 0)));
        refuse(state -> state.transactions.prepared(half(Long.MAX_VALUE, 200, 0)));
        refuse(state -> state.transactions.prepared(half(IN_SEGMENT, 16 << 10, 0)));
        refuse(state -> state.transactions.prepared(half(IN_SEGMENT, Integer.MAX_VALUE, 0)));
        refuse(state -> state.transactions.prepared(half(IN_SEGMENT, 200, -1)));
        refuse(state -> state.transactions.prepared(half(IN_SEGMENT, 200, 1 << 16)));
    }

    @Test
    void shouldRefuseSegmentsThatHaveNotEnded() throws IOException {
        restore(state -> state.queues.freeze(SEGMENT, 5));
        refuse(state -> state.queues.freeze(SEGMENT + 1, 5));
        refuse(state -> state.queues.freeze(0, 5));
        refuse(state -> {
            state.queues.freeze(2, 5);
            state.queues.freeze(2, 5);
        });
    }

    @Test
    void shouldRefuseOffsetsBelowZero() throws IOException {
        restore(state -> state.leases.leased(1, 2, 0, 0, 1, 9, 8, new long[] {7}));
        refuse(state -> state.leases.leased(1, 2, 0, 0, 1, 9, 8, new long[] {-7}));
        restore(state -> state.apply(1, new Record.OffsetReset(1, 2, 0, 7, 9)));
        refuse(state -> state.apply(1, new Record.OffsetReset(1, 2, 0, -7, 9)));
    }

    @Test
    void shouldNotLetSegmentsExpireThatAreStillToCome() {
        State state = state();
        state.apply(2, new Record.SegmentsExpired(2));
        assertEquals(2, state.firstSegment());
        assertThrows(
                IllegalArgumentException.class,
                () -> state.apply(2, new Record.SegmentsExpired(3)));
    }
}
