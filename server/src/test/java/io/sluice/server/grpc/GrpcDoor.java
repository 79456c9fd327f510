package io.sluice.server.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import apache.rocketmq.v2.AckMessageEntry;
import apache.rocketmq.v2.AckMessageRequest;
import apache.rocketmq.v2.AckMessageResponse;
import apache.rocketmq.v2.ChangeInvisibleDurationRequest;
import apache.rocketmq.v2.ChangeInvisibleDurationResponse;
import apache.rocketmq.v2.ClientType;
import apache.rocketmq.v2.Code;
import apache.rocketmq.v2.FilterExpression;
import apache.rocketmq.v2.FilterType;
import apache.rocketmq.v2.Message;
import apache.rocketmq.v2.MessageQueue;
import apache.rocketmq.v2.MessagingServiceGrpc;
import apache.rocketmq.v2.Publishing;
import apache.rocketmq.v2.ReceiveMessageRequest;
import apache.rocketmq.v2.ReceiveMessageResponse;
import apache.rocketmq.v2.Resource;
import apache.rocketmq.v2.SendMessageRequest;
import apache.rocketmq.v2.SendMessageResponse;
import apache.rocketmq.v2.SendResultEntry;
import apache.rocketmq.v2.Settings;
import apache.rocketmq.v2.Status;
import apache.rocketmq.v2.Subscription;
import apache.rocketmq.v2.SubscriptionEntry;
import apache.rocketmq.v2.SystemProperties;
import apache.rocketmq.v2.TelemetryCommand;
import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.sluice.protocol.CreateTopicHeader;
import io.sluice.protocol.RequestCode;
import io.sluice.protocol.ResponseCode;
import io.sluice.protocol.SubscriptionGroupConfig;
import io.sluice.server.Server;
import io.sluice.server.TestServers;
import io.sluice.server.remoting.Wire;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A real server, and calls by hand: what official clients send, and what none would. */
abstract class GrpcDoor {
    static final long WAIT_MS = 10_000;
    private static final AtomicInteger IDS = new AtomicInteger();

    @TempDir Path directory;
    Server server;
    Wire wire;
    ManagedChannel channel;

    @BeforeEach
    void start() throws IOException {
        server = open(directory);
        wire = new Wire(server.remotingPort());
        channel = channel();
    }

    /** The server that is tested. */
    Server open(Path data) throws IOException {
        return TestServers.start(data);
    }

    @AfterEach
    void stop() throws IOException {
        channel.shutdownNow();
        wire.close();
        server.close();
    }

    ManagedChannel channel() {
        return NettyChannelBuilder.forAddress("127.0.0.1", server.grpcPort())
                .usePlaintext()
                .build();
    }

    static Metadata metadata(String clientId) {
        Metadata metadata = new Metadata();
        put(metadata, "x-mq-client-id", clientId);
        put(metadata, "x-mq-language", "JAVA");
        put(metadata, "x-mq-client-version", "5.2.0");
        return metadata;
    }

