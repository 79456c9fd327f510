package io.sluice.faults;

/**
 * One queue that the load fills or that the server fills for it.
 *
 * @param index its place among all queues of the {@link Plan}
 * @param group the group whose retries or dead letters it holds; of a plain queue the one that
 *     consumes it
 */
record QueueName(int index, Kind kind, String topic, int queueId, int group) {
    /** What a queue holds. */
    enum Kind {
        PLAIN,
        RETRY,
        DEAD
    }

    @Override
    public String toString() {
        return topic + "/" + queueId;
    }
}
