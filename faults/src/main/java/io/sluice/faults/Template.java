package io.sluice.faults;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.sluice.protocol.FrameWriter;
import io.sluice.protocol.RequestCode;
import io.sluice.protocol.SendMessageHeader;
import io.sluice.protocol.SerializeType;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The header of one way to send to one topic, built once, with the places of what changes from
 * message to message. All of those have a fixed width; where they are is found by building it twice
 * with different values.
 */
final class Template {
    private static final byte[] HEX = "0123456789abcdef".getBytes(ISO_8859_1);
    private static final String KEY_LOW = "0".repeat(16);
    private static final String KEY_HIGH = "f".repeat(16);
    private static final long BORN_LOW = 1_111_111_111_111L;
    private static final long BORN_HIGH = 2_222_222_222_222L;

    /** Opaques have ten digits. */
    static final int OPAQUE_FIRST = 1_111_111_111;

    private static final int OPAQUE_HIGH = 2_000_000_000;

    final int index;
    final int topic;
    final Shape shape;

    /** The properties of a message as they are stored; of a batch, those of each message in it. */
    private final byte[] properties;

    private final Range propertiesKey;
    private final byte[] header;
    private final Range opaque;
    private final Range queue;
    private final Range born;
    private final Range key;

    /**
     * How a message is sent.
     *
     * @param code the request code
     * @param delayLevel 0 for none
     * @param tag none if empty
     */
    record Shape(int code, SerializeType type, int delayLevel, String tag) {
        boolean isBatch() {
            return code == RequestCode.SEND_BATCH_MESSAGE;
        }

        int delayMs() {
            return delayLevel == 0 ? 0 : Plan.DELAYS_MS[delayLevel - 1];
        }
    }

    private static final List<Shape> SHAPES =
            List.of(
                    new Shape(RequestCode.SEND_MESSAGE, SerializeType.JSON, 0, "paid"),
                    new Shape(RequestCode.SEND_MESSAGE, SerializeType.ROCKETMQ, 0, ""),
                    new Shape(RequestCode.SEND_MESSAGE_V2, SerializeType.JSON, 0, ""),
                    new Shape(RequestCode.SEND_MESSAGE_V2, SerializeType.ROCKETMQ, 0, "open"),
                    new Shape(RequestCode.SEND_BATCH_MESSAGE, SerializeType.JSON, 0, "bulk"),
                    new Shape(RequestCode.SEND_BATCH_MESSAGE, SerializeType.ROCKETMQ, 0, ""),
                    new Shape(RequestCode.SEND_MESSAGE_V2, SerializeType.JSON, 1, "late"),
                    new Shape(RequestCode.SEND_MESSAGE_V2, SerializeType.ROCKETMQ, 3, ""),
                    new Shape(RequestCode.SEND_MESSAGE, SerializeType.JSON, 4, ""));

    /** A range of bytes. */
    private record Range(int at, int length) {
        static final Range NONE = new Range(0, 0);

        static Range differing(byte[] a, byte[] b) {
            int from = Arrays.mismatch(a, b);
            if (from < 0) {
                return NONE;
            }
            int to = a.length;
            while (a[to - 1] == b[to - 1]) {
                to--;
            }
            return new Range(from, to - from);
        }
    }

    private Template(int index, String topicName, int topic, Shape shape) {
        this.index = index;
        this.topic = topic;
        this.shape = shape;
        properties = properties(shape, KEY_LOW, false).getBytes(ISO_8859_1);
        propertiesKey =
                Range.differing(
                        properties, properties(shape, KEY_HIGH, false).getBytes(ISO_8859_1));
        header = header(topicName, shape, OPAQUE_FIRST, 0, BORN_LOW, KEY_LOW);
        opaque =
                Range.differing(
                        header, header(topicName, shape, OPAQUE_HIGH, 0, BORN_LOW, KEY_LOW));
        queue =
                Range.differing(
                        header, header(topicName, shape, OPAQUE_FIRST, 1, BORN_LOW, KEY_LOW));
        born =
                Range.differing(
                        header, header(topicName, shape, OPAQUE_FIRST, 0, BORN_HIGH, KEY_LOW));
        key =
                Range.differing(
                        header, header(topicName, shape, OPAQUE_FIRST, 0, BORN_LOW, KEY_HIGH));
    }

    /** Every way to send to every topic: first all ways to the first one. */
    static List<Template> all(Plan plan) {
        List<Template> all = new ArrayList<>();
        for (int topic = 0; topic < plan.topics().size(); topic++) {
            for (Shape shape : SHAPES) {
                all.add(new Template(all.size(), plan.topics().get(topic), topic, shape));
            }
        }
        return all;
    }

    /** How many ways there are to send to each topic. */
    static int shapes() {
        return SHAPES.size();
    }

