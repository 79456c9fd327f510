package io.sluice.protocol;

/**
 * {@link RequestCode#NOTIFICATION}: is there something to pop? And {@link
 * RequestCode#POLLING_INFO}, which does not say how long to wait nor in what order: how many wait
 * for it?
 *
 * @param consumerGroup the group
 * @param topic the topic
 * @param queueId the queue; -1 for any
 * @param pollTimeMs how long to wait if there is nothing
 * @param order whether to keep the order of each queue
 */
public record NotificationHeader(
        String consumerGroup, String topic, int queueId, long pollTimeMs, boolean order) {

    /**
     * Reads the fields of a request.
     *
     * @throws HeaderException if one is missing or malformed
     */
    public static NotificationHeader decode(Header header) {
        return new NotificationHeader(
                header.text("consumerGroup"),
                header.text("topic"),
                header.intField("queueId"),
                header.longField("pollTime", 0),
                header.booleanField("order", false));
    }
}
