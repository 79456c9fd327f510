package io.sluice.engine.group;

import java.util.List;

/**
 * A group that has joined a topic, and how far it is in its queues: a copy that any thread may
 * read.
 *
 * @param queuesAtJoin how many queues the topic had then
 * @param committed by queue id, as far as any was committed; {@link Offsets#NONE} for none
 */
public record Joined(int groupId, int topicId, int queuesAtJoin, List<Long> committed) {
    public Joined {
        committed = List.copyOf(committed);
    }

    /** As {@link Offsets#start}. */
    public long start(int queueId) {
        long offset = queueId < committed.size() ? committed.get(queueId) : Offsets.NONE;
        return offset == Offsets.NONE && queueId >= queuesAtJoin ? 0 : offset;
    }
}
