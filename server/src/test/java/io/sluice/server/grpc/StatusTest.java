package io.sluice.server.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import apache.rocketmq.v2.AckMessageRequest;
import apache.rocketmq.v2.ClientType;
import apache.rocketmq.v2.Code;
import apache.rocketmq.v2.Digest;
import apache.rocketmq.v2.DigestType;
import apache.rocketmq.v2.EndTransactionRequest;
import apache.rocketmq.v2.FilterExpression;
import apache.rocketmq.v2.FilterType;
import apache.rocketmq.v2.GetOffsetRequest;
import apache.rocketmq.v2.HeartbeatRequest;
import apache.rocketmq.v2.Message;
import apache.rocketmq.v2.MessageQueue;
import apache.rocketmq.v2.MessageType;
import apache.rocketmq.v2.MessagingServiceGrpc;
import apache.rocketmq.v2.PullMessageRequest;
import apache.rocketmq.v2.QueryAssignmentRequest;
import apache.rocketmq.v2.QueryRouteRequest;
import apache.rocketmq.v2.RecallMessageRequest;
import apache.rocketmq.v2.ReceiveMessageRequest;
import apache.rocketmq.v2.Resource;
import apache.rocketmq.v2.Status;
import apache.rocketmq.v2.SystemProperties;
import apache.rocketmq.v2.TransactionResolution;
import apache.rocketmq.v2.UpdateOffsetRequest;
import com.google.protobuf.ByteString;
import io.grpc.StatusRuntimeException;
import io.sluice.engine.broker.Broker;
import io.sluice.protocol.SubscriptionGroupConfig;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Each of the protocol's codes, and when it is answered: the table in docs/COMPATIBILITY.md. */
class StatusTest extends GrpcDoor {
    /** A refusal has its code, and says why and what to do in a line. */
    private static void refused(Code code, Status status) {
        assertEquals(code, status.getCode(), status::getMessage);
        assertFalse(status.getMessage().isBlank(), "a refusal says why");
        assertTrue(status.getMessage().length() < 400, status::getMessage);
        assertFalse(status.getMessage().contains("Exception"), status::getMessage);
    }

    private void refusedSend(Code code, String topic, Consumer<SystemProperties.Builder> change) {
        Message.Builder message = message(topic, "body");
        change.accept(message.getSystemPropertiesBuilder());
        refused(code, send(message).getStatus());
    }

    // Sending.

    @Test
    void shouldTakeOnlyTheTypeThatATopicDeclares() throws Exception {
        topic("normal", 1, "NORMAL");
        topic("fifo", 1, "FIFO");
        topic("delay", 1, "DELAY");
        topic("transaction", 1, "TRANSACTION");
        topic("mixed", 1, "MIXED");
        topic("undeclared", 1, "");
        List<MessageType> types =
                List.of(
                        MessageType.NORMAL,
                        MessageType.FIFO,
                        MessageType.DELAY,
                        MessageType.TRANSACTION);
        for (String topic : List.of("normal", "fifo", "delay", "transaction")) {
            for (MessageType type : types) {
                boolean fits = type.name().equalsIgnoreCase(topic);
                Status status = send(typed(topic, type)).getStatus();
                if (fits) {
                    assertEquals(Code.OK, status.getCode(), status::getMessage);
                } else {
                    refused(Code.MESSAGE_PROPERTY_CONFLICT_WITH_TYPE, status);
                }
            }
        }
        for (MessageType type : types) {
            assertEquals(Code.OK, send(typed("mixed", type)).getStatus().getCode());
            assertEquals(Code.OK, send(typed("undeclared", type)).getStatus().getCode());
        }
    }

    private static Message.Builder typed(String topic, MessageType type) {
        Message.Builder message = message(topic, "body");
        SystemProperties.Builder system = message.getSystemPropertiesBuilder();
        system.setMessageType(type);
        if (type == MessageType.FIFO) {
            system.setMessageGroup("group");
        } else if (type == MessageType.DELAY) {
            system.setDeliveryTimestamp(Times.timestamp(System.currentTimeMillis() + 60_000));
        }
        return message;
    }

