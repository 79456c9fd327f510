package io.sluice.server.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.engine.message.Message;
import io.sluice.engine.message.StoredMessage;
import io.sluice.protocol.Header;
import io.sluice.protocol.Properties;
import io.sluice.protocol.PullMessageHeader;
import io.sluice.protocol.PullMessageResponse;
import io.sluice.protocol.RequestCode;
import io.sluice.protocol.ResponseCode;
import io.sluice.protocol.SendMessageHeader;
import io.sluice.protocol.SendMessageResponse;
import io.sluice.server.cli.ScriptedServer.Reply;
import io.sluice.server.config.Config;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ClientCommandsTest {
    private static final String ROUTE =
            """
            {"brokerDatas":[{"brokerAddrs":{"0":"127.0.0.1:10911"},"brokerName":"s","cluster":"c"}],
            "queueDatas":[{"brokerName":"s","perm":6,"readQueueNums":2,"writeQueueNums":2,
            "topicSysFlag":0}]}\
            """;

    private static final String TRANSACTIONS =
            """
            {"transactions":[{"id":7,"topic":"orders","queueId":1,"producerGroup":"payers",
            "sinceMs":1000,"checks":2,"nextMs":2000,"givenUp":false},{"id":9,"topic":"orders",
            "queueId":0,"producerGroup":"others","sinceMs":3000,"checks":15,"nextMs":4000,
            "givenUp":true}]}\
            """;

    private static final String NO_TRANSACTIONS = "{\"transactions\":[]}";

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final List<Integer> codes = new ArrayList<>();

    @Test
    void shouldSayThatNoServerAnswers() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }

        assertEquals(5, run("127.0.0.1:" + port, "topic", "list"));
        assertTrue(err.toString().contains("./sluice server"), err::toString);
    }

    @Test
    void shouldListTopicsSorted() throws Exception {
        ScriptedServer.Script script =
                (request, body) -> {
                    assertEquals(206, request.code());
                    return json("{\"topicList\":[\"orders\",\"%RETRY%g\",\"bills\",\"TBW102\"]}");
                };
        assertEquals(0, run(script, "topic", "list", "--all"));
        assertEquals("TOPIC\n%RETRY%g\nTBW102\nbills\norders\n", out.toString());

        out.getBuffer().setLength(0);
        assertEquals(0, run(script, "topic", "list", "-o", "json"));
        assertEquals("[{\"topic\":\"bills\"},{\"topic\":\"orders\"}]\n", out.toString());
    }

    @Test
    void shouldListTransactionsThatNobodyDecides() throws Exception {
        ScriptedServer.Script script =
                (request, body) -> {
                    assertEquals(RequestCode.LIST_TRANSACTIONS, request.code());
                    return json(request.longField("after") > 0 ? NO_TRANSACTIONS : TRANSACTIONS);
                };
        assertEquals(0, run(script, "tx", "list"));
        assertEquals(
                """
                ID  TOPIC   QUEUE  GROUP   SINCE                 STATE     CHECKS  NEXT
                 7  orders      1  payers  1970-01-01T00:00:01Z  open           2  1970-01-01T00:00:02Z
                 9  orders      0  others  1970-01-01T00:00:03Z  given-up      15  1970-01-01T00:00:04Z
                """,
                out.toString());

        out.getBuffer().setLength(0);
        assertEquals(0, run(script, "tx", "list", "--group", "payers", "-o", "json"));
        assertEquals(
                "[{\"id\":7,\"topic\":\"orders\",\"queue\":1,\"group\":\"payers\","
                        + "\"since\":\"1970-01-01T00:00:01Z\",\"state\":\"open\",\"checks\":2,"
                        + "\"next\":\"1970-01-01T00:00:02Z\"}]\n",
                out.toString());

        out.getBuffer().setLength(0);
        assertEquals(0, run(script, "tx", "list", "--given-up"));
        assertEquals(2, out.toString().lines().count());
    }

    @Test
    void shouldDecideATransaction() throws Exception {
        ScriptedServer.Script script =
                (request, body) -> {
                    assertEquals(RequestCode.DECIDE_TRANSACTION, request.code());
                    assertEquals(34359738400L, request.longField("id"));
                    assertTrue(request.booleanField("commit"));
                    return json("");
                };
        assertEquals(0, run(script, "tx", "commit", "34359738400"));
        assertEquals("transaction 34359738400 is committed\n", out.toString());
        assertEquals(0, run(script, "tx", "commit", "7F00000100002A9F0000000800000020"));
        assertEquals(2, run(script, "tx", "rollback", "nonsense"));
        assertTrue(err.toString().contains("tx list"), err::toString);
    }

    @Test
    void shouldDescribeATopicByQueue() throws Exception {
        ScriptedServer.Script script =
                (request, body) ->
                        switch (request.code()) {
                            case RequestCode.GET_ROUTEINFO_BY_TOPIC -> json(ROUTE);
                            case RequestCode.GET_MIN_OFFSET -> offset(3);
                            case RequestCode.GET_BROKER_RUNTIME_INFO ->
                                    json("{\"table\":{\"acknowledgedNotDurable\":\"7\"}}");
                            case RequestCode.GET_TOPIC_CONFIG ->
                                    json(
                                            "{\"topicName\":\"orders\",\"perm\":4,\"attributes\":"
                                                    + "{\"durability\":\"async\"}}");
                            default -> offset(10 + request.intField("queueId"));
                        };
        assertEquals(0, run(script, "topic", "describe", "orders"));

        assertEquals(
                """
                topic        orders
                permissions  read
                durability   async
                QUEUE  BEGIN  END  MESSAGES
                    0      3   10         7
                    1      3   11         8
                acknowledged, not yet durable (all topics): 7
                """,
                out.toString());

        out.getBuffer().setLength(0);
        assertEquals(0, run(script, "topic", "describe", "orders", "-o", "json"));
        assertEquals(
                "{\"topic\":\"orders\",\"permissions\":\"read\","
                        + "\"attributes\":{\"durability\":\"async\"},"
                        + "\"acknowledgedNotDurableAllTopics\":7,"
                        + "\"queues\":[{\"queue\":0,\"begin\":3,\"end\":10,\"messages\":7},"
                        + "{\"queue\":1,\"begin\":3,\"end\":11,\"messages\":8}]}\n",
                out.toString());
    }

    @Test
    void shouldNotFindWhatIsNotThere() throws Exception {
        ScriptedServer.Script nothing =
                (request, body) ->
                        request.code() == 201
                                ? json("{\"subscriptionGroupTable\":{}}")
                                : Reply.of(ResponseCode.TOPIC_NOT_EXIST);

        assertEquals(3, run(nothing, "topic", "describe", "orders"));
        assertEquals(3, run(nothing, "topic", "delete", "orders"));
        assertEquals(3, run(nothing, "tail", "orders"));
        assertEquals(3, run(nothing, "group", "describe", "billing"));
        assertTrue(err.toString().contains("there is no topic 'orders'"), err::toString);
        assertTrue(err.toString().contains("there is no group 'billing'"), err::toString);
    }

    @Test
    void shouldFailWithTheServersReason() throws Exception {
        int code =
                run(
                        (request, body) ->
                                Reply.of(ResponseCode.SYSTEM_ERROR)
                                        .with(writer -> writer.remark("the disk is full")),
                        "send",
                        "orders",
                        "hello");

        assertEquals(1, code);
        assertEquals("the server refused: the disk is full\n", err.toString());
    }

    @Test
    void shouldDeleteATopicInBothPlaces() throws Exception {
        assertEquals(
                0,
                run(
                        (request, body) -> {
                            codes.add(request.code());
                            return switch (request.code()) {
                                case RequestCode.GET_ROUTEINFO_BY_TOPIC -> json(ROUTE);
                                case RequestCode.DELETE_TOPIC_IN_NAMESRV ->
                                        Reply.of(ResponseCode.TOPIC_NOT_EXIST);
                                default -> Reply.of(ResponseCode.SUCCESS);
                            };
                        },
                        "topic",
                        "delete",
                        "orders"));

        assertEquals(List.of(105, 215, 216), codes);
        assertEquals("topic orders is deleted\n", out.toString());
    }

    @Test
    void shouldShowAGroupsLag() throws Exception {
        ScriptedServer.Script script =
                (request, body) ->
                        switch (request.code()) {
                            case 201 ->
                                    json(
                                            "{\"subscriptionGroupTable\":{\"billing\":"
                                                    + "{\"groupName\":\"billing\","
                                                    + "\"retryMaxTimes\":16}}}");
                            case 208 ->
                                    json(
                                            "{\"offsetTable\":{{\"brokerName\":\"s\",\"queueId\":1,"
                                                    + "\"topic\":\"orders\"}:{\"brokerOffset\":9,"
                                                    + "\"consumerOffset\":4,\"lastTimestamp\":0},"
                                                    + "{\"brokerName\":\"s\",\"queueId\":0,"
                                                    + "\"topic\":\"orders\"}:{\"brokerOffset\":7,"
                                                    + "\"consumerOffset\":7,"
                                                    + "\"lastTimestamp\":1000}}}");
                            default -> json("{\"consumerIdList\":[\"a@1\"]}");
                        };
        assertEquals(0, run(script, "group", "describe", "billing"));
        assertEquals(
                """
                group        billing
                lag          5
                uncommitted  0
                clients      a@1
                TOPIC   QUEUE  COMMITTED  END  LAG  LAST CONSUMED
                orders      0          7    7    0  1970-01-01T00:00:01Z
                orders      1          4    9    5
                """,
                out.toString());

        out.getBuffer().setLength(0);
        assertEquals(0, run(script, "group", "list"));
        assertEquals("GROUP    RETRIES  CLIENTS\nbilling       16        1\n", out.toString());
    }

    @Test
    void shouldSendTextWithTagKeyAndProperties() throws Exception {
        List<String> received = new ArrayList<>();
        int code =
                run(
                        (request, body) -> {
                            SendMessageHeader header = SendMessageHeader.decode(request);
                            received.add(header.topic());
                            received.add(new String(body, UTF_8));
                            received.add(Properties.decode(header.properties()).toString());
                            return Reply.of(ResponseCode.SUCCESS)
                                    .with(new SendMessageResponse("ID", 3, 17, null, null)::encode);
                        },
                        "send",
                        "orders",
                        "grüße",
                        "--tag",
                        "created",
                        "--key",
                        "42",
                        "-p",
                        "region=eu");

        assertEquals(0, code);
        assertEquals(List.of("orders", "grüße", "{region=eu, TAGS=created, KEYS=42}"), received);
        assertEquals("stored in queue 3 at offset 17, id ID\n", out.toString());
    }

    @Test
    void shouldTailAllQueuesWithoutCommitting() throws Exception {
        assertEquals(
                0,
                run(
                        ClientCommandsTest::tailed,
                        "tail",
                        "orders",
                        "--from",
                        "beginning",
                        "--count",
                        "4",
                        "-o",
                        "json"));

        List<String> lines = out.toString().lines().sorted().toList();
        assertEquals(4, lines.size());
        assertTrue(
                lines.getFirst()
                        .startsWith(
                                "{\"topic\":\"orders\",\"queue\":0,\"offset\":5,"
                                        + "\"stored\":\"1970-01-01T00:00:01Z\","
                                        + "\"reconsumeTimes\":0,\"properties\":{\"TAGS\":\"t\"},"
                                        + "\"body\":\"hello\"}"),
                lines::toString);
        assertTrue(lines.getLast().contains("\"queue\":1,\"offset\":6"), lines::toString);
    }

    @Test
    void shouldEndATailWhoseReaderIsGone() throws Exception {
        PrintWriter broken =
                new PrintWriter(
                        new Writer() {
                            @Override
                            public void write(char[] chars, int from, int count)
                                    throws IOException {
                                throw new IOException("Broken pipe");
                            }

                            @Override
                            public void flush() {}

                            @Override
                            public void close() {}
                        },
                        true);
        try (ScriptedServer server = new ScriptedServer(ClientCommandsTest::tailed)) {
            String[] args = {"tail", "orders", "--from", "beginning", "--server", server.address()};
            assertEquals(
                    0, SluiceCommand.run(args, ClientCommandsTest::start, broken, writer(err)));
        }
        assertEquals("", err.toString());
    }

    @Test
    void shouldSayThatTheServerClosedTheConnection() throws Exception {
        int code =
                run(
                        (request, body) -> {
                            throw new UncheckedIOException(new IOException("stopped"));
                        },
                        "topic",
                        "list");
        assertEquals(5, code);
        assertTrue(
                err.toString()
                        .matches(
                                "the server at 127.0.0.1:\\d+ closed the connection;"
                                        + " is it still running\\?\n"),
                err::toString);
    }

    @Test
    void shouldTakeWhatTheServerFindsWrongForAMistakeInUse() throws Exception {
        for (int code : List.of(ResponseCode.INVALID_PARAMETER, ResponseCode.MESSAGE_ILLEGAL)) {
            assertEquals(2, run((request, body) -> Reply.of(code), "send", "orders", "hello"));
        }
    }

    /** Two queues from offset 5 on, a message at a time, the first only after one empty answer. */
    private static Reply tailed(Header request, byte[] body) {
        return switch (request.code()) {
            case RequestCode.GET_ROUTEINFO_BY_TOPIC -> json(ROUTE);
            case RequestCode.GET_MIN_OFFSET -> offset(4);
            default -> {
                PullMessageHeader pull = PullMessageHeader.decode(request);
                assertTrue(pull.suspends() && pull.carriesSubscription() && !pull.commits());
                long next = pull.queueOffset() + 1;
                boolean empty = pull.queueOffset() == 4;
                Reply reply =
                        Reply.of(empty ? ResponseCode.PULL_NOT_FOUND : ResponseCode.SUCCESS)
                                .with(new PullMessageResponse(0, next, 4, 99)::encode);
                yield empty ? reply : reply.with(stored(pull.queueId(), pull.queueOffset()));
            }
        };
    }

    private static byte[] stored(int queue, long offset) {
        Message message =
                new Message(
                        1,
                        "orders".getBytes(UTF_8),
                        0,
                        0,
                        1,
                        new byte[8],
                        0,
                        0,
                        ByteBuffer.wrap("hello".getBytes(UTF_8)),
                        Properties.encode(Map.of("TAGS", "t")));
        int size = StoredMessage.sizeBytes(message, 8);
        ByteBuffer buffer = ByteBuffer.allocate(size);
        StoredMessage.write(buffer, message, size, queue, offset, 77, 1_000, new byte[8]);
        return Arrays.copyOf(buffer.array(), size);
    }

    private static Reply json(String body) {
        return Reply.of(ResponseCode.SUCCESS).with(body.getBytes(UTF_8));
    }

    private static Reply offset(long offset) {
        return Reply.of(ResponseCode.SUCCESS).with(writer -> writer.field("offset", offset));
    }

    private int run(ScriptedServer.Script script, String... words) throws Exception {
        try (ScriptedServer server = new ScriptedServer(script)) {
            return run(server.address(), words);
        }
    }

    private int run(String address, String... words) {
        List<String> args = new ArrayList<>(List.of(words));
        args.add("--server");
        args.add(address);
        return SluiceCommand.run(
                args.toArray(String[]::new), ClientCommandsTest::start, writer(out), writer(err));
    }

    private static PrintWriter writer(StringWriter into) {
        return new PrintWriter(into, true);
    }

    private static AutoCloseable start(Config config) {
        throw new IllegalStateException("no command here starts a server");
    }
}
