package io.sluice.engine.group;

import io.sluice.engine.queue.QueueRef;

/** One queue as one group sees it; sorted, so that a checkpoint is deterministic. */
record GroupQueue(int groupId, int topicId, int queueId) implements Comparable<GroupQueue> {
    static GroupQueue of(int groupId, QueueRef queue) {
        return new GroupQueue(groupId, queue.topicId(), queue.queueId());
    }

    @Override
    public int compareTo(GroupQueue other) {
        int by = Integer.compare(groupId, other.groupId);
        by = by != 0 ? by : Integer.compare(topicId, other.topicId);
        return by != 0 ? by : Integer.compare(queueId, other.queueId);
    }
}
