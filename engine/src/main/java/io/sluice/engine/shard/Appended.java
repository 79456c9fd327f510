package io.sluice.engine.shard;

/**
 * Where messages were stored.
 *
 * @param offset the queue offset of the first; the others follow without a gap. 0 if the message is
 *     delayed: it gets its offset when it is due.
 * @param positions the log position of each
 */
public record Appended(long offset, long[] positions) {}
