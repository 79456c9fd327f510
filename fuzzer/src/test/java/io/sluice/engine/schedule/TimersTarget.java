package io.sluice.engine.schedule;

import static io.sluice.fuzz.Target.require;

import io.sluice.engine.log.CorruptLogException;
import io.sluice.engine.log.Footer;
import io.sluice.engine.schedule.RunFormat.Block;
import io.sluice.fuzz.HostileFooter;
import io.sluice.fuzz.Target;
import io.sluice.fuzz.Turns;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A footer's timers: first a watermark (due time, position), then the section. A run is read as
 * such, and by {@link Timers} that fire all there is.
 */
public final class TimersTarget implements Target {
    private static final int WATERMARK_BYTES = 16;
    private static final int COUNT_MAX = 64;
    private static final int SIZE_BYTES_MAX = 1_000;

    @Override
    public @Nullable Check take(byte[] input) throws IOException {
        if (input.length < WATERMARK_BYTES) {
            return null;
        }
        ByteBuffer in = ByteBuffer.wrap(input);
        long dueMs = in.getLong();
        long position = in.getLong();
        Footer footer = new HostileFooter().with(Footer.Section.TIMERS, in);
        fire(footer, dueMs, position);
        try {
            long entries = RunFormat.entries(footer);
            long first = RunFormat.firstAfter(footer, dueMs, position);
            require(first >= 0 && first <= entries, "entry " + first + " of " + entries);
            Block block = RunFormat.readBlock(footer, first);
            return () -> {
                for (long i = first; i < first + block.count(); i++) {
                    require(block.holds(i), "a block holds what it counts");
                }
            };
        } catch (CorruptLogException refused) {
            return null;
        }
    }

    private static void fire(Footer footer, long dueMs, long position) {
        Turns turns = new Turns();
        Watcher watcher = new Watcher();
        Timers timers = new Timers(new OneSegment(footer), turns, turns, watcher);
        timers.restore(
                ByteBuffer.allocate(24)
                        .putInt(1)
                        .putLong(dueMs)
                        .putLong(position)
                        .putInt(0)
                        .flip());
        timers.existing(1);
        timers.recovered();
        turns.run();
        long lastDueMs = dueMs;
        long lastPosition = position;
        for (int count = 0; count < COUNT_MAX && !watcher.unreadable; count++) {
            watcher.dueMs = Long.MIN_VALUE;
            timers.due(Long.MAX_VALUE - 1, 1, watcher);
            if (watcher.dueMs == Long.MIN_VALUE) {
                break;
            }
            require(
                    RunFormat.before(lastDueMs, lastPosition, watcher.dueMs, watcher.position),
                    "timers fire in order");
            lastDueMs = watcher.dueMs;
            lastPosition = watcher.position;
            timers.fired(lastDueMs, lastPosition);
            turns.run();
        }
    }

    /** Positions are any, sizes are not. */
    private record OneSegment(Footer footer) implements Timers.Footers {
        @Override
        public Footer footer(int segment) {
            return footer;
        }

        @Override
        public boolean mayHold(int segment, long position, int sizeBytes) {
            return sizeBytes <= SIZE_BYTES_MAX;
        }
    }

    private static final class Watcher implements Timers.Listener, Timers.Sink {
        boolean unreadable;
        long dueMs;
        long position;

        @Override
        public void loaded() {}

        @Override
        public void unreadable(int segment, IOException cause) {
            unreadable = true;
            require(cause instanceof CorruptLogException, "undocumented: " + cause);
        }

        @Override
        public void timer(long firedDueMs, long firedPosition, int sizeBytes) {
            require(sizeBytes > 0 && sizeBytes <= SIZE_BYTES_MAX, "a size of " + sizeBytes);
            dueMs = firedDueMs;
            position = firedPosition;
        }
    }

    @Override
    public List<byte[]> seeds() {
        return List.of(seed(0), seed(3), seed(300));
    }

    private static byte[] seed(int entries) {
        ByteBuffer out =
                ByteBuffer.allocate(WATERMARK_BYTES + entries * RunFormat.ENTRY_SIZE_BYTES);
        out.putLong(2).putLong(2);
        for (int i = 0; i < entries; i++) {
            RunFormat.writeEntry(out, 1 + i / 2, i, 100 + i);
        }
        return out.array();
    }
}
