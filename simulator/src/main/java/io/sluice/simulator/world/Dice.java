package io.sluice.simulator.world;

/**
 * Chance from a seed: SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number
 * generators", OOPSLA 2014), so that the same seed gives the same numbers on every machine and JDK.
 */
public final class Dice {
    private static final long GAMMA = 0x9E3779B97F4A7C15L;
    private long state;

    public Dice(long seed) {
        state = seed;
    }

    /** Mixes {@code z} so that each bit of it changes half of the result's. */
    public static long mix(long z) {
        long a = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        long b = (a ^ (a >>> 27)) * 0x94D049BB133111EBL;
        return b ^ (b >>> 31);
    }

    /** Any 64 bits. */
    public long nextLong() {
        state += GAMMA;
        return mix(state);
    }

    /** From 0 to below {@code bound}, which is positive. */
    public int below(int bound) {
        return (int) (((nextLong() >>> 32) * bound) >>> 32);
    }

    /** From {@code min} to {@code max}, both included. */
    public long between(long min, long max) {
        return min + Math.floorMod(nextLong(), max - min + 1);
    }

    /** True {@code perMille} times in a thousand. */
    public boolean perMille(int perMille) {
        return below(1000) < perMille;
    }

    /** Heads or tails. */
    public boolean coin() {
        return nextLong() < 0;
    }

    /**
     * Spread over magnitudes: about as often from 1 to 10 as from 10 to 100, at most {@code max}.
     */
    public long magnitude(long max) {
        int bits = 64 - Long.numberOfLeadingZeros(max);
        return Math.min(max, nextLong() >>> (63 - below(bits)));
    }

    /** One of some numbers. */
    public int pick(int... choices) {
        return choices[below(choices.length)];
    }

    /** One of some constants. */
    @SafeVarargs
    public final <E extends Enum<E>> E pick(E... choices) {
        return choices[below(choices.length)];
    }
}
