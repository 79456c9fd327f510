package io.sluice.compat.harness;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A compressed body is the consumer's affair: the server stores what it gets. */
@AgainstServer
@Feature("Messages: compressed bodies")
class StoredAsSentTest {

    private static final int COMPRESSED = 1;
    private static final int MESSAGE_ILLEGAL = 13;

    /** More than the heap of the server. */
    private static final long INFLATED_BYTES = 768L << 20;

    // Where a stored message has them, with IPv4 addresses.
    private static final int SYS_FLAG_AT = 36;
    private static final int BODY_SIZE_AT = 84;

    @Test
    void shouldStoreABombAsItIs(Target server) throws IOException {
        byte[] bomb = bomb();
        assertTrue(bomb.length < 4 << 20, "it is small: " + bomb.length);
        assertComesBack(server, "bomb", COMPRESSED, bomb);
    }

    private static byte[] bomb() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Deflater fast = new Deflater(Deflater.BEST_SPEED);
        try (DeflaterOutputStream out = new DeflaterOutputStream(bytes, fast, 1 << 16)) {
            byte[] zeroes = new byte[1 << 20];
            for (long written = 0; written < INFLATED_BYTES; written += zeroes.length) {
                out.write(zeroes);
            }
        } finally {
            fast.end();
        }
        return bytes.toByteArray();
    }

    /** Bits 8 to 10 name the method: 0 and 3 zlib, 1 lz4, 2 zstd, others none that there is. */
    @ParameterizedTest
    @CsvSource({"lz4,0x101", "zstd,0x201", "zlib,0x301", "none-such,0x701", "unmarked,0x300"})
    void shouldKeepTheMethodAndTheBytesWhetherTheyFitOrNot(
            String name, String sysFlag, Target server) {
        byte[] noise = new byte[10_000];
        new Random(1).nextBytes(noise);
        assertComesBack(server, "compressed-" + name, Integer.decode(sysFlag), noise);
    }

    private static void assertComesBack(Target server, String topic, int sysFlag, byte[] body) {
        try (RawConnection connection = server.connect()) {
            assertTrue(
                    connection
                            .request(
                                    RequestCode.UPDATE_AND_CREATE_TOPIC,
                                    Fields.createTopic(topic, 1))
                            .isOk());
            Map<String, String> send = new HashMap<>(Fields.send(topic, 0));
            send.put("sysFlag", Integer.toString(sysFlag));
            Reply sent = connection.request(RequestCode.SEND_MESSAGE, send, body);
            assertTrue(sent.isOk(), sent.toString());
            ByteBuffer stored = pull(connection, topic);
            assertEquals(sysFlag, stored.getInt(SYS_FLAG_AT));
            byte[] back = new byte[stored.getInt(BODY_SIZE_AT)];
            stored.get(BODY_SIZE_AT + Integer.BYTES, back);
            assertArrayEquals(body, back);
        }
    }

    private static ByteBuffer pull(RawConnection connection, String topic) {
        Map<String, String> pull = Fields.pull("any", topic, 0, 0, 1);
        ByteBuffer[] stored = new ByteBuffer[1];
        Await.until(
                "it can be read",
                () -> {
                    Reply reply = connection.request(RequestCode.PULL_MESSAGE, pull);
                    stored[0] = reply.body();
                    return reply.isOk();
                });
        return stored[0];
    }

    /** As clients write one, who refuse to send it. */
    @Test
    @Feature("Sending: batches")
    void shouldRefuseABatchWithADelayAndStoreNoneOfIt(Target server) {
        try (RawConnection connection = server.connect()) {
            String topic = "delayed-batch";
            connection.request(RequestCode.UPDATE_AND_CREATE_TOPIC, Fields.createTopic(topic, 1));
            for (String property : new String[] {"DELAY\u00011\u0002", "DELAY\u000118\u0002"}) {
                ByteArrayOutputStream batch = new ByteArrayOutputStream();
                batch.writeBytes(part("first", ""));
                batch.writeBytes(part("second", property));
                Map<String, String> send = new HashMap<>(Fields.send(topic, 0));
                send.put("batch", "true");
                Reply reply =
                        connection.request(RequestCode.SEND_MESSAGE, send, batch.toByteArray());
                assertEquals(MESSAGE_ILLEGAL, reply.code(), reply.toString());
                assertTrue(reply.remark().contains("one by one"), reply.remark());
            }
            Map<String, String> end = Map.of("topic", topic, "queueId", "0");
            assertEquals(0, connection.request(RequestCode.GET_MAX_OFFSET, end).number("offset"));
        }
    }

    private static byte[] part(String body, String properties) {
        byte[] text = body.getBytes(StandardCharsets.UTF_8);
        byte[] names = properties.getBytes(StandardCharsets.UTF_8);
        int size = 22 + text.length + names.length;
        return ByteBuffer.allocate(size)
                .putInt(size)
                .putInt(0)
                .putInt(0)
                .putInt(0)
                .putInt(text.length)
                .put(text)
                .putShort((short) names.length)
                .put(names)
                .array();
    }
}
