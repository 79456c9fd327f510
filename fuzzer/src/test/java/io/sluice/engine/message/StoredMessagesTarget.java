package io.sluice.engine.message;

import static io.sluice.fuzz.Target.require;

import io.sluice.fuzz.Target;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Bytes that shall be a stored message. The first byte says which of its fields are put right: bit
 * 0 the size, bit 1 the position, bit 2 the body's checksum.
 */
public final class StoredMessagesTarget implements Target {
    private static final long POSITION = 0x1_0000_0040L;
    private static final byte[] HOST = {127, 0, 0, 1, 0, 0, 42, -97};
    private static final int FIX_SIZE = 1;
    private static final int FIX_POSITION = 2;
    private static final int FIX_CHECKSUM = 4;

    @Override
    public @Nullable Check take(byte[] input) {
        if (input.length <= Integer.BYTES) {
            return null;
        }
        ByteBuffer in = ByteBuffer.wrap(input, 1, input.length - 1).slice();
        int size = in.capacity();
        fix(in, input[0]);
        if (!StoredMessage.isWhole(in, 0, size, POSITION)) {
            require(!StoredMessage.hasIntactBody(in, 0, size, POSITION), "intact, but not whole");
            return null;
        }
        boolean intact = StoredMessage.hasIntactBody(in, 0, size, POSITION);
        return () -> check(in, size, intact);
    }

    private static void fix(ByteBuffer in, byte what) {
        int size = in.capacity();
        if ((what & FIX_SIZE) != 0) {
            in.putInt(0, size);
        }
        if ((what & FIX_POSITION) != 0 && size >= StoredMessage.SIZE_BYTES_MIN) {
            in.putLong(28, POSITION);
        }
        if ((what & FIX_CHECKSUM) != 0 && StoredMessage.isWhole(in, 0, size, POSITION)) {
            in.putInt(8, StoredMessage.crc(StoredMessage.body(in, 0)));
        }
    }

    private static void check(ByteBuffer in, int size, boolean intact) {
        byte[] properties = StoredMessage.properties(in, 0);
        byte[] topic = StoredMessage.topic(in, 0);
        long range = StoredMessage.propertyRange(in, 0, Properties.TAGS);
        require(
                range < 0 == (Properties.text(properties, Properties.TAGS) == null),
                "two readings");
        int bodySize = StoredMessage.body(in, 0).remaining();
        require(bodySize + topic.length + properties.length < size, "parts exceed the whole");
        byte[] value = "v".getBytes(StandardCharsets.UTF_8);
        require(
                StoredMessage.propertyEquals(in, 0, Properties.TAGS, value)
                        == "v".equals(Properties.text(properties, Properties.TAGS)),
                "a property compared in two ways");
        require(StoredMessage.bornHost(in, 0).length >= 8, "born host");
        require(StoredMessage.storeHost(in, 0).length >= 8, "store host");
        require(StoredMessage.flag(in, 0) == in.getInt(16), "flag");
        if (intact && topic.length > 0) {
            again(in, topic, properties);
        }
    }

    /** Stores it again, as a retry does: the parts come back as they were. */
    private static void again(ByteBuffer in, byte[] topic, byte[] properties) {
        int times = StoredMessage.reconsumeTimes(in, 0);
        Message message = Message.again(in, 0, 7, topic, times, properties);
        int size = StoredMessage.sizeBytes(message, HOST.length);
        ByteBuffer out = ByteBuffer.allocate(size);
        long storeMs = StoredMessage.storeMs(in, 0);
        StoredMessage.write(out, message, size, 3, 5, POSITION, storeMs, HOST);
        require(!out.hasRemaining(), "the size is what is written");
        StoredMessage.place(out, 0, 4, 6, POSITION, storeMs + 1);
        require(StoredMessage.hasIntactBody(out, 0, size, POSITION), "what is stored is intact");
        require(StoredMessage.queueId(out, 0) == 4, "queue id");
        require(StoredMessage.queueOffset(out, 0) == 6, "queue offset");
        require(StoredMessage.storeMs(out, 0) == storeMs + 1, "store time");
        require(StoredMessage.bornMs(out, 0) == StoredMessage.bornMs(in, 0), "born time");
        require(StoredMessage.body(out, 0).equals(StoredMessage.body(in, 0)), "body");
        require(Arrays.equals(StoredMessage.topic(out, 0), topic), "topic");
        require(Arrays.equals(StoredMessage.properties(out, 0), properties), "properties");
        require(
                Arrays.equals(StoredMessage.bornHost(out, 0), StoredMessage.bornHost(in, 0)),
                "born host");
    }

    @Override
    public List<byte[]> seeds() {
        return List.of(seed("t", "body", "TAGS\1v\2"), seed("t".repeat(200), "", ""));
    }

    private static byte[] seed(String topic, String body, String properties) {
        Message message =
                new Message(
                        7,
                        topic.getBytes(StandardCharsets.UTF_8),
                        1,
                        0,
                        2,
                        HOST,
                        0,
                        0,
                        ByteBuffer.wrap(body.getBytes(StandardCharsets.UTF_8)),
                        properties.getBytes(StandardCharsets.UTF_8));
        int size = StoredMessage.sizeBytes(message, HOST.length);
        ByteBuffer out = ByteBuffer.allocate(1 + size);
        out.put((byte) (FIX_SIZE | FIX_POSITION | FIX_CHECKSUM));
        StoredMessage.write(out, message, size, 0, 0, POSITION, 3, HOST);
        return out.array();
    }
}
