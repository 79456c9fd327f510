package io.sluice.faults;

import java.util.ArrayList;
import java.util.List;

/** Promises that were found broken: all are counted, the first are kept in words. */
public final class Violations {
    private static final int KEPT_MAX = 50;

    private final List<String> kept = new ArrayList<>();
    private String when = "";
    private long count;

    /** What is going on, to be said with each violation: a round, say. */
    public synchronized void during(String what) {
        when = what;
    }

    /** Counts a broken promise. */
    @SuppressWarnings("AnnotateFormatMethod") // its annotation would be one more dependency
    public synchronized void add(String format, Object... arguments) {
        count++;
        if (kept.size() < KEPT_MAX) {
            kept.add(when + ": " + format.formatted(arguments));
        }
    }

    /** How many there are. */
    public synchronized long count() {
        return count;
    }

    /** The first of them. */
    public synchronized List<String> kept() {
        return List.copyOf(kept);
    }
}
