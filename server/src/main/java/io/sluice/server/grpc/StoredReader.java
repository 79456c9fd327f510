package io.sluice.server.grpc;

import apache.rocketmq.v2.DeadLetterQueue;
import apache.rocketmq.v2.Encoding;
import apache.rocketmq.v2.Message;
import apache.rocketmq.v2.MessageType;
import apache.rocketmq.v2.SystemProperties;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.sluice.engine.message.StoredMessage;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A stored message as this protocol has it: RocketMQ's reserved properties become fields of their
 * own, all others are the user's. The body is not copied: the buffer must not change any more.
 */
final class StoredReader {
    private static final byte VALUE = 1;
    private static final byte END = 2;
    private static final int NO_TIME = -1;

    private final Message.Builder message = Message.newBuilder();
    private final SystemProperties.Builder system = message.getSystemPropertiesBuilder();
    private boolean delayed;
    private boolean transactional;
    private long dueMs = NO_TIME;
    private long delayMs = NO_TIME;
    private @Nullable String deadTopic;
    private @Nullable String deadId;

    private StoredReader() {}

    /**
     * The message whose stored layout begins at {@code at}.
     *
     * @param namespace that its consumer uses; empty for none
     * @param compression of the whole answer
     */
    static Message.Builder read(ByteBuffer in, int at, String namespace, Compression compression) {
        StoredReader reader = new StoredReader();
        String topic = new String(StoredMessage.topic(in, at), StandardCharsets.UTF_8);
        reader.message.setTopic(Resources.of(topic, namespace));
        reader.fixed(in, at, compression);
        reader.properties(StoredMessage.properties(in, at));
        reader.derived(in, at);
        return reader.message;
    }

    private void fixed(ByteBuffer in, int at, Compression compression) {
        ByteBuffer body = StoredMessage.body(in, at);
        boolean compressed = (StoredMessage.systemFlag(in, at) & StoredMessage.COMPRESSED) != 0;
        ByteString bytes = UnsafeByteOperations.unsafeWrap(body);
        if (compressed) {
            bytes = compression.toGzip(bytes);
        }
        message.setBody(bytes);
        system.setBodyEncoding(compressed ? Encoding.GZIP : Encoding.IDENTITY)
                .setBodyDigest(Digests.of(bytes))
                .setBornTimestamp(Times.timestamp(StoredMessage.bornMs(in, at)))
                .setStoreTimestamp(Times.timestamp(StoredMessage.storeMs(in, at)))
                .setStoreHost(address(StoredMessage.storeHost(in, at), true))
                .setQueueId(StoredMessage.queueId(in, at))
                .setQueueOffset(StoredMessage.queueOffset(in, at))
                .setDeliveryAttempt(StoredMessage.reconsumeTimes(in, at) + 1);
    }

    private void properties(byte[] bytes) {
        int start = 0;
        int value = -1;
        for (int i = 0; i <= bytes.length; i++) {
            if (i == bytes.length || bytes[i] == END) {
                if (value > start) {
                    property(text(bytes, start, value), text(bytes, value + 1, i));
                }
                start = i + 1;
                value = -1;
            } else if (bytes[i] == VALUE && value < 0) {
                value = i;
            }
        }
    }

    private static String text(byte[] bytes, int from, int to) {
        return new String(bytes, from, to - from, StandardCharsets.UTF_8);
    }

    private void property(String name, String value) {
        switch (name) {
            case "TAGS" -> system.setTag(value);
            case "KEYS" -> system.addAllKeys(keys(value));
            case "UNIQ_KEY" -> system.setMessageId(value);
            case "__SHARDINGKEY" -> system.setMessageGroup(value);
            case "__TRACE_CONTEXT" -> system.setTraceContext(value);
            case "__BORNHOST" -> system.setBornHost(value);
            case PropertyWriter.LITE_TOPIC -> system.setLiteTopic(value);
            case PropertyWriter.PRIORITY -> priority(number(value));
            case "TRAN_MSG" -> transactional = Boolean.parseBoolean(value);
            case "DELAY" -> delayed = true;
            case "TIMER_DELAY_SEC" -> delay(number(value), 1000);
            case "TIMER_DELAY_MS" -> delay(number(value), 1);
            case "TIMER_DELIVER_MS", "__STARTDELIVERTIME" -> {
                dueMs = number(value);
                delayed = true;
            }
            case "DLQ_ORIGIN_TOPIC" -> deadTopic = value;
            case "DLQ_ORIGIN_MESSAGE_ID" -> deadId = value;
            default -> {
                if (!PropertyWriter.RESERVED.contains(name)) {
                    message.putUserProperties(name, value);
                }
            }
        }
    }

    private void priority(long number) {
        if (number >= 0 && number <= Integer.MAX_VALUE) {
            system.setPriority((int) number);
        }
    }

    private static List<String> keys(String joined) {
        return joined.isBlank() ? List.of() : List.of(joined.strip().split(" +"));
    }

    private void delay(long number, long unitMs) {
        delayed = true;
        delayMs = number < 0 || number > Long.MAX_VALUE / 2 / unitMs ? NO_TIME : number * unitMs;
    }

    /** What other clients wrote into their properties is not to be trusted. */
    private static long number(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            return NO_TIME;
        }
    }

    private void derived(ByteBuffer in, int at) {
        if (system.getMessageId().isEmpty()) {
            system.setMessageId(offsetId(in, at));
        }
        if (system.getBornHost().isEmpty()) {
            system.setBornHost(address(StoredMessage.bornHost(in, at), false));
        }
        if (dueMs == NO_TIME && delayMs != NO_TIME) {
            dueMs = StoredMessage.bornMs(in, at) + delayMs;
        }
        if (dueMs >= 0) {
            system.setDeliveryTimestamp(Times.timestamp(dueMs));
        }
        if (deadTopic != null && deadId != null) {
            system.setDeadLetterQueue(
                    DeadLetterQueue.newBuilder().setTopic(deadTopic).setMessageId(deadId));
        }
        system.setMessageType(type());
    }

    private MessageType type() {
        if (transactional) {
            return MessageType.TRANSACTION;
        }
        if (delayed) {
            return MessageType.DELAY;
        }
        if (system.hasLiteTopic()) {
            return MessageType.LITE;
        }
        if (system.hasPriority()) {
            return MessageType.PRIORITY;
        }
        return system.hasMessageGroup() ? MessageType.FIFO : MessageType.NORMAL;
    }

    /** The id of a message to which its sender gave none: where it lies. */
    static String offsetId(ByteBuffer in, int at) {
        byte[] host = StoredMessage.storeHost(in, at);
        ByteBuffer id = ByteBuffer.allocate(host.length + Long.BYTES);
        id.put(host).putLong(StoredMessage.position(in, at));
        return HexFormat.of().withUpperCase().formatHex(id.array());
    }

    private static String address(byte[] host, boolean withPort) {
        ByteBuffer in = ByteBuffer.wrap(host);
        byte[] ip = new byte[host.length - Integer.BYTES];
        in.get(ip);
        try {
            String text = InetAddress.getByAddress(ip).getHostAddress();
            return withPort ? text + ":" + in.getInt() : text;
        } catch (UnknownHostException e) {
            throw new AssertionError("an address of 4 or 16 bytes is always one", e);
        }
    }
}
