package io.sluice.protocol;

/**
 * {@link RequestCode#CHANGE_MESSAGE_INVISIBLETIME}: a popped message is leased for longer, or
 * shorter: that is how it is given back.
 *
 * @param consumerGroup the group
 * @param topic the topic
 * @param queueId the queue
 * @param extraInfo a {@link PopReceipt}
 * @param offset the message's offset
 * @param invisibleTimeMs for how long from now on
 */
public record ChangeInvisibleTimeHeader(
        String consumerGroup,
        String topic,
        int queueId,
        String extraInfo,
        long offset,
        long invisibleTimeMs) {

    /**
     * Reads the fields of a request.
     *
     * @throws HeaderException if one is missing or malformed
     */
    public static ChangeInvisibleTimeHeader decode(Header header) {
        return new ChangeInvisibleTimeHeader(
                header.text("consumerGroup"),
                header.text("topic"),
                header.intField("queueId"),
                header.text("extraInfo"),
                header.longField("offset"),
                header.longField("invisibleTime"));
    }
}
