package io.sluice.protocol;

import org.jspecify.annotations.Nullable;

/**
 * {@link RequestCode#SEND_MESSAGE}, {@link RequestCode#SEND_MESSAGE_V2} and {@link
 * RequestCode#SEND_BATCH_MESSAGE}: stores a message, or several; {@link
 * RequestCode#SEND_REPLY_MESSAGE} and {@link RequestCode#SEND_REPLY_MESSAGE_V2}: sends a reply. The
 * body is the message's body, or a {@link BatchBody} if {@link #batch}. The first code of each
 * writes field names in full, the others in one letter.
 *
 * @param producerGroup the producer's group
 * @param topic the topic
 * @param defaultTopic a topic to take after when the topic is created by sending
 * @param defaultTopicQueueNums how many queues the client wants then
 * @param queueId the queue; negative lets the server choose
 * @param sysFlag bits: 1 body compressed, 2 several tags, 4 prepared, 8 commit, 12 rollback,
 *     compression type in 0x700
 * @param bornTimestampMs when the client made the message, in ms since 1970
 * @param flag the application's own number
 * @param properties in the form of {@link Properties}; a copy, which is the caller's
 * @param reconsumeTimes how often the message has been retried
 * @param unitMode as the client has it
 * @param maxReconsumeTimes how often the client wants it retried; {@value #ABSENT} if it does not
 *     say
 * @param batch whether the body holds several messages
 * @param brokerName the shard the client means; old clients do not say
 */
@SuppressWarnings("ArrayRecordComponent") // goes to the log as it is; nobody compares headers
public record SendMessageHeader(
        String producerGroup,
        String topic,
        String defaultTopic,
        int defaultTopicQueueNums,
        int queueId,
        int sysFlag,
        long bornTimestampMs,
        int flag,
        byte[] properties,
        int reconsumeTimes,
        boolean unitMode,
        int maxReconsumeTimes,
        boolean batch,
        @Nullable String brokerName) {

    /** What {@link #maxReconsumeTimes} says if the client does not. */
    public static final int ABSENT = -1;

    /**
     * Reads the fields of a request, whichever of the codes it has.
     *
     * @throws HeaderException if one is missing or malformed
     */
    public static SendMessageHeader decode(Header header) {
        return switch (header.code()) {
            case RequestCode.SEND_MESSAGE, RequestCode.SEND_REPLY_MESSAGE -> decodeLong(header);
            default -> decodeShort(header);
        };
    }

    private static SendMessageHeader decodeShort(Header header) {
        return new SendMessageHeader(
                header.text("a"),
                header.text("b"),
                header.text("c"),
                header.intField("d"),
                header.intField("e"),
                header.intField("f"),
                header.longField("g"),
                header.intField("h"),
                header.bytes("i"),
                header.intField("j", 0),
                header.booleanField("k", false),
                header.intField("l", ABSENT),
                header.booleanField("m", header.code() == RequestCode.SEND_BATCH_MESSAGE),
                header.textOrNull("n"));
    }

    private static SendMessageHeader decodeLong(Header header) {
        return new SendMessageHeader(
                header.text("producerGroup"),
                header.text("topic"),
                header.text("defaultTopic"),
                header.intField("defaultTopicQueueNums"),
                header.intField("queueId"),
                header.intField("sysFlag"),
                header.longField("bornTimestamp"),
                header.intField("flag"),
                header.bytes("properties"),
                header.intField("reconsumeTimes", 0),
                header.booleanField("unitMode", false),
                header.intField("maxReconsumeTimes", ABSENT),
                header.booleanField("batch", false),
                header.textOrNull("bname"));
    }

    /** Writes the fields in one letter: not for {@link RequestCode#SEND_MESSAGE}. */
    public FrameWriter encode(FrameWriter writer) {
        writer.field("a", producerGroup)
                .field("b", topic)
                .field("c", defaultTopic)
                .field("d", defaultTopicQueueNums)
                .field("e", queueId)
                .field("f", sysFlag)
                .field("g", bornTimestampMs)
                .field("h", flag)
                .field("i", properties)
                .field("j", reconsumeTimes)
                .field("k", unitMode);
        if (maxReconsumeTimes != ABSENT) {
            writer.field("l", maxReconsumeTimes);
        }
        return writer.field("m", batch).field("n", brokerName);
    }
}
