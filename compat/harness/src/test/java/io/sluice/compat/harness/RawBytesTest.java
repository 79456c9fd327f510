package io.sluice.compat.harness;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What no official client does: broken, endless and hostile peers next to one that works. */
@AgainstServer
@Feature("Hostile peers: broken and endless frames")
class RawBytesTest {

    private static final int REQUEST_CODE_NOT_SUPPORTED = 3;
    private static final int UNKNOWN_CODE = 31_415;
    private static final int FRAME_BYTES_MAX = 16 << 20;

    @Test
    void shouldSayThatACodeIsNotSupportedAndGoOn(Target server) {
        for (RawConnection connection : List.of(server.connect(), server.connectToNameService())) {
            try (connection) {
                Reply reply = connection.request(UNKNOWN_CODE, Map.of());
                assertEquals(REQUEST_CODE_NOT_SUPPORTED, reply.code());
                assertFalse(reply.remark().isBlank());
                assertEquals(
                        REQUEST_CODE_NOT_SUPPORTED,
                        connection.request(UNKNOWN_CODE, Map.of("any", "field")).code());
            }
        }
    }

    @Test
    void shouldAnswerRequestsThatComeInOnePacket(Target server) {
        ByteArrayOutputStream packet = new ByteArrayOutputStream();
        for (int opaque = 1; opaque <= 20; opaque++) {
            packet.writeBytes(RawConnection.frame(UNKNOWN_CODE, opaque, Map.of(), new byte[0]));
        }
        try (RawConnection connection = server.connect()) {
            connection.write(packet.toByteArray());
            Set<Integer> answered = new TreeSet<>();
            for (int i = 0; i < 20; i++) {
                answered.add(connection.read().opaque());
            }
            assertEquals(20, answered.size());
        }
    }

    @Test
    void shouldAnswerARequestThatComesByteByByte(Target server) {
        byte[] frame = RawConnection.frame(UNKNOWN_CODE, 7, Map.of("a", "b"), new byte[10]);
        try (RawConnection connection = server.connect()) {
            for (byte one : frame) {
                connection.write(new byte[] {one});
            }
            assertEquals(7, connection.read().opaque());
        }
    }

