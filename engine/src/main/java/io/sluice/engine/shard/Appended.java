package io.sluice.engine.shard;

/**
 * Where messages were stored.
 *
 * @param queueId the queue
 * @param offset the queue offset of the first; the others follow without a gap. 0 if the message is
 *     delayed: it gets its offset when it is due.
 * @param positions the log position of each
 * @param dueMs when they are due, wall-clock ms; 0 if they were stored at once
 */
public record Appended(int queueId, long offset, long[] positions, long dueMs) {}
