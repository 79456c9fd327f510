package io.sluice.engine.time;

/**
 * What time it is. The engine never asks anybody else, so a simulator can move time by hand.
 *
 * <p>Implementations are safe to call from any thread.
 */
public interface Clock {
    /** Wall-clock time in milliseconds since 1970-01-01T00:00Z; may jump in either direction. */
    long wallMs();

    /** Monotonic time in nanoseconds from an arbitrary origin; never goes back. */
    long nanos();
}