    @Test
    void shouldRefuseATypeThatItsPropertiesContradict() throws Exception {
        topic("orders", 1, "");
        Code code = Code.MESSAGE_PROPERTY_CONFLICT_WITH_TYPE;
        refusedSend(code, "orders", system -> system.setMessageType(MessageType.FIFO));
        refusedSend(code, "orders", system -> system.setMessageType(MessageType.DELAY));
        refusedSend(
                code,
                "orders",
                system -> system.setMessageType(MessageType.NORMAL).setMessageGroup("group"));
        refusedSend(
                code,
                "orders",
                system -> system.setMessageType(MessageType.TRANSACTION).setMessageGroup("group"));
        topic("urgent", 1, "PRIORITY");
        refusedSend(
                code,
                "urgent",
                system -> system.setMessageType(MessageType.PRIORITY).setPriority(-1));
        refusedSend(
                code, "orders", system -> system.setMessageType(MessageType.NORMAL).setPriority(1));
    }

    @Test
    void shouldRefuseTopicsThatCannotBe() throws Exception {
        for (String name : List.of("", " ", "a b", "a/b", "a\u0000", "x".repeat(128), "TBW102")) {
            refused(Code.ILLEGAL_TOPIC, send(message(name, "body")).getStatus());
            var route = QueryRouteRequest.newBuilder().setTopic(name(name)).build();
            refused(Code.ILLEGAL_TOPIC, calls().queryRoute(route).getStatus());
        }
        refused(Code.TOPIC_NOT_FOUND, send(message("unknown", "body")).getStatus());
    }

    @Test
    void shouldRefuseTextsOfAMessageThatCannotBe() throws Exception {
        topic("orders", 1, "");
        for (String tag : List.of(" ", "a|b", "a\u0001b")) {
            refusedSend(Code.ILLEGAL_MESSAGE_TAG, "orders", system -> system.setTag(tag));
        }
        for (String key : List.of("", " ", "a\u0002b")) {
            refusedSend(Code.ILLEGAL_MESSAGE_KEY, "orders", system -> system.addKeys(key));
        }
        for (String group : List.of("", " ", "a\nb", "x".repeat(64))) {
            refusedSend(
                    Code.ILLEGAL_MESSAGE_GROUP, "orders", system -> system.setMessageGroup(group));
        }
        for (String id : List.of("", " ", "a\u0001b", "a b", "x".repeat(256))) {
            refusedSend(Code.ILLEGAL_MESSAGE_ID, "orders", system -> system.setMessageId(id));
        }
        for (String name : List.of("", "a\u0001b", "KEYS", "POP_CK", "TRAN_MSG")) {
            Message.Builder message = message("orders", "body").putUserProperties(name, "v");
            refused(Code.ILLEGAL_MESSAGE_PROPERTY_KEY, send(message).getStatus());
        }
        Message.Builder value = message("orders", "body").putUserProperties("name", "a\u0002b");
        refused(Code.ILLEGAL_MESSAGE_PROPERTY_KEY, send(value).getStatus());
        for (String text : List.of("a\u0001", "\u0002")) {
            refusedSend(Code.BAD_REQUEST, "orders", system -> system.setTraceContext(text));
            refusedSend(Code.BAD_REQUEST, "orders", system -> system.setBornHost(text));
        }
    }

    @Test
    void shouldRefuseWhatIsTooLargeOrEmpty() throws Exception {
        topic("orders", 1, "");
        ByteString large = ByteString.copyFrom(new byte[Broker.BODY_SIZE_BYTES_MAX + 1]);
        refused(
                Code.MESSAGE_BODY_TOO_LARGE,
                send(message("orders", "").setBody(large)).getStatus());
        refused(Code.MESSAGE_BODY_EMPTY, send(message("orders", "")).getStatus());
        ByteString half = large.substring(0, Broker.BODY_SIZE_BYTES_MAX / 2 + 1);
        refused(
                Code.PAYLOAD_TOO_LARGE,
                send(message("orders", "").setBody(half), message("orders", "").setBody(half))
                        .getStatus());
        refused(
                Code.MESSAGE_PROPERTIES_TOO_LARGE,
                send(message("orders", "x").putUserProperties("name", "v".repeat(32_768)))
                        .getStatus());
        Message.Builder many = message("orders", "x");
        for (int i = 0; i < 129; i++) {
            many.putUserProperties("name" + i, "v");
        }
        refused(Code.MESSAGE_PROPERTIES_TOO_LARGE, send(many).getStatus());
    }

