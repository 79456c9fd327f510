package io.sluice.engine.queue;

/**
 * A queue's identity.
 *
 * @param topicId the incarnation of its topic
 * @param queueId from 0
 */
public record QueueRef(int topicId, int queueId) {}