    private static void put(Metadata metadata, String name, String value) {
        metadata.put(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER), value);
    }

    MessagingServiceGrpc.MessagingServiceBlockingStub calls(String clientId) {
        return MessagingServiceGrpc.newBlockingStub(channel)
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata(clientId)))
                .withDeadlineAfter(WAIT_MS, TimeUnit.MILLISECONDS);
    }

    MessagingServiceGrpc.MessagingServiceBlockingStub calls() {
        return calls("client");
    }

    MessagingServiceGrpc.MessagingServiceStub asyncCalls(String clientId) {
        return MessagingServiceGrpc.newStub(channel)
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata(clientId)));
    }

    // Topics and groups.

    static Resource name(String name) {
        return Resource.newBuilder().setName(name).build();
    }

    String topic(String topic, int queues, String type) throws IOException {
        return topic(topic, queues, type, 6);
    }

    String topic(String topic, int queues, String type, int permissions) throws IOException {
        var header =
                new CreateTopicHeader(
                        topic,
                        "TBW102",
                        queues,
                        queues,
                        permissions,
                        "SINGLE_TAG",
                        0,
                        false,
                        type.isEmpty() ? null : "+message.type=" + type);
        Wire.Reply reply = wire.call(RequestCode.UPDATE_AND_CREATE_TOPIC, header::encode);
        assertEquals(ResponseCode.SUCCESS, reply.code(), reply.header()::toString);
        return topic;
    }

    String group(SubscriptionGroupConfig config) throws IOException {
        Wire.Reply reply =
                wire.call(
                        RequestCode.UPDATE_AND_CREATE_SUBSCRIPTIONGROUP,
                        writer -> writer,
                        config.encode().toBytes());
        assertEquals(ResponseCode.SUCCESS, reply.code(), reply.header()::toString);
        return config.groupName();
    }

    /** A group that begins with what comes from now on in these topics. */
    String group(String group, String... topics) throws InterruptedException {
        try (Spoken client =
                consumer("joiner-of-" + group, group, ClientType.SIMPLE_CONSUMER, topics)) {
            client.settings();
        }
        return group;
    }

    // Telemetry.

    /** A client's telemetry stream. */
    final class Spoken implements StreamObserver<TelemetryCommand>, AutoCloseable {
        final BlockingQueue<Object> heard = new LinkedBlockingQueue<>();
        final StreamObserver<TelemetryCommand> out;

        Spoken(String clientId) {
            out = asyncCalls(clientId).telemetry(this);
        }

        @Override
        public void onNext(TelemetryCommand command) {
            heard.add(command);
        }

        @Override
        public void onError(Throwable cause) {
            heard.add(cause);
        }

        @Override
        public void onCompleted() {
            heard.add("completed");
        }

        Object next() throws InterruptedException {
            Object next = heard.poll(WAIT_MS, TimeUnit.MILLISECONDS);
            assertNotEquals(null, next, "the server says nothing");
            return next;
        }

        Settings settings() throws InterruptedException {
            return ((TelemetryCommand) next()).getSettings();
        }

        void say(Settings settings) {
            out.onNext(TelemetryCommand.newBuilder().setSettings(settings).build());
        }

        @Override
        public void close() {
            out.onCompleted();
        }
    }

    static Settings publishing(String... topics) {
        Publishing.Builder publishing = Publishing.newBuilder();
        for (String topic : topics) {
            publishing.addTopics(name(topic));
        }
        return Settings.newBuilder()
                .setClientType(ClientType.PRODUCER)
                .setPublishing(publishing)
                .build();
    }

    static Settings subscribing(ClientType type, String group, String... topics) {
        Subscription.Builder subscription = Subscription.newBuilder().setGroup(name(group));
        for (String topic : topics) {
            subscription.addSubscriptions(
                    SubscriptionEntry.newBuilder()
                            .setTopic(name(topic))
                            .setExpression(
                                    FilterExpression.newBuilder()
                                            .setType(FilterType.TAG)
                                            .setExpression("*")));
        }
        return Settings.newBuilder().setClientType(type).setSubscription(subscription).build();
    }

    Spoken producer(String clientId, String... topics) {
        Spoken spoken = new Spoken(clientId);
        spoken.say(publishing(topics));
        return spoken;
    }

    Spoken consumer(String clientId, String group, ClientType type, String... topics) {
        Spoken spoken = new Spoken(clientId);
        spoken.say(subscribing(type, group, topics));
        return spoken;
    }

    // Sending.

    static Message.Builder message(String topic, String body) {
        Message.Builder message =
                Message.newBuilder().setTopic(name(topic)).setBody(ByteString.copyFromUtf8(body));
        message.setSystemProperties(
                SystemProperties.newBuilder().setMessageId("id-" + IDS.incrementAndGet()));
        return message;
    }

    SendMessageResponse send(Message.Builder... messages) {
        SendMessageRequest.Builder request = SendMessageRequest.newBuilder();
        for (Message.Builder message : messages) {
            request.addMessages(message);
        }
        return calls().sendMessage(request.build());
    }

    SendResultEntry sent(Message.Builder message) {
        SendMessageResponse response = send(message);
        assertEquals(Code.OK, response.getStatus().getCode(), response.getStatus()::getMessage);
        return response.getEntries(0);
    }

    // Receiving.

    static ReceiveMessageRequest.Builder receiving(String group, String topic) {
        return ReceiveMessageRequest.newBuilder()
                .setGroup(name(group))
                .setMessageQueue(MessageQueue.newBuilder().setTopic(name(topic)))
                .setFilterExpression(
                        FilterExpression.newBuilder().setType(FilterType.TAG).setExpression("*"))
                .setBatchSize(32)
                .setInvisibleDuration(Times.duration(30_000))
                .setLongPollingTimeout(Times.duration(0));
    }

    /** What a receive was answered. */
    record Given(Status status, List<Message> messages) {
        Code code() {
            return status.getCode();
        }

        List<String> bodies() {
            return messages.stream().map(message -> message.getBody().toStringUtf8()).toList();
        }
    }

    Given receive(ReceiveMessageRequest.Builder request) {
        return receive("client", request);
    }

    Given receive(String clientId, ReceiveMessageRequest.Builder request) {
        return given(calls(clientId).receiveMessage(request.build()));
    }

    static Given given(Iterator<ReceiveMessageResponse> responses) {
        Status status = Status.getDefaultInstance();
        List<Message> messages = new ArrayList<>();
        while (responses.hasNext()) {
            ReceiveMessageResponse response = responses.next();
            if (response.hasStatus()) {
                status = response.getStatus();
            } else if (response.hasMessage()) {
                messages.add(response.getMessage());
            }
        }
        return new Given(status, messages);
    }

    /** The one message that there is. */
    Message only(ReceiveMessageRequest.Builder request) {
        Given given = receive(request.setLongPollingTimeout(Times.duration(5_000)));
        assertEquals(Code.OK, given.code(), given.status::getMessage);
        assertEquals(1, given.messages.size());
        return given.messages.getFirst();
    }

    static String handle(Message message) {
        return message.getSystemProperties().getReceiptHandle();
    }

    AckMessageResponse ack(String group, String topic, String... handles) {
        AckMessageRequest.Builder request =
                AckMessageRequest.newBuilder().setGroup(name(group)).setTopic(name(topic));
        for (String handle : handles) {
            request.addEntries(AckMessageEntry.newBuilder().setReceiptHandle(handle));
        }
        return calls().ackMessage(request.build());
    }

    Code acked(String group, String topic, String handle) {
        return ack(group, topic, handle).getEntries(0).getStatus().getCode();
    }

    ChangeInvisibleDurationResponse change(String group, String topic, String handle, long ms) {
        return calls().changeInvisibleDuration(
                        ChangeInvisibleDurationRequest.newBuilder()
                                .setGroup(name(group))
                                .setTopic(name(topic))
                                .setReceiptHandle(handle)
                                .setInvisibleDuration(Times.duration(ms))
                                .build());
    }
}
