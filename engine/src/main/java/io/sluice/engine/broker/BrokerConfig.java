package io.sluice.engine.broker;

import io.sluice.engine.schedule.TransactionRules;
import java.util.List;

/**
 * What the broker needs to know.
 *
 * @param defaultQueues queues of a topic that is created by sending to it
 * @param autoCreateTopics whether sending to an unknown topic creates it
 * @param delaysMs the delay levels in ms, level 1 first
 * @param retentionMs how long a topic keeps its messages unless it says otherwise
 * @param retentionBytes how many bytes a topic keeps unless it says otherwise; Long.MAX_VALUE for
 *     all
 * @param asyncDurability whether sends are acknowledged before they are durable, unless the topic
 *     says otherwise
 * @param storeHost address and port that stored messages carry, 8 bytes, or 20 with IPv6
 * @param transactions when producers are asked about undecided transactions
 */
public record BrokerConfig(
        int defaultQueues,
        boolean autoCreateTopics,
        List<Long> delaysMs,
        long retentionMs,
        long retentionBytes,
        boolean asyncDurability,
        byte[] storeHost,
        TransactionRules transactions) {
    public BrokerConfig {
        delaysMs = List.copyOf(delaysMs);
    }

    /** With the default rules for transactions. */
    public BrokerConfig(
            int defaultQueues,
            boolean autoCreateTopics,
            List<Long> delaysMs,
            long retentionMs,
            long retentionBytes,
            boolean asyncDurability,
            byte[] storeHost) {
        this(
                defaultQueues,
                autoCreateTopics,
                delaysMs,
                retentionMs,
                retentionBytes,
                asyncDurability,
                storeHost,
                TransactionRules.DEFAULT);
    }
}
