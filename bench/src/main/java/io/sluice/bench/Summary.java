package io.sluice.bench;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * The rounds of one contender in one scenario as one row: the median over the rounds of each figure
 * by itself. A latency percentile is the median of that percentile, not the percentile of all
 * rounds together.
 */
record Summary(
        String contender,
        double messagesPerSecond,
        List<Double> latencyMs,
        double maxMs,
        double serverCpuUs,
        double loadCpuUs,
        double residentMb,
        double anonymousMb,
        double elsewhereCpus) {
    /** The percentiles of {@link #latencyMs}. */
    static final List<Double> PERCENTILES = List.of(50.0, 90.0, 99.0, 99.9, 99.99);

    private static final double MB = 1e6;

    /**
     * @param rounds of one contender in one scenario, at least one
     */
    static Summary of(List<Measurement> rounds) {
        return new Summary(
                rounds.getFirst().contender(),
                median(rounds, Measurement::messagesPerSecond),
                PERCENTILES.stream().map(p -> median(rounds, m -> m.latencyMs(p))).toList(),
                median(rounds, m -> m.latencyMs(100)),
                median(rounds, Measurement::serverCpuUsPerMessage),
                median(rounds, Measurement::loadCpuUsPerMessage),
                median(rounds, m -> m.memory().residentBytes() / MB),
                median(rounds, m -> m.memory().anonymousBytes() / MB),
                median(rounds, Measurement::elsewhereCpus));
    }

    /** The middle value, or the mean of the two in the middle. */
    static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    private static double median(List<Measurement> rounds, ToDoubleFunction<Measurement> figure) {
        return median(rounds.stream().mapToDouble(figure).toArray());
    }
}
