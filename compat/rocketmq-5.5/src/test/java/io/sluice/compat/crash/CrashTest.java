package io.sluice.compat.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.compat.harness.AgainstServer;
import io.sluice.compat.harness.Await;
import io.sluice.compat.harness.Feature;
import io.sluice.compat.harness.Fields;
import io.sluice.compat.harness.RawConnection;
import io.sluice.compat.harness.RequestCode;
import io.sluice.compat.harness.Target;
import io.sluice.compat.harness.crash.Kills;
import io.sluice.compat.harness.crash.Payload;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyStatus;
import org.apache.rocketmq.client.consumer.listener.MessageListenerConcurrently;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.common.consumer.ConsumeFromWhere;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.common.message.MessageQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A server under load from the real client is killed with SIGKILL at random moments, {@code
 * -Dcompat.kills} times. The load never stops; after each restart everything acknowledged so far
 * must be there exactly as it was sent and where the acknowledgement said, and committed offsets
 * must not have gone back.
 *
 * <p>{@code -Dcompat.seed} repeats the moments of a run, as far as a real machine can.
 */
@AgainstServer
@Feature("Durability: kills under load")
class CrashTest {

    private static final int KILLS = 50;
    private static final int ACKNOWLEDGED_MAX = 5_000;
    private static final int QUEUES = 4;
    private static final String TOPIC = "crash";
    private static final String GROUP = "crash-consumer";

    private final Kills kills = new Kills(KILLS, ACKNOWLEDGED_MAX);
    private final BitSet[] consumed = new BitSet[Load.WRITERS];
    private final Queue<AssertionError> violations = new ConcurrentLinkedQueue<>();

    @Test
    @Timeout(value = 4, unit = TimeUnit.HOURS)
    void shouldKeepEverythingAcknowledgedThroughKills() throws Exception {
        try (Target server = Target.launch("crash")) {
            List<MessageQueue> queues = createTopic(server);
            DefaultMQPushConsumer consumer = startConsumer(server);
            try (Load load = new Load(server, queues);
                    Commits commits = new Commits(server, queues, load.acknowledged(), GROUP)) {
                load.start();
                commits.start();
                kills.run(server, new Killed(server, load, commits, read(queues, load)));
                load.finish();
                awaitConsumed(load, commits);
                checkAll(server, queues, load);
            } finally {
                consumer.shutdown();
            }
        }
    }

    /** The load as those see it who kill the server. */
    private record Killed(Target server, Load load, Commits commits, List<StoredQueue> stored)
            implements Kills.Load {

        @Override
        public long acknowledged() {
            return load.count();
        }

        @Override
        public Callable<Boolean> goesOn() {
            long before = load.count();
            return () -> load.count() > before;
        }

        @Override
        public Runnable known() {
            Commits.Floor floor = commits.floor();
            long[] ends = load.acknowledged().stream().mapToLong(Acknowledged::end).toArray();
            return () -> check(floor, ends);
        }

        private void check(Commits.Floor floor, long[] ends) {
            try (RawConnection connection = server.connect()) {
                for (int i = 0; i < QUEUES; i++) {
                    stored.get(i).checkUpTo(ends[i], connection);
                }
                if (server.isSluice()) { // RocketMQ writes offsets down every 5 s only
                    floor.check(connection);
                }
            }
            load.check();
        }
    }

    private static List<StoredQueue> read(List<MessageQueue> queues, Load load) {
        return IntStream.range(0, QUEUES)
                .mapToObj(i -> new StoredQueue(queues.get(i), load.acknowledged().get(i)))
                .toList();
    }

    /** From the first message on, after the last restart, with nothing going on. */
    private void checkAll(Target server, List<MessageQueue> queues, Load load) {
        List<StoredQueue> stored = read(queues, load);
        try (RawConnection connection = server.connect()) {
            for (int i = 0; i < QUEUES; i++) {
                stored.get(i).checkUpTo(load.acknowledged().get(i).end(), connection);
            }
        }
        load.check();
        assertEquals(List.of(), List.copyOf(violations), "what the consumer received");
        assertTrue(load.count() > kills.count(), "the load was real: " + load.count());
        System.out.printf("%d kills: all of %d messages are there%n", kills.count(), load.count());
    }

    /** The real consumer has received whatever was acknowledged, at least once. */
    private void awaitConsumed(Load load, Commits commits) {
        Await.until(
                "the consumer has committed all",
                () ->
                        IntStream.range(0, QUEUES)
                                .allMatch(i ->
                                        commits.watched(i) >= load.acknowledged().get(i).end()));
        Await.until(
                "offsets were committed for real",
                () -> IntStream.range(0, QUEUES).allMatch(i -> commits.committed(i) > 0));
        int received = 0;
        for (BitSet sequences : consumed) {
            synchronized (sequences) {
                received += sequences.cardinality();
            }
        }
        assertTrue(received >= load.count(), received + " received of " + load.count());
    }

    private DefaultMQPushConsumer startConsumer(Target server) throws MQClientException {
        for (int writer = 0; writer < consumed.length; writer++) {
            consumed[writer] = new BitSet();
        }
        DefaultMQPushConsumer consumer = new DefaultMQPushConsumer(GROUP);
        consumer.setNamesrvAddr(server.address());
        consumer.setConsumeFromWhere(ConsumeFromWhere.CONSUME_FROM_FIRST_OFFSET);
        consumer.setPersistConsumerOffsetInterval(100);
        consumer.setPullTimeDelayMillsWhenException(100);
        consumer.subscribe(TOPIC, "*");
        MessageListenerConcurrently listener =
                (messages, context) -> {
                    messages.forEach(this::consume);
                    return ConsumeConcurrentlyStatus.CONSUME_SUCCESS;
                };
        consumer.registerMessageListener(listener);
        consumer.start();
        return consumer;
    }

    private void consume(MessageExt message) {
        try {
            long id = Payload.verified(message.getBody());
            BitSet sequences = consumed[Payload.writer(id)];
            synchronized (sequences) {
                sequences.set(Payload.sequence(id));
            }
        } catch (AssertionError e) {
            violations.add(e);
        }
    }

    private static List<MessageQueue> createTopic(Target server) {
        Await.until("the topic is created", () -> requestTopic(server));
        Await.until("the topic has a route", () -> hasRoute(server));
        String brokerName = brokerName(server);
        return IntStream.range(0, QUEUES)
                .mapToObj(queueId -> new MessageQueue(TOPIC, brokerName, queueId))
                .toList();
    }

    private static boolean requestTopic(Target server) {
        try (RawConnection connection = server.connect()) {
            Map<String, String> fields = Fields.createTopic(TOPIC, QUEUES);
            return connection.request(RequestCode.UPDATE_AND_CREATE_TOPIC, fields).isOk();
        }
    }

    private static boolean hasRoute(Target server) {
        try (RawConnection names = server.connectToNameService()) {
            return names.request(RequestCode.GET_ROUTEINFO_BY_TOPIC, Map.of("topic", TOPIC)).isOk();
        }
    }

    private static String brokerName(Target server) {
        try (RawConnection names = server.connectToNameService()) {
            String route =
                    names.request(RequestCode.GET_ROUTEINFO_BY_TOPIC, Map.of("topic", TOPIC))
                            .bodyText();
            return route.replaceFirst("(?s).*\"brokerName\"\\s*:\\s*\"([^\"]+)\".*", "$1");
        }
    }
}
