package io.sluice.engine.catalog;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How long a message that a group gave back waits before each retry, as RocketMQ's {@code
 * groupRetryPolicy} says it.
 */
public sealed interface RetrySchedule {
    /** No delay is longer: 1 year, in ms. */
    long DELAY_MS_MAX = 365L * 24 * 3600 * 1000;

    /** A customized schedule has no more delays. */
    int DELAYS_MAX = 64;

    /**
     * How long the next retry waits, in ms.
     *
     * @param reconsumeTimes how often the message was given back before
     */
    long delayMs(int reconsumeTimes);

    /** Why this cannot be, for a person to read; null if it can. */
    @Nullable String fault();

    /** As {@link #parse} reads it back. */
    String text();

    /**
     * The first retry waits {@code initialMs}, each further one {@code multiplier} times as long as
     * the one before, and none longer than {@code maxMs}.
     */
    record Exponential(long initialMs, long maxMs, long multiplier) implements RetrySchedule {
        @Override
        public long delayMs(int reconsumeTimes) {
            long delay = Math.min(initialMs, maxMs);
            for (int i = 0; i < reconsumeTimes && delay < maxMs && multiplier > 1; i++) {
                delay = delay > maxMs / multiplier ? maxMs : delay * multiplier;
            }
            return delay;
        }

        @Override
        public @Nullable String fault() {
            if (initialMs < 1 || maxMs < initialMs || maxMs > DELAY_MS_MAX) {
                return "retry delays grow from at least 1 ms to at most 1 year, not from %d ms to %d ms"
                        .formatted(initialMs, maxMs);
            }
            return multiplier < 1 || multiplier > 1000
                    ? "retry delays are multiplied by 1 to 1000, not by " + multiplier
                    : null;
        }

        @Override
        public String text() {
            return "exponential " + initialMs + " " + maxMs + " " + multiplier;
        }
    }

    /**
     * One delay after the other. As in RocketMQ the first two are for those who name a delay level,
     * so the first retry waits the third; those after the last wait the last.
     */
    record Customized(List<Long> delaysMs) implements RetrySchedule {
        private static final int SKIPPED = 2;

        public Customized {
            delaysMs = List.copyOf(delaysMs);
        }

        @Override
        public long delayMs(int reconsumeTimes) {
            int index = Math.min(reconsumeTimes, delaysMs.size()) + SKIPPED;
            return delaysMs.get(Math.min(index, delaysMs.size() - 1));
        }

        @Override
        public @Nullable String fault() {
            if (delaysMs.isEmpty() || delaysMs.size() > DELAYS_MAX) {
                return "a retry schedule has 1 to %d delays, not %d"
                        .formatted(DELAYS_MAX, delaysMs.size());
            }
            return delaysMs.stream().anyMatch(ms -> ms < 1 || ms > DELAY_MS_MAX)
                    ? "a retry waits 1 ms to 1 year; these are %s ms".formatted(delaysMs)
                    : null;
        }

        @Override
        public String text() {
            return "customized "
                    + delaysMs.stream().map(String::valueOf).collect(Collectors.joining(" "));
        }
    }

    /**
     * Reads what {@link #text} wrote.
     *
     * @throws IllegalArgumentException if it is not that
     */
    static RetrySchedule parse(String text) {
        String[] words = text.split(" ");
        List<Long> numbers = new ArrayList<>();
        Arrays.stream(words).skip(1).map(Long::valueOf).forEach(numbers::add);
        if (words[0].equals("exponential") && numbers.size() == 3) {
            return new Exponential(numbers.get(0), numbers.get(1), numbers.get(2));
        }
        if (words[0].equals("customized")) {
            return new Customized(numbers);
        }
        throw new IllegalArgumentException("a retry schedule is not '" + text + "'");
    }
}
