package io.sluice.protocol;

/**
 * {@link RequestCode#PUSH_REPLY_MESSAGE_TO_CLIENT}: the reply to a client's request message. The
 * body is the reply's, as it was sent.
 *
 * @param sent what the replying client sent
 * @param properties its properties, and {@code PUSH_REPLY_TIME}
 * @param bornHost the replying client, as address:port
 * @param storeHost this server, as address:port
 * @param storeTimestampMs when the reply came here, in ms since 1970
 */
@SuppressWarnings("ArrayRecordComponent") // goes to the wire as it is; nobody compares headers
public record ReplyMessageHeader(
        SendMessageHeader sent,
        byte[] properties,
        String bornHost,
        String storeHost,
        long storeTimestampMs) {

    /** Writes the fields. */
    public FrameWriter encode(FrameWriter writer) {
        return writer.field("producerGroup", sent.producerGroup())
                .field("topic", sent.topic())
                .field("defaultTopic", sent.defaultTopic())
                .field("defaultTopicQueueNums", sent.defaultTopicQueueNums())
                .field("queueId", sent.queueId())
                .field("sysFlag", sent.sysFlag())
                .field("bornTimestamp", sent.bornTimestampMs())
                .field("flag", sent.flag())
                .field("properties", properties)
                .field("reconsumeTimes", sent.reconsumeTimes())
                .field("unitMode", sent.unitMode())
                .field("bornHost", bornHost)
                .field("storeHost", storeHost)
                .field("storeTimestamp", storeTimestampMs);
    }
}
