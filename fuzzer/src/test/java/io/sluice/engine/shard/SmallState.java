package io.sluice.engine.shard;

import io.sluice.engine.log.Footer;
import io.sluice.engine.log.LocalLog;
import io.sluice.engine.log.LocalLogConfig;
import io.sluice.engine.schedule.Timers;
import io.sluice.fuzz.Disk;
import io.sluice.fuzz.Turns;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A shard's state without the shard. */
final class SmallState {
    static final int ALIGNMENT_BYTES = 64;
    private static final LocalLogConfig CONFIG = new LocalLogConfig(0, 1024, 512, 1024, 0);

    private SmallState() {}

    static LocalLog log(Disk disk, Turns turns) {
        return new LocalLog(disk, CONFIG, turns, turns, turns, turns);
    }

    static State of(LocalLog log, Turns turns) {
        return new State(log, new Timers(new NoFooters(), turns, turns, new Deaf()));
    }

    private static final class NoFooters implements Timers.Footers {
        @Override
        public @Nullable Footer footer(int segment) {
            return null;
        }

        @Override
        public boolean mayHold(int segment, long position, int sizeBytes) {
            return false;
        }
    }

    private static final class Deaf implements Timers.Listener {
        @Override
        public void loaded() {}

        @Override
        public void unreadable(int segment, IOException cause) {}
    }
}
