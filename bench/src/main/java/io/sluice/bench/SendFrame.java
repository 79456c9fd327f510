package io.sluice.bench;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;

/**
 * One SEND_MESSAGE_V2 request as the official 5.5.0 client writes it, built once, with the places
 * of the fields that change from message to message. All of those have a fixed width, so that a
 * frame is patched where it lies and keeps its length.
 *
 * <p>Field names, their order and the version were read off frames of that client.
 */
final class SendFrame {
    /** Opaques have ten digits from the first to the last. */
    static final int OPAQUE_FIRST = 1_000_000_000;

    /** The queue id is one digit. */
    static final int QUEUES_MAX = 10;

    private static final int SEND_MESSAGE_V2 = 310;
    private static final int CLIENT_VERSION = 513;
    private static final int OPAQUE_DIGITS = 10;
    private static final String KEY_HEAD = "7F0000010BE45E91A1B4";
    private static final int KEY_TAIL_DIGITS = 12;
    private static final byte[] HEX = "0123456789ABCDEF".getBytes(StandardCharsets.US_ASCII);

    private final byte[] bytes;
    private final int opaqueAt;
    private final int queueAt;
    private final int keyTailAt;

    /**
     * @param bodyBytes size of the body, filled from a seeded generator so that nothing can
     *     compress it
     * @param queues number of queues to ask for if the topic has to be created, 1 to {@link
     *     #QUEUES_MAX}
     */
    SendFrame(String topic, String brokerName, int queues, int bodyBytes, long bornMs) {
        if (queues < 1 || queues > QUEUES_MAX) {
            throw new IllegalArgumentException("queues must be 1 to 10, was " + queues);
        }
        String header = header(topic, brokerName, queues, bornMs);
        byte[] body = new byte[bodyBytes];
        new Random(bodyBytes).nextBytes(body);
        bytes = frame(header.getBytes(StandardCharsets.US_ASCII), body);
        opaqueAt = 8 + valueAt(header, "\"opaque\":");
        queueAt = 8 + valueAt(header, "\"e\":\"");
        keyTailAt = 8 + valueAt(header, KEY_HEAD);
    }

    int sizeBytes() {
        return bytes.length;
    }

    /** Copies the unpatched frame to {@code at}. */
    void copyTo(ByteBuffer out, int at) {
        out.put(at, bytes);
    }

    /**
     * Rewrites what differs between messages in the frame that starts at {@code at}.
     *
     * @param opaque ten digits
     * @param queue 0 to 9
     * @param sequence makes the unique key unique; its low 48 bits are used
     */
    void patch(ByteBuffer out, int at, int opaque, int queue, long sequence) {
        int rest = opaque;
        for (int i = OPAQUE_DIGITS - 1; i >= 0; i--) {
            out.put(at + opaqueAt + i, (byte) ('0' + rest % 10));
            rest /= 10;
        }
        out.put(at + queueAt, (byte) ('0' + queue));
        for (int i = 0; i < KEY_TAIL_DIGITS; i++) {
            int shift = 4 * (KEY_TAIL_DIGITS - 1 - i);
            out.put(at + keyTailAt + i, HEX[(int) (sequence >>> shift) & 0xF]);
        }
    }

    private static String header(String topic, String brokerName, int queues, long bornMs) {
        String key = KEY_HEAD + "0".repeat(KEY_TAIL_DIGITS);
        String properties =
                "UNIQ_KEY\\u0001%s\\u0002WAIT\\u0001true\\u0002TAGS\\u0001TagA\\u0002"
                        .formatted(key);
        return """
        {"code":%d,"extFields":{"a":"bench-producers","b":"%s","c":"TBW102","d":"%d","e":"0",\
        "f":"0","g":"%d","h":"0","i":"%s","j":"0","k":"false","m":"false","n":"%s"},\
        "flag":0,"language":"JAVA","opaque":%d,"serializeTypeCurrentRPC":"JSON","version":%d}\
        """
                .formatted(
                        SEND_MESSAGE_V2,
                        topic,
                        queues,
                        bornMs,
                        properties,
                        brokerName,
                        OPAQUE_FIRST,
                        CLIENT_VERSION);
    }

    private static byte[] frame(byte[] header, byte[] body) {
        ByteBuffer frame = ByteBuffer.allocate(8 + header.length + body.length);
        frame.putInt(4 + header.length + body.length);
        frame.putInt(header.length);
        frame.put(header).put(body);
        return frame.array();
    }

    private static int valueAt(String header, String key) {
        return header.indexOf(key) + key.length();
    }
}
