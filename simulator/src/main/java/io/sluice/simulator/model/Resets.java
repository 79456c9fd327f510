package io.sluice.simulator.model;

import io.sluice.engine.queue.QueueRef;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where operators have sent groups, and whether their consumers have been told. Commits of a
 * consumer that certainly has not been told count for nothing, and its next pull has to tell it.
 */
public final class Resets {
    private record Key(int groupId, QueueRef queue) {}

    private static final class Reset {
        long offset;

        /** Whether it is done, and nothing can have ended it. */
        boolean stands;

        /** Whether it is done. */
        boolean confirmed;

        /** Whether a commit that came later may have ended it. */
        boolean passed;

        /** What lies below may have been skipped. */
        long skipped;

        int version;
    }

    /**
     * A pull by a group's consumer, or a reset, in the order in which they were handed over.
     *
     * @param mustMoveTo null if that is not certain
     */
    public record Asked(@Nullable Long mustMoveTo, int version) {}

    private final Map<Key, Reset> resets = new HashMap<>();
    private final Map<Key, Integer> reading = new HashMap<>(); // pulls that wait for an answer

    /** A reset is handed over. */
    Asked resetting(int groupId, QueueRef queue, long offset) {
        Reset reset = resets.computeIfAbsent(new Key(groupId, queue), key -> new Reset());
        reset.offset = offset;
        reset.stands = false;
        reset.confirmed = false;
        reset.passed = false;
        reset.skipped = Math.max(reset.skipped, offset);
        // One that waits where the group is sent to has been told by that.
        boolean told = reading.getOrDefault(new Key(groupId, queue), 0) > 0;
        return new Asked(told ? offset : null, ++reset.version);
    }

    /** It is done. */
    void reset(int groupId, QueueRef queue, Asked asked) {
        Reset reset = resets.get(new Key(groupId, queue));
        if (reset != null && reset.version == asked.version) {
            reset.confirmed = true;
            reset.stands = asked.mustMoveTo == null;
        }
    }

    /** A group's consumer asks for messages. */
    Asked pulling(int groupId, QueueRef queue, long from) {
        reading.merge(new Key(groupId, queue), 1, Integer::sum);
        Reset reset = resets.get(new Key(groupId, queue));
        if (reset == null) {
            return new Asked(null, 0);
        }
        if (from == reset.offset) {
            reset.version++;
            reset.stands = false; // it is told by this
        }
        return new Asked(reset.stands ? reset.offset : null, reset.version);
    }

    /** It has got its answer. */
    void pulled(int groupId, QueueRef queue) {
        reading.merge(new Key(groupId, queue), -1, Integer::sum);
    }

    /** Whether a pull that asked so has to be answered that it must go on elsewhere. */
    boolean mustMove(int groupId, QueueRef queue, Asked asked) {
        Reset reset = resets.get(new Key(groupId, queue));
        return asked.mustMoveTo != null && reset != null && reset.version == asked.version;
    }

    /** Whether a group may be told to go on at {@code to}. */
    boolean mayMove(int groupId, QueueRef queue) {
        return resets.containsKey(new Key(groupId, queue));
    }

    /** What has to become of a commit of the group's consumer. */
    Locks.Expected commit(int groupId, QueueRef queue, long offset) {
        Reset reset = resets.get(new Key(groupId, queue));
        if (reset == null) {
            return Locks.Expected.GIVEN;
        }
        if (reset.stands && offset != reset.offset) {
            return Locks.Expected.REFUSED;
        }
        reset.passed |= offset != reset.offset;
        return Locks.Expected.EITHER;
    }

    /** Whether a group may have been sent beyond a message, so that it need not get it. */
    boolean maySkip(int groupId, QueueRef queue, long offset) {
        Reset reset = resets.get(new Key(groupId, queue));
        return reset != null && offset < reset.skipped;
    }

    /** The group is being deleted: nobody has to tell it anything any more. */
    void deleting(int groupId) {
        resets.forEach((key, reset) -> {
            if (key.groupId == groupId) {
                reset.version++;
                reset.confirmed = false;
                reset.stands = false;
            }
        });
    }

    /** The broker has died, and with it its memory of whom it has told. */
    void died() {
        reading.clear();
        for (Reset reset : resets.values()) {
            reset.version++;
            reset.stands = reset.confirmed && !reset.passed;
        }
    }
}