    @Test
    void shouldRefuseWhatWasDamagedOnTheWay() throws Exception {
        topic("orders", 1, "");
        topic("clicks", 1, "");
        refused(Code.MESSAGE_CORRUPTED, send().getStatus());
        refused(
                Code.MESSAGE_CORRUPTED,
                send(message("orders", "a"), message("clicks", "b")).getStatus());
        for (DigestType type : List.of(DigestType.CRC32, DigestType.MD5, DigestType.SHA1)) {
            refusedSend(
                    Code.MESSAGE_CORRUPTED,
                    "orders",
                    system ->
                            system.setBodyDigest(
                                    Digest.newBuilder().setType(type).setChecksum("123")));
        }
        Message.Builder intact = message("orders", "hello");
        intact.getSystemPropertiesBuilder()
                .setBodyDigest(
                        Digest.newBuilder()
                                .setType(DigestType.MD5)
                                .setChecksum("5d41402abc4b2a76b9719d911017c592"));
        assertEquals(Code.OK, send(intact).getStatus().getCode());
    }

    @Test
    void shouldRefuseTimesOfDeliveryThatCannotBe() throws Exception {
        topic("orders", 1, "");
        long far = System.currentTimeMillis() + Duration.ofDays(366).toMillis();
        refusedSend(
                Code.ILLEGAL_DELIVERY_TIME,
                "orders",
                system -> system.setDeliveryTimestamp(Times.timestamp(far)));
        Message.Builder limited = message("orders", "x").putUserProperties("TTL_MS", "1000");
        limited.getSystemPropertiesBuilder()
                .setDeliveryTimestamp(Times.timestamp(System.currentTimeMillis() + 60_000));
        refused(Code.ILLEGAL_DELIVERY_TIME, send(limited).getStatus());
        refused(
                Code.BAD_REQUEST,
                send(message("orders", "x").putUserProperties("TTL_MS", "soon")).getStatus());
        refused(
                Code.BAD_REQUEST,
                send(typed("orders", MessageType.DELAY), typed("orders", MessageType.DELAY))
                        .getStatus());
    }

    @Test
    void shouldRefuseToSendWhereNobodyMayWrite() throws Exception {
        topic("readable", 1, "", 4);
        refused(Code.FORBIDDEN, send(message("readable", "body")).getStatus());
    }

    @Test
    void shouldRefuseMoreOpenTransactionsThanAreAllowed() throws Exception {
        topic("orders", 1, "");
        Status status = Statuses.OK;
        for (int i = 0; i <= 100 && status.getCode() == Code.OK; i++) {
            status = send(typed("orders", MessageType.TRANSACTION)).getStatus();
        }
        refused(Code.TOO_MANY_REQUESTS, status);
    }

    @Test
    void shouldRefuseTransactionsAndHandlesThatAreNone() throws Exception {
        topic("orders", 1, "");
        for (String id : List.of("", "nonsense", "00000000000000ff", "\u0000")) {
            var end =
                    EndTransactionRequest.newBuilder()
                            .setTopic(name("orders"))
                            .setTransactionId(id)
                            .setResolution(TransactionResolution.COMMIT)
                            .build();
            refused(Code.INVALID_TRANSACTION_ID, calls().endTransaction(end).getStatus());
        }
        for (String handle : List.of("", "nonsense", "djEgYQ==")) {
            var recall =
                    RecallMessageRequest.newBuilder()
                            .setTopic(name("orders"))
                            .setRecallHandle(handle)
                            .build();
            refused(Code.BAD_REQUEST, calls().recallMessage(recall).getStatus());
        }
    }

    // Receiving.

    private void refusedReceive(Code code, ReceiveMessageRequest.Builder request) {
        refused(code, receive(request).status());
    }

