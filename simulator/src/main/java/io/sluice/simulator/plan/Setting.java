package io.sluice.simulator.plan;

/**
 * The world of a history.
 *
 * @param profile which promises of storage are kept
 * @param alignmentBytes what the log's disk asks of durable writes
 * @param segmentBytes size of a segment; small, so that a short history has many
 * @param batchBytes the largest batch
 * @param slabs how many batches memory holds
 * @param retentionMs how long messages are kept
 * @param retryMax how often a message given back comes again
 * @param async whether sends are answered before they are durable
 * @param stallPerMille how often a thread begins late
 * @param marked whether messages have message groups and priorities
 * @param limited whether some messages have a time to live
 * @param discards whether the group that receives wants no dead letters
 * @param ratePerSecond how many messages the group that receives may have per second; 0 for any
 * @param drainMs how long after the last fault everything has to be delivered
 */
public record Setting(
        Profile profile,
        int alignmentBytes,
        int segmentBytes,
        int batchBytes,
        int slabs,
        int retentionMs,
        int retryMax,
        boolean async,
        int stallPerMille,
        boolean marked,
        boolean limited,
        boolean discards,
        int ratePerSecond,
        int drainMs) {

    /** What the disk may do, and so what can be promised. */
    public enum Profile {
        /** It keeps its promises, or says that it did not: nothing acknowledged may be lost. */
        HONEST,
        /**
         * What lies on it changes: nothing altered may be served, and what is lost must be noticed.
         */
        CORRUPTING,
        /** One bit flips, or one sector becomes zeroes: only what was written last may be lost. */
        FLIP,
        /**
         * Bits of footers flip: it may refuse, and say so; what it does not refuse has to be right.
         */
        FOOTERS,
        /** It says that something is durable which is not: nothing altered may be served. */
        LYING
    }
}
