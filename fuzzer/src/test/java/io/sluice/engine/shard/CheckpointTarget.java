package io.sluice.engine.shard;

import static io.sluice.fuzz.Target.require;

import io.sluice.engine.log.LocalLog;
import io.sluice.fuzz.Disk;
import io.sluice.fuzz.Target;
import io.sluice.fuzz.Turns;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A checkpoint, as a footer hands it over when its checksums match. */
public final class CheckpointTarget implements Target {
    private static final int SEGMENT = 3;
    private final Disk disk = new Disk(SmallState.ALIGNMENT_BYTES);

    @Override
    public @Nullable Check take(byte[] input) {
        Turns turns = new Turns();
        LocalLog log = SmallState.log(disk, turns);
        State state = SmallState.of(log, turns);
        try {
            state.restore(SEGMENT, ByteBuffer.wrap(input));
        } catch (IOException refused) {
            return null;
        }
        return () -> {
            ByteBuffer once = state.checkpoint();
            State again = SmallState.of(log, turns);
            again.restore(SEGMENT, once.duplicate());
            require(once.equals(again.checkpoint()), "a restored state gives the same checkpoint");
        };
    }

    /** Queues of a topic are found by number, so a topic takes room for its highest: 64 Ki each. */
    @Override
    public long allocatedPerByteMax() {
        return 16 << 10;
    }

    @Override
    public long allocatedBaseMax() {
        return 256 << 10;
    }

    @Override
    public List<byte[]> seeds() {
        Turns turns = new Turns();
        State state = SmallState.of(SmallState.log(disk, turns), turns);
        byte[] empty = bytes(state.checkpoint());
        long position = 64;
        for (int i = 0; i < 5; i++) {
            int queue = i % 3;
            state.apply(
                    1,
                    new Record.MessageStored(7 + queue, queue, 5, new long[0], i, position, 100));
            state.apply(1, new Record.GroupJoined(9, 7 + queue, 3));
            state.apply(1, new Record.OffsetCommitted(9, 7 + queue, queue, i));
            position += 200;
        }
        state.apply(1, new Record.OffsetReset(9, 7, 0, 9, 1234));
        state.apply(1, new Record.TimerScheduled(50, 3, position, 150, 0, 0, new long[0]));
        state.apply(
                1,
                new Record.TimerScheduled(60, 3, position + 200, 150, position, 50, new long[0]));
        state.queues.freeze(1, 5);
        return List.of(empty, bytes(state.checkpoint()));
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }
}
