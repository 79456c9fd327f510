package io.sluice.server.config;

import java.time.Duration;

/**
 * When producers are asked what became of their transactions.
 *
 * @param checkFirst how long after the half message came
 * @param checkInterval from one check to the next
 * @param checks how often
 * @param expiry after which an undecided half message is dropped
 * @param openMax how many may be undecided
 */
public record TransactionSettings(
        Duration checkFirst, Duration checkInterval, int checks, Duration expiry, int openMax) {}
