package io.sluice.compat.crash;

import java.util.Arrays;

/** Which message the server has acknowledged at which offset of one queue. Any thread. */
final class Acknowledged {

    private static final long NOTHING = -1;

    private long[] ids = new long[1_024];
    private long end;

    Acknowledged() {
        Arrays.fill(ids, NOTHING);
    }

    synchronized void add(long offset, long id) {
        int index = Math.toIntExact(offset);
        if (index >= ids.length) {
            int length = ids.length;
            ids = Arrays.copyOf(ids, Math.max(index + 1, length * 2));
            Arrays.fill(ids, length, ids.length, NOTHING);
        }
        if (ids[index] != NOTHING) {
            throw new AssertionError(
                    "offset %d was given to both %d and %d".formatted(offset, ids[index], id));
        }
        ids[index] = id;
        end = Math.max(end, offset + 1);
    }

    /** The offset after the last acknowledged one. */
    synchronized long end() {
        return end;
    }

    /** Fails if the message stored at {@code offset} is another than the one acknowledged there. */
    synchronized void check(long offset, long storedId) {
        boolean isAcknowledged = offset < end && ids[Math.toIntExact(offset)] != NOTHING;
        if (isAcknowledged && ids[Math.toIntExact(offset)] != storedId) {
            throw new AssertionError(
                    "at offset %d message %d was acknowledged but %d is stored"
                            .formatted(offset, ids[Math.toIntExact(offset)], storedId));
        }
    }
}
