package io.sluice.engine.schedule;

/**
 * The pending timers of one segment in the order (due, position), and a view over them that can be
 * moved without changing anything. Owned by the shard thread.
 *
 * <p>A run passes timers for good by {@link #pass}; {@link #rewind} puts the view on the first that
 * was not passed, {@link #next} moves the view alone.
 */
sealed interface Run permits MemoryRun, SealedRun {
    /** Where the view is. */
    enum View {
        /** On a timer. */
        TIMER,
        /** On one that is still to be loaded; what comes is after viewDueMs, viewPosition. */
        UNLOADED,
        /** Behind the last one. */
        END
    }

    int segment();

    /** Passes the timers up to and including the watermark, and cancelled ones that come next. */
    void pass(long watermarkDueMs, long watermarkPosition);

    void rewind();

    void next();

    View view();

    long viewDueMs();

    long viewPosition();

    int viewSizeBytes();

    /** One of the pending timers was cancelled. */
    void cancelled();

    /** How many timers are neither passed nor cancelled; -1 while that is not known. */
    long pending();

    /** Heap held, in bytes. */
    long heldBytes();

    /** Whether the view of {@code this} is before that of {@code other}. */
    default boolean viewBefore(Run other) {
        return RunFormat.before(
                viewDueMs(), viewPosition(), other.viewDueMs(), other.viewPosition());
    }
}
