package io.sluice.bench;

import java.io.IOException;
import org.HdrHistogram.Histogram;

/** A way to drive a server: runs once and says what came of it. */
interface Load {
    /**
     * Warms the server up, measures, and returns when nothing is in flight any more.
     *
     * @throws LoadFailedException if the server refused a message, fell silent or broke off
     */
    Result run(Endpoint endpoint, Window.Times times, Window window)
            throws IOException, InterruptedException;

    /**
     * What was measured inside the window.
     *
     * @param messages answered with success
     * @param elapsedNs length of the window
     * @param latency in nanoseconds, from before the write to after the read
     * @param cpuNs processor time of the load itself
     */
    record Result(long messages, long elapsedNs, Histogram latency, long cpuNs) {}

    /** The load cannot be judged: some message failed. The run counts as failed. */
    final class LoadFailedException extends IOException {
        private static final long serialVersionUID = 1L;

        LoadFailedException(String message) {
            super(message);
        }
    }
}
