package io.sluice.engine.shard;

/**
 * Somebody of a producer group is to be asked what became of a transaction.
 *
 * @param times how often that was asked, this time included
 */
public record TransactionCheck(long id, String group, int times) {}
