package io.sluice.bench;

import java.io.IOException;
import java.time.Duration;

/** What happens at the two ends of the measured part of a load. Called on the load's thread. */
interface Window {
    /** The warm-up is over; everything from here on counts. */
    void opened() throws IOException;

    /** Nothing that follows counts. */
    void closed() throws IOException;

    /**
     * How long to load.
     *
     * @param warmup time before the window opens
     * @param measured time until it closes again
     */
    record Times(Duration warmup, Duration measured) {}
}
