package io.sluice.protocol;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;

/**
 * The body of {@link RequestCode#SEND_BATCH_MESSAGE}: several messages of one topic and queue, each
 * written as
 *
 * <pre>
 *   size of all this i32 | magic i32, unused | crc i32, unused | flag i32
 *   body size i32 | body | properties size i16 | properties
 * </pre>
 */
public final class BatchBody {
    private static final int SIZE_BYTES_MIN = 22;
    private static final int FLAG_AT = 12;
    private static final int BODY_SIZE_AT = 16;
    private static final int BODY_AT = 20;

    private BatchBody() {}

    /**
     * One message, as ranges of the buffer that was decoded.
     *
     * @param flag the application's own number
     * @param bodyIndex where its body begins
     * @param bodySizeBytes size of its body in bytes
     * @param propertiesIndex where its {@link Properties} begin
     * @param propertiesSizeBytes size of its properties in bytes
     */
    public record Message(
            int flag,
            int bodyIndex,
            int bodySizeBytes,
            int propertiesIndex,
            int propertiesSizeBytes) {}

    /**
     * Finds the messages in {@code sizeBytes} bytes of {@code in} from {@code index} on.
     *
     * @param messagesMax the most messages to accept
     * @throws BodyException if lengths contradict each other, or there are more messages, or none
     */
    public static List<Message> decode(ByteBuf in, int index, int sizeBytes, int messagesMax) {
        List<Message> messages = new ArrayList<>();
        int end = index + sizeBytes;
        for (int at = index; at < end; at += in.getInt(at)) {
            if (messages.size() == messagesMax) {
                throw new BodyException("batch has more than " + messagesMax + " messages");
            }
            messages.add(message(in, at, end - at));
        }
        if (messages.isEmpty()) {
            throw new BodyException("batch has no messages");
        }
        return messages;
    }

    private static Message message(ByteBuf in, int at, int left) {
        if (left < SIZE_BYTES_MIN) {
            throw new BodyException("batch ends inside of a message: " + left + " bytes are left");
        }
        int size = in.getInt(at);
        int bodySize = in.getInt(at + BODY_SIZE_AT);
        if (size < SIZE_BYTES_MIN || size > left) {
            throw new BodyException(
                    "batch has a message of size " + size + " where " + left + " bytes are left");
        }
        if (bodySize < 0 || bodySize > size - SIZE_BYTES_MIN) {
            throw new BodyException(
                    "batch has a message of size " + size + " with a body of size " + bodySize);
        }
        int propertiesAt = at + BODY_AT + bodySize + Short.BYTES;
        int propertiesSize = in.getShort(propertiesAt - Short.BYTES);
        if (propertiesSize != size - SIZE_BYTES_MIN - bodySize) {
            throw new BodyException(
                    "batch has a message of size "
                            + size
                            + " with a body of size "
                            + bodySize
                            + " and properties of size "
                            + propertiesSize);
        }
        return new Message(
                in.getInt(at + FLAG_AT), at + BODY_AT, bodySize, propertiesAt, propertiesSize);
    }

    /** Appends one message to a batch. */
    public static void encode(ByteBuf out, int flag, byte[] body, byte[] properties) {
        if (properties.length > Short.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "properties of " + properties.length + " bytes exceed " + Short.MAX_VALUE);
        }
        out.writeInt(SIZE_BYTES_MIN + body.length + properties.length);
        out.writeInt(0);
        out.writeInt(0);
        out.writeInt(flag);
        out.writeInt(body.length);
        out.writeBytes(body);
        out.writeShort(properties.length);
        out.writeBytes(properties);
    }
}
