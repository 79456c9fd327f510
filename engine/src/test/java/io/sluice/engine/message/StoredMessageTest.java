package io.sluice.engine.message;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What is stored comes back, and bytes that came by a position of a client are not believed. */
final class StoredMessageTest {
    private static final byte[] V4 = {10, 0, 0, 1, 0, 0, 42, -97};
    private static final byte[] V6 = new byte[20];
    private static final long POSITION = (7L << 32) + 4096;

    private static Message message(String topic, byte[] bornHost, String body, String properties) {
        return new Message(
                9,
                topic.getBytes(UTF_8),
                5,
                1,
                123,
                bornHost,
                2,
                3,
                ByteBuffer.wrap(body.getBytes(UTF_8)),
                properties.getBytes(UTF_8));
    }

    private static ByteBuffer stored(Message message, byte[] storeHost) {
        int size = StoredMessage.sizeBytes(message, storeHost.length);
        ByteBuffer out = ByteBuffer.allocate(size);
        StoredMessage.write(out, message, size, 4, 77, POSITION, 555, storeHost);
        assertEquals(size, out.position());
        return out.flip();
    }

    @Test
    void shouldGiveBackEveryFieldInEveryShape() {
        for (String topic : new String[] {"t", "t".repeat(127), "t".repeat(128), "t".repeat(255)}) {
            for (byte[] bornHost : new byte[][] {V4, V6}) {
                for (byte[] storeHost : new byte[][] {V4, V6}) {
                    Message message = message(topic, bornHost, "body", "KEYS\1k\2TAGS\1a\2");
                    ByteBuffer in = stored(message, storeHost);
                    assertTrue(StoredMessage.isWhole(in, 0, in.limit(), POSITION));
                    assertEquals(topic, new String(StoredMessage.topic(in, 0), UTF_8));
                    assertArrayEquals(bornHost, StoredMessage.bornHost(in, 0));
                    assertArrayEquals(storeHost, StoredMessage.storeHost(in, 0));
                    assertEquals("body", UTF_8.decode(StoredMessage.body(in, 0)).toString());
                    assertArrayEquals(message.properties(), StoredMessage.properties(in, 0));
                    assertEquals(4, StoredMessage.queueId(in, 0));
                    assertEquals(77, StoredMessage.queueOffset(in, 0));
                    assertEquals(555, StoredMessage.storeMs(in, 0));
                    assertEquals(2, StoredMessage.reconsumeTimes(in, 0));
                    assertEquals(3, StoredMessage.preparedOffset(in, 0));
                    StoredMessage.place(in, 0, 6, 78, POSITION + 1, 556);
                    assertTrue(StoredMessage.isWhole(in, 0, in.limit(), POSITION + 1));
                    assertEquals(6, StoredMessage.queueId(in, 0));
                    assertEquals(78, StoredMessage.queueOffset(in, 0));
                    assertEquals(556, StoredMessage.storeMs(in, 0));
                    assertEquals("body", UTF_8.decode(StoredMessage.body(in, 0)).toString());
                }
            }
        }
    }

    @Test
    void shouldTakeTheSmallestMessageAndNothingSmaller() {
        ByteBuffer in = stored(message("t", V4, "", ""), V4);
        assertEquals(StoredMessage.SIZE_BYTES_MIN, in.limit());
        assertTrue(StoredMessage.isWhole(in, 0, in.limit(), POSITION));
    }

    @Test
    void shouldNotTakeATruncatedMessageForAWholeOne() {
        ByteBuffer in = stored(message("topic", V4, "body", "TAGS\1a\2"), V4);
        for (int size = 0; size < in.limit(); size++) {
            ByteBuffer cut = ByteBuffer.allocate(size).put(0, in, 0, size);
            assertFalse(StoredMessage.isWhole(cut, 0, size, POSITION), "cut to " + size);
            if (size >= Integer.BYTES) {
                cut.putInt(0, size);
                assertFalse(StoredMessage.isWhole(cut, 0, size, POSITION), "claims " + size);
            }
        }
    }

    @Test
    void shouldReadNothingOutsideWhateverByteIsChanged() {
        ByteBuffer in = stored(message("topic", V4, "body", "TAGS\1a\2"), V4);
        for (int at = 0; at < in.limit(); at++) {
            byte good = in.get(at);
            for (int value = 0; value < 256; value++) {
                in.put(at, (byte) value);
                readIfWhole(in);
            }
            in.put(at, good);
        }
    }

    @Test
    void shouldReadNothingOutsideWhateverBytesThereAre() {
        Random random = new Random(11);
        ByteBuffer in = stored(message("topic", V4, "body".repeat(30), "TAGS\1a\2"), V4);
        byte[] good = new byte[in.limit()];
        in.get(0, good);
        for (int round = 0; round < 200_000; round++) {
            in.put(0, good);
            for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
                in.put(4 + random.nextInt(in.limit() - 4), (byte) random.nextInt());
            }
            in.putLong(28, POSITION);
            readIfWhole(in);
        }
    }

    /** A message that is whole can be read in all its parts without leaving it. */
    private static void readIfWhole(ByteBuffer in) {
        if (StoredMessage.isWhole(in, 0, in.limit(), POSITION)) {
            StoredMessage.topic(in, 0);
            StoredMessage.properties(in, 0);
            StoredMessage.body(in, 0);
            StoredMessage.bornHost(in, 0);
            StoredMessage.storeHost(in, 0);
            StoredMessage.reconsumeTimes(in, 0);
            StoredMessage.propertyEquals(in, 0, Properties.TAGS, new byte[] {'a'});
        }
    }

    @Test
    void shouldRefuseATopicOfNegativeSize() {
        ByteBuffer in = stored(message("t", V4, "", ""), V4);
        in.put(88, Byte.MIN_VALUE);
        assertFalse(StoredMessage.isWhole(in, 0, in.limit(), POSITION));
    }

    @Test
    void shouldRefuseWhatWasStoredElsewhere() {
        ByteBuffer in = stored(message("topic", V4, "body", ""), V4);
        assertFalse(StoredMessage.isWhole(in, 0, in.limit(), POSITION + 1));
    }
}
