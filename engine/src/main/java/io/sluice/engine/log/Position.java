package io.sluice.engine.log;

/**
 * The arithmetic of a local log's positions, which nobody else may do.
 *
 * <pre>
 *   63            32 31             0
 *  +----------------+----------------+
 *  | segment number | byte in segment|   segments count from 1, so no record has position 0
 *  +----------------+----------------+
 * </pre>
 *
 * See docs/adr/0001-position-encoding.md.
 */
final class Position {
    private Position() {}

    static long of(int segment, int offset) {
        return (long) segment << 32 | offset;
    }

    static int segment(long position) {
        return (int) (position >>> 32);
    }

    /** The byte in the segment's file; at the end of a segment it equals what the segment holds. */
    static int offset(long position) {
        return (int) position;
    }

    static String describe(long position) {
        return FileNames.segment(segment(position)) + " at byte " + offset(position);
    }
}
