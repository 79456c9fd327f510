package io.sluice.engine.shard;

import io.sluice.engine.schedule.TransactionRules;

/**
 * What a shard needs to know.
 *
 * @param storeHost address and port that stored messages carry, 8 bytes, or 20 with IPv6: clients
 *     find a message by its id there
 * @param inboxCapacity commands that may wait at most, a power of two
 * @param inboxSizeBytesMax bytes of messages that may be under way at most
 * @param retentionMs how old a segment gets before timers in it that are not due are moved on
 * @param transactions when producers are asked about undecided transactions
 */
public record ShardConfig(
        byte[] storeHost,
        int inboxCapacity,
        long inboxSizeBytesMax,
        long retentionMs,
        TransactionRules transactions) {
    /** 8,192 commands and 64 MiB. */
    public static ShardConfig of(byte[] storeHost, long retentionMs) {
        return of(storeHost, retentionMs, TransactionRules.DEFAULT);
    }

    /** As {@link #of(byte[], long)}, with rules for transactions. */
    public static ShardConfig of(
            byte[] storeHost, long retentionMs, TransactionRules transactions) {
        return new ShardConfig(storeHost, 8192, 64 << 20, retentionMs, transactions);
    }
}
