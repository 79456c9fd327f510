package io.sluice.compat.grpc;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.compat.harness.Fields;
import io.sluice.compat.harness.RawConnection;
import io.sluice.compat.harness.Reply;
import io.sluice.compat.harness.RequestCode;
import io.sluice.compat.harness.Target;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.rocketmq.client.apis.ClientConfiguration;
import org.apache.rocketmq.client.apis.ClientException;
import org.apache.rocketmq.client.apis.ClientServiceProvider;
import org.apache.rocketmq.client.apis.producer.Producer;

/** Makes clients and topics for tests, and looks at queues from the other side. */
final class Grpc {
    private Grpc() {}

    static ClientConfiguration configuration(Target server) {
        return ClientConfiguration.newBuilder()
                .setEndpoints("127.0.0.1:" + server.grpcPort())
                .enableSsl(false)
                .setRequestTimeout(Duration.ofSeconds(10))
                .build();
    }

    static Producer producer(Target server, String topic) throws ClientException {
        return ClientServiceProvider.loadService()
                .newProducerBuilder()
                .setClientConfiguration(configuration(server))
                .setTopics(topic)
                .build();
    }

    /** Creates a topic as an operator does. */
    static String topic(Target server, String topic, int queues, String type) {
        try (RawConnection broker = server.connect()) {
            Map<String, String> fields = new HashMap<>(Fields.createTopic(topic, queues));
            fields.put("attributes", "+message.type=" + type);
            assertTrue(broker.request(RequestCode.UPDATE_AND_CREATE_TOPIC, fields).isOk());
        }
        return topic;
    }

    /** How many messages lie in all queues of a topic. */
    static long stored(Target server, String topic, int queues) {
        return ends(server, topic, queues).sum();
    }

    /** How many messages lie in the queue that has the most. */
    static long storedMost(Target server, String topic, int queues) {
        return ends(server, topic, queues).max().orElse(0);
    }

    private static LongStream ends(Target server, String topic, int queues) {
        try (RawConnection broker = server.connect()) {
            long[] ends =
                    IntStream.range(0, queues)
                            .mapToLong(queueId -> end(broker, topic, queueId))
                            .toArray();
            return LongStream.of(ends);
        }
    }

    private static long end(RawConnection broker, String topic, int queueId) {
        Map<String, String> fields = Map.of("topic", topic, "queueId", Integer.toString(queueId));
        Reply reply = broker.request(RequestCode.GET_MAX_OFFSET, fields);
        return Long.parseLong(reply.fields().get("offset"));
    }
}
