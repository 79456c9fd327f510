package io.sluice.protocol;

/**
 * {@link RequestCode#GET_TOPICS_BY_CLUSTER}: which topics a cluster has.
 *
 * @param cluster the cluster
 */
public record GetTopicsByClusterHeader(String cluster) {

    /**
     * Reads the fields of a request.
     *
     * @throws HeaderException if one is missing or malformed
     */
    public static GetTopicsByClusterHeader decode(Header header) {
        return new GetTopicsByClusterHeader(header.text("cluster"));
    }

    /** Writes the fields. */
    public FrameWriter encode(FrameWriter writer) {
        return writer.field("cluster", cluster);
    }
}
