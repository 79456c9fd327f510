package io.sluice.engine.schedule;

/**
 * When producers are asked what became of their transactions, and for how long.
 *
 * @param firstCheckMs how long after the half message was stored, unless the message says otherwise
 * @param checkIntervalMs from one check to the next
 * @param checksMax after so many checks without a decision the producers are asked no more
 * @param expiryMs how long after it was stored an undecided half message is dropped
 * @param openMax undecided transactions at most; further half messages are refused
 */
public record TransactionRules(
        long firstCheckMs, long checkIntervalMs, int checksMax, long expiryMs, int openMax) {
    /** As RocketMQ: 6 s, 30 s, 15 times, 72 h. */
    public static final TransactionRules DEFAULT =
            new TransactionRules(6_000, 30_000, 15, 72L * 3_600_000, 100_000);

    public TransactionRules {
        if (firstCheckMs < 0 || checkIntervalMs < 1 || checksMax < 0 || expiryMs < 1) {
            throw new IllegalArgumentException(
                    "first check %d, interval %d, checks %d, expiry %d"
                            .formatted(firstCheckMs, checkIntervalMs, checksMax, expiryMs));
        }
    }
}