    @Test
    void shouldRefuseReceivesThatCannotBe() throws Exception {
        topic("orders", 1, "");
        group("readers", "orders");
        refusedReceive(Code.TOPIC_NOT_FOUND, receiving("readers", "unknown"));
        refusedReceive(Code.ILLEGAL_TOPIC, receiving("readers", "a b"));
        refusedReceive(Code.CONSUMER_GROUP_NOT_FOUND, receiving("unknown", "orders"));
        for (String group : List.of("", "a b", "x".repeat(121))) {
            refusedReceive(Code.ILLEGAL_CONSUMER_GROUP, receiving(group, "orders"));
        }
        refusedReceive(Code.BAD_REQUEST, receiving("readers", "orders").setBatchSize(0));
        MessageQueue.Builder queue = MessageQueue.newBuilder().setTopic(name("orders")).setId(1);
        refusedReceive(Code.BAD_REQUEST, receiving("readers", "orders").setMessageQueue(queue));
        for (long ms : List.of(-1L, 0L, 9_999L, Duration.ofHours(12).toMillis() + 1)) {
            refusedReceive(
                    Code.ILLEGAL_INVISIBLE_TIME,
                    receiving("readers", "orders").setInvisibleDuration(Times.duration(ms)));
        }
        refusedReceive(
                Code.ILLEGAL_INVISIBLE_TIME,
                receiving("readers", "orders").clearInvisibleDuration());
        refusedReceive(
                Code.ILLEGAL_POLLING_TIME,
                receiving("readers", "orders").setLongPollingTimeout(Times.duration(-1_000)));
        refusedReceive(
                Code.ILLEGAL_FILTER_EXPRESSION,
                receiving("readers", "orders")
                        .setFilterExpression(
                                FilterExpression.newBuilder()
                                        .setType(FilterType.SQL)
                                        .setExpression("(".repeat(100_000))));
        refusedReceive(
                Code.ILLEGAL_FILTER_EXPRESSION,
                receiving("readers", "orders")
                        .setFilterExpression(
                                FilterExpression.newBuilder().setTypeValue(99).setExpression("*")));
        refusedReceive(Code.MESSAGE_NOT_FOUND, receiving("readers", "orders"));
    }

    @Test
    void shouldRefuseWhoMayNotConsume() throws Exception {
        topic("orders", 1, "");
        topic("writable", 1, "", 2);
        group(new SubscriptionGroupConfig("off", false, true, true, false, 1, 3, true, 15));
        group("readers", "orders");
        refusedReceive(Code.FORBIDDEN, receiving("off", "orders"));
        refusedReceive(Code.FORBIDDEN, receiving("readers", "writable"));
        var assignment =
                QueryAssignmentRequest.newBuilder()
                        .setGroup(name("readers"))
                        .setTopic(name("writable"))
                        .build();
        refused(Code.FORBIDDEN, calls().queryAssignment(assignment).getStatus());
    }

    @Test
    void shouldRefuseReceiptsThatCannotBe() throws Exception {
        topic("orders", 1, "");
        group("readers", "orders");
        String zeroes = "A".repeat(40);
        for (String handle : List.of("", "x", zeroes, "*".repeat(40), "x".repeat(100_000))) {
            assertEquals(Code.INVALID_RECEIPT_HANDLE, acked("readers", "orders", handle));
            refused(
                    Code.INVALID_RECEIPT_HANDLE,
                    change("readers", "orders", handle, 10_000).getStatus());
        }
        refused(
                Code.ILLEGAL_INVISIBLE_TIME,
                change("readers", "orders", zeroes, 43_200_001).getStatus());
        refused(Code.BAD_REQUEST, ack("readers", "orders").getStatus());
        refused(Code.BAD_REQUEST, ack("readers", "orders", filled(1025, zeroes)).getStatus());
        refused(
                Code.ILLEGAL_CONSUMER_GROUP,
                calls().ackMessage(AckMessageRequest.newBuilder().setTopic(name("orders")).build())
                        .getStatus());
    }

    private static String[] filled(int count, String text) {
        String[] all = new String[count];
        java.util.Arrays.fill(all, text);
        return all;
    }

    // Offsets.

