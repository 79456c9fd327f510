package io.sluice.compat.crash;

import io.sluice.compat.harness.Await;
import io.sluice.compat.harness.Fields;
import io.sluice.compat.harness.RawConnection;
import io.sluice.compat.harness.Reply;
import io.sluice.compat.harness.RequestCode;
import io.sluice.compat.harness.Target;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import org.apache.rocketmq.common.message.MessageQueue;

/**
 * Commits the offsets of one group by requests that are answered (clients commit one-way), and
 * watches those that a real consumer of another group commits. What was answered, or seen once, may
 * never be less later.
 */
final class Commits implements AutoCloseable {

    private static final String OWN_GROUP = "crash-commits";
    private static final long INTERVAL_MS = 5;

    private final Target server;
    private final List<MessageQueue> queues;
    private final List<Acknowledged> acknowledged;
    private final String watchedGroup;
    private final AtomicLongArray own;
    private final AtomicLongArray watched;
    private final Thread thread = Thread.ofPlatform().name("commits").unstarted(this::run);
    private volatile boolean isRunning = true;

    /**
     * @param watchedGroup the group of a real consumer of the same queues
     */
    Commits(
            Target server,
            List<MessageQueue> queues,
            List<Acknowledged> acknowledged,
            String watchedGroup) {
        this.server = server;
        this.queues = queues;
        this.acknowledged = acknowledged;
        this.watchedGroup = watchedGroup;
        this.own = new AtomicLongArray(queues.size());
        this.watched = new AtomicLongArray(queues.size());
    }

    void start() {
        thread.start();
    }

    private void run() {
        while (isRunning) {
            try (RawConnection connection = server.connect()) {
                makeGroupKnown(connection);
                while (isRunning) {
                    queues.forEach(queue -> commitAndWatch(connection, queue));
                    pause();
                }
            } catch (UncheckedIOException serverIsDown) {
                pause();
            }
        }
    }

    /** Offsets are kept only for groups that have pulled or sent a heartbeat. */
    private void makeGroupKnown(RawConnection connection) {
        connection.request(
                RequestCode.PULL_MESSAGE,
                Fields.pull(OWN_GROUP, queues.get(0).getTopic(), 0, 0, 1));
    }

    private void commitAndWatch(RawConnection connection, MessageQueue queue) {
        int queueId = queue.getQueueId();
        long offset = acknowledged.get(queueId).end();
        Map<String, String> commit =
                new HashMap<>(Fields.groupAndQueue(OWN_GROUP, queue.getTopic(), queueId));
        commit.put("commitOffset", Long.toString(offset));
        if (connection.request(RequestCode.UPDATE_CONSUMER_OFFSET, commit).isOk()) {
            own.set(queueId, offset);
        }
        long seen = query(connection, watchedGroup, queue);
        watched.accumulateAndGet(queueId, seen, Math::max);
    }

    /** The committed offset, or -1 if the server has none. */
    private static long query(RawConnection connection, String group, MessageQueue queue) {
        Reply reply =
                connection.request(
                        RequestCode.QUERY_CONSUMER_OFFSET,
                        Fields.groupAndQueue(group, queue.getTopic(), queue.getQueueId()));
        return reply.isOk() ? reply.number("offset") : -1;
    }

    /** What is committed at least; to be taken while the server is dead. */
    Floor floor() {
        long[] ownFloor = new long[queues.size()];
        long[] watchedFloor = new long[queues.size()];
        for (int i = 0; i < queues.size(); i++) {
            ownFloor[i] = own.get(i);
            watchedFloor[i] = watched.get(i);
        }
        return connection -> {
            for (int i = 0; i < ownFloor.length; i++) {
                check(connection, OWN_GROUP, queues.get(i), ownFloor[i]);
                check(connection, watchedGroup, queues.get(i), watchedFloor[i]);
            }
        };
    }

    /** Checks that no offset is below what it was known to be. */
    interface Floor {
        void check(RawConnection connection);
    }

    private static void check(
            RawConnection connection, String group, MessageQueue queue, long atLeast) {
        long committed = query(connection, group, queue);
        if (atLeast > 0 && committed < atLeast) {
            throw new AssertionError(
                    "%s: %s had committed %d, now it is %d"
                            .formatted(queue, group, atLeast, committed));
        }
    }

    /** The last offset that was committed and answered. */
    long committed(int queueId) {
        return own.get(queueId);
    }

    /** Furthest committed offset of the real consumer that was seen. */
    long watched(int queueId) {
        return watched.get(queueId);
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(INTERVAL_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        isRunning = false;
        Await.until("the thread ends", () -> !thread.isAlive());
    }
}
