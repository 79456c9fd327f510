package io.sluice.protocol;

/**
 * {@link RequestCode#QUERY_MESSAGE}: finds messages by key.
 *
 * @param topic the topic
 * @param key the key, or the unique id
 * @param maxNum how many messages at most
 * @param beginTimestampMs stored at this time or later, in ms since 1970
 * @param endTimestampMs stored at this time or earlier, in ms since 1970
 * @param uniqueKey whether the key is a unique id, the property UNIQ_KEY
 */
public record QueryMessageHeader(
        String topic,
        String key,
        int maxNum,
        long beginTimestampMs,
        long endTimestampMs,
        boolean uniqueKey) {

    /**
     * Reads the fields of a request.
     *
     * @throws HeaderException if one is missing or malformed
     */
    public static QueryMessageHeader decode(Header header) {
        return new QueryMessageHeader(
                header.text("topic"),
                header.text("key"),
                header.intField("maxNum"),
                header.longField("beginTimestamp"),
                header.longField("endTimestamp"),
                header.booleanField("_UNIQUE_KEY_QUERY", false));
    }

    /** Writes the fields. */
    public FrameWriter encode(FrameWriter writer) {
        return writer.field("topic", topic)
                .field("key", key)
                .field("maxNum", maxNum)
                .field("beginTimestamp", beginTimestampMs)
                .field("endTimestamp", endTimestampMs)
                .field("_UNIQUE_KEY_QUERY", uniqueKey);
    }
}