    @Test
    void shouldCloseAConnectionThatSpeaksAnotherProtocol(Target server) {
        assertCloses(server, "GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        byte[] garbage = new byte[4_096];
        new Random(1).nextBytes(garbage);
        garbage[0] = 0x7f;
        assertCloses(server, garbage);
    }

    @ParameterizedTest
    @ValueSource(ints = {FRAME_BYTES_MAX + 1, 1 << 30, Integer.MAX_VALUE, -1, Integer.MIN_VALUE})
    void shouldCloseAConnectionThatAnnouncesAnImpossibleFrame(int length, Target server) {
        assertCloses(server, ByteBuffer.allocate(64).putInt(length).putInt(10).array());
    }

    @ParameterizedTest
    @ValueSource(ints = {101, 0xFFFFFF, 0x7F000010, 0x80000010})
    void shouldCloseAConnectionWhoseHeaderCannotBe(int headerLength, Target server) {
        assertCloses(server, ByteBuffer.allocate(104).putInt(100).putInt(headerLength).array());
    }

    @Test
    void shouldCloseAConnectionWhoseHeaderIsNoJson(Target server) {
        byte[] header = "{\"code\": ".getBytes(StandardCharsets.UTF_8);
        assertCloses(
                server,
                ByteBuffer.allocate(8 + header.length)
                        .putInt(4 + header.length)
                        .putInt(header.length)
                        .put(header)
                        .array());
    }

    private static void assertCloses(Target server, byte[] bytes) {
        try (RawConnection connection = server.connect()) {
            connection.write(bytes);
            connection.awaitClosedByServer();
        }
        assertServes(server);
    }

    /** Together they announce twelve times the server's heap. */
    @Test
    void shouldServeOthersWhileManyHoldHalfAFrame(Target server) {
        List<RawConnection> halves = new ArrayList<>();
        try {
            for (int i = 0; i < 400; i++) {
                RawConnection half = server.connect();
                halves.add(half);
                half.write(ByteBuffer.allocate(64).putInt(FRAME_BYTES_MAX - 8).putInt(20).array());
            }
            assertServes(server);
        } finally {
            halves.forEach(RawConnection::close);
        }
        assertServes(server);
    }

    /** It asks for about a gigabyte in all. */
    @Test
    void shouldServeOthersWhileOneAsksForMuchAndReadsNothing(Target server)
            throws InterruptedException {
        assumeTrue(
                server.isSluice(), "RocketMQ queues every answer on its heap and runs out of it");
        String topic = "slow-peer";
        try (RawConnection connection = server.connect()) {
            createTopic(connection, topic);
            for (int i = 0; i < 32; i++) {
                byte[] body = new byte[256 << 10];
                assertTrue(send(connection, topic, body).isOk());
            }
        }
        RawConnection slow = server.connect();
        Thread asking = Thread.ofPlatform().start(() -> askWithoutReading(slow, topic));
        try {
            for (int i = 0; i < 20; i++) {
                assertServes(server);
            }
        } finally {
            slow.close();
            asking.join();
        }
        assertServes(server);
    }

    private static void askWithoutReading(RawConnection slow, String topic) {
        try {
            for (int i = 1; i <= 4_000; i++) {
                Map<String, String> pull = Fields.pull("slow", topic, 0, i % 32, 32);
                slow.write(RawConnection.frame(RequestCode.PULL_MESSAGE, i, pull, new byte[0]));
            }
        } catch (UncheckedIOException closed) {
            // By the server, which may, or by the end of the test.
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"with space", "../../escape", "a/b", "a\u0000b", "größe", ""})
    void shouldRefuseAnIllegalTopicName(String topic, Target server) {
        try (RawConnection connection = server.connect()) {
            Reply created =
                    connection.request(
                            RequestCode.UPDATE_AND_CREATE_TOPIC, Fields.createTopic(topic, 1));
            assertNotEquals(Reply.SUCCESS, created.code());
            assertFalse(created.remark().isBlank());
            assertNotEquals(Reply.SUCCESS, send(connection, topic, new byte[1]).code());
        }
    }

    @Test
    void shouldRefuseATopicNameThatIsTooLong(Target server) {
        try (RawConnection connection = server.connect()) {
            Map<String, String> fields = Fields.createTopic("t".repeat(128), 1);
            assertNotEquals(
                    Reply.SUCCESS,
                    connection.request(RequestCode.UPDATE_AND_CREATE_TOPIC, fields).code());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"with space", "../../escape"})
    void shouldRefuseAnIllegalGroupName(String group, Target server) {
        try (RawConnection connection = server.connect()) {
            createTopic(connection, "for-groups");
            Reply reply =
                    connection.request(
                            RequestCode.PULL_MESSAGE, Fields.pull(group, "for-groups", 0, 0, 1));
            assertEquals(26, reply.code(), "SUBSCRIPTION_GROUP_NOT_EXIST");
        }
    }

    @Test
    void shouldRefuseAQueueThatTheTopicDoesNotHave(Target server) {
        try (RawConnection connection = server.connect()) {
            createTopic(connection, "one-queue");
            Map<String, String> pull = Fields.pull("any", "one-queue", 5, 0, 1);
            assertNotEquals(
                    Reply.SUCCESS, connection.request(RequestCode.PULL_MESSAGE, pull).code());
            assertTrue(send(connection, "one-queue", new byte[1]).isOk());
        }
    }

    /** A new connection can send a message and read it back. */
    private static void assertServes(Target server) {
        try (RawConnection connection = server.connect()) {
            createTopic(connection, "neighbour");
            Reply sent = send(connection, "neighbour", "hello".getBytes(StandardCharsets.UTF_8));
            assertTrue(sent.isOk(), sent.toString());
            long offset = sent.number("queueOffset");
            Await.until(
                    "it can be read",
                    () ->
                            connection
                                    .request(
                                            RequestCode.PULL_MESSAGE,
                                            Fields.pull("neighbour", "neighbour", 0, offset, 1))
                                    .bodyText()
                                    .contains("hello"));
        }
    }

    private static void createTopic(RawConnection connection, String topic) {
        Map<String, String> fields = Fields.createTopic(topic, 1);
        assertTrue(connection.request(RequestCode.UPDATE_AND_CREATE_TOPIC, fields).isOk());
    }

    private static Reply send(RawConnection connection, String topic, byte[] body) {
        return connection.request(RequestCode.SEND_MESSAGE, Fields.send(topic, 0), body);
    }
}
