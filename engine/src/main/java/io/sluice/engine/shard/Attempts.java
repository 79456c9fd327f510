package io.sluice.engine.shard;

import io.sluice.engine.group.Ordering;
import io.sluice.engine.queue.QueueRef;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Which attempt of a client got what is out of a queue in order. A client that asks again under the
 * same name has not got the answer. In memory only, on the shard's executor: after a restart it
 * waits until the time of the messages has run out.
 */
final class Attempts {
    /** Beyond so many the oldest is forgotten. */
    private static final int COUNT_MAX = 100_000;

    private static final int ID_LENGTH_MAX = 255;

    /**
     * @param attemptId of those that want the order of message groups, since several have something
     *     out of a queue; else empty
     */
    private record Key(int groupId, QueueRef queue, String attemptId) {
        Key(int groupId, QueueRef queue, Ordering ordering, String attemptId) {
            this(groupId, queue, ordering == Ordering.MESSAGE_GROUP ? attemptId : "");
        }
    }

    private record Given(String attemptId, long number) {}

    private final Map<Key, Given> given =
            new LinkedHashMap<>() {
                @Override
                protected boolean removeEldestEntry(Map.Entry<Key, Given> eldest) {
                    return size() > COUNT_MAX;
                }
            };

    /** The number of the handing out that an attempt got last of a queue; 0 if that is unknown. */
    long number(int groupId, QueueRef queue, Ordering ordering, String attemptId) {
        Given last = given.get(new Key(groupId, queue, ordering, attemptId));
        return last == null || !last.attemptId.equals(attemptId) ? 0 : last.number;
    }

    void given(int groupId, QueueRef queue, Ordering ordering, String attemptId, long number) {
        Key key = new Key(groupId, queue, ordering, attemptId);
        given.remove(key);
        if (attemptId.length() <= ID_LENGTH_MAX) {
            given.put(key, new Given(attemptId, number));
        }
    }

    /** Nothing of a queue is out any more. */
    void settled(int groupId, QueueRef queue) {
        given.remove(new Key(groupId, queue, ""));
    }
}
