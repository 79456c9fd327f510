package io.sluice.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.protocol.Golden.Captured;
import io.sluice.protocol.Golden.Exchange;
import io.sluice.protocol.HeartbeatData.ConsumeFromWhere;
import io.sluice.protocol.HeartbeatData.ConsumeType;
import io.sluice.protocol.HeartbeatData.MessageModel;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What official clients say is read as they mean it. {@link RewriteTest} looks the other way. */
class GoldenTest {
    private static final int SUCCESS = ResponseCode.SUCCESS;

    static Iterable<String> files() {
        return Golden.files();
    }

    static Iterable<String> conversations() {
        List<String> files = new ArrayList<>(Golden.JSON);
        files.addAll(Golden.BINARY);
        return files;
    }

    /** What the client called everything it made. */
    private static String prefix(String file) {
        return file.replace(".frames", "").replace('.', '-').replace("send-", "");
    }

    private static SendMessageHeader firstSend(String file, int code) {
        return SendMessageHeader.decode(Golden.exchange(file, code, SUCCESS).request().header());
    }

    @ParameterizedTest
    @MethodSource("files")
    void shouldReadTheFixedPartOfEveryHeader(String file) {
        int clientVersion = file.contains("4.9.8") ? 409 : 513;
        SerializeType type = file.contains("binary") ? SerializeType.ROCKETMQ : SerializeType.JSON;
        List<Exchange> exchanges = Golden.exchanges(file);
        assertFalse(exchanges.isEmpty());
        for (Exchange exchange : exchanges) {
            Header request = exchange.request().header();
            boolean fromServer = request.code() == RequestCode.NOTIFY_CONSUMER_IDS_CHANGED;
            assertEquals(Language.JAVA, request.language());
            assertEquals(fromServer ? Frame.VERSION : clientVersion, request.version());
            assertEquals(fromServer ? SerializeType.JSON : type, request.serializeType());
            assertFalse(request.response());
            assertEquals(exchange.answer() == null, request.oneway());
            if (exchange.answer() != null) {
                Header answer = exchange.answer().header();
                assertTrue(answer.response());
                assertEquals(request.opaque(), answer.opaque());
                assertEquals(Frame.VERSION, answer.version());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void shouldAcceptTheLengthsOfEveryFrame(String file) {
        for (Exchange exchange : Golden.exchanges(file)) {
            Captured frame = exchange.request();
            int size = frame.bytes().readableBytes();
            assertEquals(size, Frame.sizeBytes(frame.bytes(), Frame.SIZE_BYTES_MAX));
            assertEquals(size, frame.header().bodyIndex() + frame.header().bodySizeBytes());
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void shouldReadASend(String file) {
        int code =
                file.contains("send-v1") ? RequestCode.SEND_MESSAGE : RequestCode.SEND_MESSAGE_V2;
        Exchange exchange = Golden.exchange(file, code, SUCCESS);
        SendMessageHeader send = SendMessageHeader.decode(exchange.request().header());
        assertEquals(prefix(file) + "-producer", send.producerGroup());
        assertEquals(prefix(file) + "-topic", send.topic());
        assertEquals("TBW102", send.defaultTopic());
        assertEquals(4, send.defaultTopicQueueNums());
        assertEquals(0, send.sysFlag());
        assertEquals(0, send.flag());
        assertEquals(0, send.reconsumeTimes());
        assertEquals(SendMessageHeader.ABSENT, send.maxReconsumeTimes());
        assertFalse(send.batch());
        assertFalse(send.unitMode());
        assertEquals("broker-a", send.brokerName());
        assertEquals("body 0", exchange.request().body());
        assertEquals("gr\u00fcn \"\\/ \u2603", Properties.decode(send.properties()).get("colour"));
        assertEquals("key0", Properties.decode(send.properties()).get("KEYS"));
        assertEquals("even", Properties.decode(send.properties()).get("TAGS"));
        assertEquals("true", Properties.decode(send.properties()).get("WAIT"));
        String uniqueKey = Properties.decode(send.properties()).get("UNIQ_KEY");
        assertNotNull(uniqueKey);

        SendMessageResponse sent = SendMessageResponse.decode(exchange.answered().header());
        assertEquals(send.queueId(), sent.queueId());
        assertEquals(uniqueKey, sent.transactionId());
        MessageId id = MessageId.parse(sent.msgId());
        assertEquals("127.0.0.2", id.host().getAddress().getHostAddress());
        assertEquals(20911, id.host().getPort());
        assertEquals(sent.msgId(), id.toString());
    }

    @ParameterizedTest
    @MethodSource("conversations")
    void shouldReadABatch(String file) {
        Exchange exchange = Golden.exchange(file, RequestCode.SEND_BATCH_MESSAGE, SUCCESS);
        Captured request = exchange.request();
        SendMessageHeader send = SendMessageHeader.decode(request.header());
        assertTrue(send.batch());
        List<BatchBody.Message> messages =
                BatchBody.decode(
                        request.bytes(),
                        request.header().bodyIndex(),
                        request.header().bodySizeBytes(),
                        10);
        assertEquals(2, messages.size());
        for (int i = 0; i < messages.size(); i++) {
            BatchBody.Message message = messages.get(i);
            byte[] properties = new byte[message.propertiesSizeBytes()];
            request.bytes().getBytes(message.propertiesIndex(), properties);
            assertEquals(i, message.flag());
            assertEquals(
                    "batch " + i,
                    request.bytes().toString(message.bodyIndex(), message.bodySizeBytes(), UTF_8));
            assertEquals("key" + i, Properties.decode(properties).get("KEYS"));
        }
        SendMessageResponse sent = SendMessageResponse.decode(exchange.answered().header());
        assertEquals(2, sent.msgId().split(",").length);
    }

    @ParameterizedTest
    @MethodSource("conversations")
    void shouldReadAPull(String file) {
        Exchange exchange = Golden.exchange(file, RequestCode.PULL_MESSAGE, SUCCESS);
        PullMessageHeader pull = PullMessageHeader.decode(exchange.request().header());
        assertTrue(pull.consumerGroup().startsWith(prefix(file) + "-group"));
        assertEquals(32, pull.maxMsgNums());
        assertTrue(pull.suspends());
        assertFalse(pull.carriesSubscription());
        assertEquals(15_000, pull.suspendTimeoutMs());
        assertEquals("TAG", pull.expressionType());
        assertNull(pull.subscription());
        assertEquals(file.contains("4.9.8") ? Integer.MAX_VALUE : 256 * 1024, pull.maxMsgBytes());
        PullMessageResponse pulled = PullMessageResponse.decode(exchange.answered().header());
        assertEquals(0, pulled.minOffset());
        assertEquals(pulled.maxOffset(), pulled.nextBeginOffset());
        assertEquals("FOUND", exchange.answered().header().remark());
    }

    @ParameterizedTest
    @MethodSource("conversations")
    void shouldReadTheHeartbeatOfAConsumer(String file) {
        HeartbeatData heartbeat =
                Golden.exchanges(file, RequestCode.HEART_BEAT).stream()
                        .map(exchange -> heartbeat(exchange.request()))
                        .filter(data -> data.clientId().endsWith("@first"))
                        .findFirst()
                        .orElseThrow();
        assertEquals(List.of("CLIENT_INNER_PRODUCER"), heartbeat.producerGroups());
        assertEquals(0, heartbeat.fingerprint());
        assertFalse(heartbeat.withoutSubscriptions());
        HeartbeatData.Consumer consumer = heartbeat.consumers().getFirst();
        assertEquals(prefix(file) + "-group", consumer.groupName());
        assertEquals(ConsumeType.CONSUME_PASSIVELY, consumer.consumeType());
        assertEquals(MessageModel.CLUSTERING, consumer.messageModel());
        assertEquals(ConsumeFromWhere.CONSUME_FROM_FIRST_OFFSET, consumer.consumeFromWhere());
        assertFalse(consumer.unitMode());
        assertEquals(2, consumer.subscriptions().size());
        SubscriptionData subscription =
                consumer.subscriptions().stream()
                        .filter(data -> !data.topic().startsWith("%RETRY%"))
                        .findFirst()
                        .orElseThrow();
        assertEquals(prefix(file) + "-topic", subscription.topic());
        assertEquals("even || odd", subscription.subString());
        assertEquals(List.of("even", "odd"), subscription.tags());
        assertEquals("TAG", subscription.expressionType());
    }

    private static HeartbeatData heartbeat(Captured request) {
        return HeartbeatData.decode(
                request.bytes(), request.header().bodyIndex(), request.header().bodySizeBytes());
    }

    @ParameterizedTest
    @MethodSource("conversations")
    void shouldReadWhatSendsAMessageBack(String file) {
        ConsumerSendMsgBackHeader back =
                ConsumerSendMsgBackHeader.decode(
                        Golden.exchange(file, RequestCode.CONSUMER_SEND_MSG_BACK, SUCCESS)
                                .request()
                                .header());
        assertEquals(prefix(file) + "-group", back.group());
        assertEquals(prefix(file) + "-topic", back.originTopic());
        assertEquals(0, back.delayLevel());
        assertEquals(16, back.maxReconsumeTimes());
        assertNotNull(back.originMsgId());
        assertTrue(back.offset() > 0);
    }

    @ParameterizedTest
    @MethodSource("conversations")
    void shouldReadARouteAndTheCluster(String file) {
        Captured answer =
                Golden.exchange(file, RequestCode.GET_ROUTEINFO_BY_TOPIC, SUCCESS).answered();
        TopicRouteData route =
                TopicRouteData.decode(
                        answer.bytes(),
                        answer.header().bodyIndex(),
                        answer.header().bodySizeBytes());
        BrokerData broker =
                new BrokerData("DefaultCluster", "broker-a", Map.of(0L, "127.0.0.2:20911"));
        assertEquals(List.of(broker), route.brokers());
        assertEquals("broker-a", route.queues().getFirst().brokerName());
        assertTrue(route.queues().getFirst().readQueueNums() > 0);

        Captured cluster =
                Golden.exchange(file, RequestCode.GET_BROKER_CLUSTER_INFO, SUCCESS).answered();
        assertTrue(cluster.body().contains("{0:\"127.0.0.2:20911\"}"));
        assertEquals(
                new ClusterInfo(
                        Map.of("broker-a", broker), Map.of("DefaultCluster", List.of("broker-a"))),
                ClusterInfo.decode(
                        cluster.bytes(),
                        cluster.header().bodyIndex(),
                        cluster.header().bodySizeBytes()));
    }

    @ParameterizedTest
    @MethodSource("conversations")
    void shouldReadAFilteredSubscriptionToCheck(String file) {
        Captured request =
                Golden.exchange(file, RequestCode.CHECK_CLIENT_CONFIG, SUCCESS).request();
        CheckClientRequestBody check =
                CheckClientRequestBody.decode(
                        request.bytes(),
                        request.header().bodyIndex(),
                        request.header().bodySizeBytes());
        assertEquals(prefix(file) + "-group-sql", check.group());
        SubscriptionData subscription = Objects.requireNonNull(check.subscription());
        assertEquals("SQL92", subscription.expressionType());
        assertEquals("TAGS = 'even'", subscription.subString());
    }

    @ParameterizedTest
    @MethodSource("conversations")
    void shouldHaveSeenEveryRequestThatIsAnswered(String file) {
        for (int code : Codecs.REQUESTS.keySet()) {
            boolean elsewhere =
                    code == RequestCode.SEND_MESSAGE
                            || (code == RequestCode.LITE_PULL_MESSAGE && file.contains("4.9.8"));
            assertEquals(elsewhere, Golden.exchanges(file, code).isEmpty(), "code " + code);
        }
        for (int code : Codecs.REQUEST_BODIES.keySet()) {
            assertFalse(Golden.exchanges(file, code).isEmpty(), "code " + code);
        }
    }

    @Test
    void shouldReadTheSamePropertiesFromBothSerializations() {
        int code = RequestCode.SEND_MESSAGE_V2;
        for (int i = 0; i < Golden.JSON.size(); i++) {
            Map<String, String> json =
                    Properties.decode(firstSend(Golden.JSON.get(i), code).properties());
            Map<String, String> binary =
                    Properties.decode(firstSend(Golden.BINARY.get(i), code).properties());
            json.remove("UNIQ_KEY");
            binary.remove("UNIQ_KEY");
            assertEquals(binary, json);
            assertEquals("6772c3bc6e", HexFormat.of().formatHex(colour(json)).substring(0, 10));
        }
    }

    private static byte[] colour(Map<String, String> properties) {
        return Objects.requireNonNull(properties.get("colour")).getBytes(UTF_8);
    }
}
