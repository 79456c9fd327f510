package io.sluice.simulator.world;

/**
 * How long calls to a disk take.
 *
 * @param quickNanos what needs no disk: reads, buffered writes, names
 * @param durableNanosMin what must be durable, at least
 * @param durableNanosMax what must be durable, at most, unless it is a spike
 * @param spikePerMille how often one takes longer, by up to {@code spikeNanosMax}
 * @param spikeNanosMax how much longer, in all magnitudes
 */
public record Latency(
        long quickNanos,
        long durableNanosMin,
        long durableNanosMax,
        int spikePerMille,
        long spikeNanosMax) {
    /** Takes no time. */
    public static final Latency NONE = new Latency(0, 0, 0, 0, 0);

    /** A good disk: 60 to 140 µs. */
    public static final Latency FAST = new Latency(2_000, 60_000, 140_000, 0, 0);

    /** A good disk that stalls now and then, for up to 2 s. */
    public static final Latency SPIKY = new Latency(2_000, 60_000, 140_000, 5, 2_000_000_000);

    /** A bad disk: 5 to 50 ms, sometimes 2 s. */
    public static final Latency SLOW =
            new Latency(200_000, 5_000_000, 50_000_000, 5, 2_000_000_000);

    public Latency {
        if (durableNanosMax < durableNanosMin) {
            throw new IllegalArgumentException("the longest is shorter than the shortest");
        }
    }
}