    @Test
    void shouldRefuseOffsetsThatCannotBe() throws Exception {
        topic("orders", 1, "");
        group(SubscriptionGroupConfig.named("readers"));
        sent(message("orders", "one"));
        MessageQueue queue = MessageQueue.newBuilder().setTopic(name("orders")).build();
        GetOffsetRequest get =
                GetOffsetRequest.newBuilder()
                        .setGroup(name("readers"))
                        .setMessageQueue(queue)
                        .build();
        refused(Code.OFFSET_NOT_FOUND, calls().getOffset(get).getStatus());
        for (long offset : List.of(-1L, 2L)) {
            refused(Code.ILLEGAL_OFFSET, update(queue, offset));
            var pull =
                    PullMessageRequest.newBuilder()
                            .setGroup(name("readers"))
                            .setMessageQueue(queue)
                            .setBatchSize(1)
                            .setOffset(offset)
                            .build();
            refused(Code.ILLEGAL_OFFSET, calls().pullMessage(pull).next().getStatus());
        }
        refused(Code.BAD_REQUEST, update(queue.toBuilder().setId(7).build(), 0));
        assertEquals(Code.OK, update(queue, 1).getCode());
        assertEquals(1, calls().getOffset(get).getOffset());
    }

    private Status update(MessageQueue queue, long offset) {
        return calls().updateOffset(
                        UpdateOffsetRequest.newBuilder()
                                .setGroup(name("readers"))
                                .setMessageQueue(queue)
                                .setOffset(offset)
                                .build())
                .getStatus();
    }

    // Clients.

    @Test
    void shouldAskForAClientsId() {
        var nameless = MessagingServiceGrpc.newBlockingStub(channel);
        refused(
                Code.CLIENT_ID_REQUIRED,
                nameless.heartbeat(HeartbeatRequest.getDefaultInstance()).getStatus());
        refused(
                Code.CLIENT_ID_REQUIRED,
                calls("  ").heartbeat(HeartbeatRequest.getDefaultInstance()).getStatus());
        refused(
                Code.CLIENT_ID_REQUIRED,
                calls("x".repeat(256))
                        .heartbeat(HeartbeatRequest.getDefaultInstance())
                        .getStatus());
    }

    @Test
    void shouldNotKnowAClientThatHasNotSaidWhatItIs() {
        refused(
                Code.UNRECOGNIZED_CLIENT_TYPE,
                calls().heartbeat(HeartbeatRequest.getDefaultInstance()).getStatus());
    }

    @Test
    void shouldEndTheStreamOfSettingsThatCannotBe() throws Exception {
        assertEnded("UNRECOGNIZED_CLIENT_TYPE", apache.rocketmq.v2.Settings.getDefaultInstance());
        assertEnded("ILLEGAL_TOPIC", publishing("a b"));
        assertEnded(
                "ILLEGAL_CONSUMER_GROUP", subscribing(ClientType.SIMPLE_CONSUMER, "a b", "orders"));
        assertEnded("ILLEGAL_TOPIC", subscribing(ClientType.SIMPLE_CONSUMER, "readers", "a b"));
        assertEnded("BAD_REQUEST", publishing("x".repeat(40_000)));
    }

    private void assertEnded(String code, apache.rocketmq.v2.Settings settings) throws Exception {
        Spoken spoken = new Spoken("client");
        spoken.say(settings);
        StatusRuntimeException end = (StatusRuntimeException) spoken.next();
        assertEquals(io.grpc.Status.Code.INVALID_ARGUMENT, end.getStatus().getCode());
        assertTrue(String.valueOf(end.getMessage()).contains(code), end::getMessage);
    }

    @Test
    void shouldCutOffWhatIsLargerThanAnyRequest() throws Exception {
        topic("orders", 1, "");
        ByteString huge = ByteString.copyFrom(new byte[20 << 20]);
        StatusRuntimeException refused =
                assertThrows(
                        StatusRuntimeException.class,
                        () -> send(message("orders", "").setBody(huge)));
        assertEquals(io.grpc.Status.Code.RESOURCE_EXHAUSTED, refused.getStatus().getCode());
        Resource long_ = Resource.newBuilder().setName("x".repeat(1 << 20)).build();
        var route = QueryRouteRequest.newBuilder().setTopic(long_).build();
        refused(Code.ILLEGAL_TOPIC, calls().queryRoute(route).getStatus());
    }
}
