package io.sluice.server.run;

import io.sluice.engine.time.Clock;

/** The machine's clocks. */
public final class SystemClock implements Clock {
    @Override
    public long wallMs() {
        return System.currentTimeMillis();
    }

    @Override
    public long nanos() {
        return System.nanoTime();
    }
}
