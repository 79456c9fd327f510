package io.sluice.bench.peer;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.apache.rocketmq.client.apis.ClientConfiguration;
import org.apache.rocketmq.client.apis.ClientException;
import org.apache.rocketmq.client.apis.ClientServiceProvider;
import org.apache.rocketmq.client.apis.consumer.FilterExpression;
import org.apache.rocketmq.client.apis.producer.Producer;

/**
 * What a driver is asked to do, as its arguments say.
 *
 * @param address of the gRPC server
 * @param inFlight messages under way at a time
 */
record Task(
        String address, String topic, int bodyBytes, int inFlight, long warmupMs, long measuredMs) {
    static final ClientServiceProvider CLIENTS = ClientServiceProvider.loadService();

    private static final long ROUTE_MAX_NS = TimeUnit.SECONDS.toNanos(30);
    private static final Duration REQUEST_MAX = Duration.ofSeconds(20);

    static Task of(String[] args) {
        return new Task(
                args[0],
                args[1],
                Integer.parseInt(args[3]),
                Integer.parseInt(args[4]),
                Long.parseLong(args[5]),
                Long.parseLong(args[6]));
    }

    ClientConfiguration configuration() {
        return ClientConfiguration.newBuilder()
                .setEndpoints(address)
                .enableSsl(false)
                .setRequestTimeout(REQUEST_MAX)
                .build();
    }

    /** Who reads the topic. */
    String group() {
        return topic + "-readers";
    }

    Map<String, FilterExpression> everything() {
        return Map.of(topic, FilterExpression.SUB_ALL);
    }

    Producer producer() throws Exception {
        return soon(
                () ->
                        CLIENTS.newProducerBuilder()
                                .setClientConfiguration(configuration())
                                .setTopics(topic)
                                .setMaxAttempts(1)
                                .build());
    }

    /** A client, once the topic's route is known to the server, which takes it a moment. */
    <T> T soon(Callable<T> client) throws Exception {
        long endNs = System.nanoTime() + ROUTE_MAX_NS;
        while (true) {
            try {
                return client.call();
            } catch (ClientException | RuntimeException e) {
                if (System.nanoTime() > endNs) {
                    throw e;
                }
                Thread.sleep(200);
            }
        }
    }
}
