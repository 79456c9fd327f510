package io.sluice.engine.group;

import io.sluice.engine.catalog.RetrySchedule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * When a message that a consumer gave back comes again, as RocketMQ's clients know it: delay levels
 * count from 1; the nth retry waits level n + 2 unless the consumer names one; after the last
 * attempt, or if the consumer names a negative level, it is a dead letter.
 *
 * @param delaysMs the delay levels in ms, level 1 first
 */
public record RetryPolicy(List<Long> delaysMs) {
    /** The level that the first retry waits, less one. */
    private static final int LEVELS_SKIPPED = 2;

    /** What becomes of a message. */
    public sealed interface Decision {}

    /** It comes again after {@code delayMs}. */
    public record Again(long delayMs) implements Decision {}

    /** It goes to the dead-letter queue. */
    public record DeadLetter() implements Decision {}

    public RetryPolicy {
        if (delaysMs.isEmpty()) {
            throw new IllegalArgumentException("delay-levels is empty: name at least one delay");
        }
        delaysMs = List.copyOf(delaysMs);
    }

    /**
     * Decides on a message given back.
     *
     * @param schedule the group's own; null to go by the levels
     */
    public Decision decide(
            int reconsumeTimes, int retryMax, int delayLevel, @Nullable RetrySchedule schedule) {
        Decision decision = decide(reconsumeTimes, retryMax, delayLevel);
        return decision instanceof Again && delayLevel == 0 && schedule != null
                ? new Again(schedule.delayMs(reconsumeTimes))
                : decision;
    }

    /**
     * Decides on a message given back.
     *
     * @param reconsumeTimes how often it was given back before
     * @param retryMax how often it may come again
     * @param delayLevel what the consumer asked for: 0 leaves it to the schedule
     */
    public Decision decide(int reconsumeTimes, int retryMax, int delayLevel) {
        if (delayLevel < 0 || reconsumeTimes >= retryMax) {
            return new DeadLetter();
        }
        int level =
                delayLevel > 0
                        ? delayLevel
                        : Math.min(reconsumeTimes, delaysMs.size()) + 1 + LEVELS_SKIPPED;
        return new Again(delayMs(level));
    }

    /** The delay of a level in ms; levels beyond the last count as the last, 0 is no delay. */
    public long delayMs(int level) {
        return level <= 0 ? 0 : delaysMs.get(Math.min(level, delaysMs.size()) - 1);
    }
}
