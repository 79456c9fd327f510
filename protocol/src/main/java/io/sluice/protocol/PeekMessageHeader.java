package io.sluice.protocol;

/**
 * {@link RequestCode#PEEK_MESSAGE}: what would be popped next?
 *
 * @param consumerGroup the group
 * @param topic the topic
 * @param queueId the queue; -1 for any
 * @param maxMsgNums messages at most
 */
public record PeekMessageHeader(String consumerGroup, String topic, int queueId, int maxMsgNums) {

    /**
     * Reads the fields of a request.
     *
     * @throws HeaderException if one is missing or malformed
     */
    public static PeekMessageHeader decode(Header header) {
        return new PeekMessageHeader(
                header.text("consumerGroup"),
                header.text("topic"),
                header.intField("queueId"),
                header.intField("maxMsgNums"));
    }
}
