package io.sluice.protocol;

/**
 * {@link RequestCode#ACK_MESSAGE}: a popped message has been consumed.
 *
 * @param consumerGroup the group
 * @param topic the topic
 * @param queueId the queue
 * @param extraInfo a {@link PopReceipt}
 * @param offset the message's offset
 */
public record AckMessageHeader(
        String consumerGroup, String topic, int queueId, String extraInfo, long offset) {

    /**
     * Reads the fields of a request.
     *
     * @throws HeaderException if one is missing or malformed
     */
    public static AckMessageHeader decode(Header header) {
        return new AckMessageHeader(
                header.text("consumerGroup"),
                header.text("topic"),
                header.intField("queueId"),
                header.text("extraInfo"),
                header.longField("offset"));
    }
}
