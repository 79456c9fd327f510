package io.sluice.engine.shard;

/**
 * Messages that were read, and what decides when each is handed out.
 *
 * @param marks as many as offsets, see {@link io.sluice.engine.message.Mark}
 */
public record Marked(long[] offsets, long[] marks) {
    /** Nothing has a mark. */
    public static final Marked NOTHING = new Marked(new long[0], new long[0]);

    /** Whether nothing has a mark. */
    public boolean isEmpty() {
        return offsets.length == 0;
    }
}
