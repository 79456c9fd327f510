package io.sluice.protocol;

/**
 * {@link RequestCode#VIEW_BROKER_STATS_DATA}: how often something happened lately.
 *
 * @param statsName what is counted, such as TOPIC_PUT_NUMS
 * @param statsKey of whom: a topic, {@code topic@group}, or the cluster
 */
public record ViewBrokerStatsDataHeader(String statsName, String statsKey) {

    /**
     * Reads the fields of a request.
     *
     * @throws HeaderException if one is missing or malformed
     */
    public static ViewBrokerStatsDataHeader decode(Header header) {
        return new ViewBrokerStatsDataHeader(header.text("statsName"), header.text("statsKey"));
    }

    /** Writes the fields. */
    public FrameWriter encode(FrameWriter writer) {
        return writer.field("statsName", statsName).field("statsKey", statsKey);
    }
}
