package io.sluice.faults;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sluice.compat.harness.Fields;
import io.sluice.compat.harness.RawConnection;
import io.sluice.compat.harness.Reply;
import io.sluice.compat.harness.RequestCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Topics, queues and groups of a load. Topic t is consumed by group t modulo the number of groups.
 *
 * @param queuesPerTopic 1 to 10
 * @param retryMax how often a message given back comes again before it is a dead letter
 */
public record Plan(List<String> topics, int queuesPerTopic, List<String> groups, int retryMax) {
    /** Delay levels that a server under this load is to be configured with. */
    public static final String DELAY_LEVELS = "100ms 200ms 300ms 500ms 1s";

    /** The lengths of {@link #DELAY_LEVELS} in ms, level 1 first. */
    static final int[] DELAYS_MS = {100, 200, 300, 500, 1000};

    private static final int UPDATE_GROUP = 200;

    /** Four topics of three queues, two groups. */
    public static Plan usual() {
        return new Plan(
                List.of("orders", "payments", "stock", "mail"), 3, List.of("ledger", "audit"), 2);
    }

    /**
     * Every queue: plain ones by topic and id, then each group's retries, then its dead letters.
     */
    List<QueueName> queues() {
        List<QueueName> queues = new ArrayList<>();
        for (int t = 0; t < topics.size(); t++) {
            for (int id = 0; id < queuesPerTopic; id++) {
                add(queues, QueueName.Kind.PLAIN, topics.get(t), id, t % groups.size());
            }
        }
        for (int g = 0; g < groups.size(); g++) {
            add(queues, QueueName.Kind.RETRY, "%RETRY%" + groups.get(g), 0, g);
        }
        for (int g = 0; g < groups.size(); g++) {
            add(queues, QueueName.Kind.DEAD, "%DLQ%" + groups.get(g), 0, g);
        }
        return queues;
    }

    private static void add(
            List<QueueName> queues, QueueName.Kind kind, String topic, int queueId, int group) {
        queues.add(new QueueName(queues.size(), kind, topic, queueId, group));
    }

    /** How many queues messages are sent to. */
    int plainQueues() {
        return topics.size() * queuesPerTopic;
    }

    /** Creates what is to be there before the load begins. */
    public void create(RawConnection server) {
        for (String topic : topics) {
            require(
                    topic,
                    server.request(
                            RequestCode.UPDATE_AND_CREATE_TOPIC,
                            Fields.createTopic(topic, queuesPerTopic)));
        }
        for (String group : groups) {
            byte[] body = groupConfig(group).getBytes(UTF_8);
            require(group, server.request(UPDATE_GROUP, Map.of(), body));
        }
    }

    private String groupConfig(String group) {
        return """
        {"consumeBroadcastEnable":true,"consumeEnable":true,"consumeFromMinEnable":true,\
        "groupName":"%s","retryMaxTimes":%d,"retryQueueNums":1}\
        """
                .formatted(group, retryMax);
    }

    private static void require(String name, Reply reply) {
        if (!reply.isOk()) {
            throw new IllegalStateException(name + " was not created: " + reply);
        }
    }
}