    private static String properties(Shape shape, String key, boolean sent) {
        StringBuilder text = new StringBuilder("KEYS\u0001").append(key).append('\u0002');
        if (!shape.tag.isEmpty()) {
            text.append("TAGS\u0001").append(shape.tag).append('\u0002');
        }
        text.append("WAIT\u0001true\u0002");
        if (sent && shape.delayLevel > 0) {
            text.append("DELAY\u0001").append(shape.delayLevel).append('\u0002');
        }
        return text.toString();
    }

    private static byte[] header(
            String topic, Shape shape, int opaque, int queueId, long bornMs, String key) {
        String sent = shape.isBatch() ? "" : properties(shape, key, true);
        FrameWriter writer = new FrameWriter().request(shape.type, shape.code, opaque);
        if (shape.code == RequestCode.SEND_MESSAGE) {
            encodeLong(writer, topic, queueId, bornMs, sent);
        } else {
            encodeShort(writer, shape, topic, queueId, bornMs, sent);
        }
        ByteBuf out = Unpooled.buffer();
        writer.finish(out, 0);
        byte[] bytes = new byte[out.readableBytes()];
        out.readBytes(bytes);
        return bytes;
    }

    private static void encodeLong(
            FrameWriter writer, String topic, int queueId, long bornMs, String properties) {
        writer.field("producerGroup", "senders")
                .field("topic", topic)
                .field("defaultTopic", "TBW102")
                .field("defaultTopicQueueNums", 4)
                .field("queueId", queueId)
                .field("sysFlag", 0)
                .field("bornTimestamp", bornMs)
                .field("flag", 0)
                .field("properties", properties)
                .field("reconsumeTimes", 0)
                .field("unitMode", false)
                .field("batch", false);
    }

    private static void encodeShort(
            FrameWriter writer,
            Shape shape,
            String topic,
            int queueId,
            long bornMs,
            String properties) {
        var _ =
                new SendMessageHeader(
                                "senders",
                                topic,
                                "TBW102",
                                4,
                                queueId,
                                0,
                                bornMs,
                                0,
                                properties.getBytes(ISO_8859_1),
                                0,
                                false,
                                SendMessageHeader.ABSENT,
                                shape.isBatch(),
                                null)
                        .encode(writer);
    }

    int headerSizeBytes() {
        return header.length;
    }

    /** The size of one message inside of a batch's body. */
    int batchedSizeBytes(int bodySizeBytes) {
        return 22 + bodySizeBytes + properties.length;
    }

    /** Writes the header of a frame at {@code at}. */
    void writeHeader(
            ByteBuffer out, int at, int opaque, int queueId, long bornMs, long id, int bodyBytes) {
        out.put(at, header);
        out.putInt(at, header.length - 4 + bodyBytes);
        if (this.opaque.length == Integer.BYTES) {
            out.putInt(at + this.opaque.at, opaque);
        } else {
            writeDigits(out, at, this.opaque, opaque);
        }
        writeDigits(out, at, queue, queueId);
        writeDigits(out, at, born, bornMs);
        writeHex(out, at, key, id);
    }

    /**
     * Writes one message of a batch at {@code at}, all but its payload; returns where that goes.
     */
    int writeBatched(ByteBuffer out, int at, long id, int bodySizeBytes) {
        out.putInt(at, batchedSizeBytes(bodySizeBytes)).putInt(at + 4, 0).putInt(at + 8, 0);
        out.putInt(at + 12, 0).putInt(at + 16, bodySizeBytes);
        int after = at + 20 + bodySizeBytes;
        out.putShort(after, (short) properties.length);
        out.put(after + 2, properties);
        writeHex(out, after + 2, propertiesKey, id);
        return at + 20;
    }

    /** Whether a stored message has exactly the properties it was sent with. */
    boolean hasProperties(ByteBuffer in, int at, int sizeBytes, long id) {
        if (sizeBytes != properties.length) {
            return false;
        }
        for (int i = 0; i < sizeBytes; i++) {
            int inKey = i - propertiesKey.at;
            byte expected =
                    inKey >= 0 && inKey < propertiesKey.length ? hex(id, inKey) : properties[i];
            if (in.get(at + i) != expected) {
                return false;
            }
        }
        return true;
    }

    private static void writeDigits(ByteBuffer out, int at, Range range, long value) {
        long rest = value;
        for (int i = range.length - 1; i >= 0; i--) {
            out.put(at + range.at + i, (byte) ('0' + rest % 10));
            rest /= 10;
        }
    }

    private static void writeHex(ByteBuffer out, int at, Range range, long value) {
        for (int i = 0; i < range.length; i++) {
            out.put(at + range.at + i, hex(value, i));
        }
    }

    private static byte hex(long value, int digit) {
        return HEX[(int) (value >>> (60 - 4 * digit)) & 0xF];
    }
}
