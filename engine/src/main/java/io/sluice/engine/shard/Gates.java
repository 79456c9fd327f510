package io.sluice.engine.shard;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which groups have to ask the shard before they read on in a topic: those that were reset, and
 * those that consume in order and may have a barrier before them. All others, which is nearly all
 * of them nearly always, read without a turn of the shard. Changed by the shard; any thread may
 * look.
 *
 * <p>A gate is shut before what lies behind it is published. So whoever has seen a queue's end
 * first, and then an open gate, may read up to that end.
 */
final class Gates {
    private final Set<Long> shut = ConcurrentHashMap.newKeySet();

    private static long key(int groupId, int topicId) {
        return (long) groupId << 32 | topicId;
    }

    /** Whether the group has to ask. Any thread. */
    boolean isShut(int groupId, int topicId) {
        return !shut.isEmpty() && shut.contains(key(groupId, topicId));
    }

    void shut(int groupId, int topicId) {
        shut.add(key(groupId, topicId));
    }

    void open(int groupId, int topicId) {
        shut.remove(key(groupId, topicId));
    }

    void forgetTopic(int topicId) {
        shut.removeIf(key -> key.intValue() == topicId);
    }

    void forgetGroup(int groupId) {
        shut.removeIf(key -> key >>> 32 == groupId);
    }
}
