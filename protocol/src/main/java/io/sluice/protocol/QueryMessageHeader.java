package io.sluice.protocol;

import org.jspecify.annotations.Nullable;

/**
 * {@link RequestCode#QUERY_MESSAGE}: finds messages by key.
 *
 * @param topic the topic
 * @param key the key, or the unique id
 * @param maxNum how many messages at most
 * @param beginTimestampMs stored at this time or later, in ms since 1970
 * @param endTimestampMs stored at this time or earlier, in ms since 1970
 * @param uniqueKey whether the key is a unique id, the property UNIQ_KEY
 * @param indexType {@link #TAGS} if the key is a tag; anything else, and null, for a key; since 5.4
 * @param lastKey the last message of the page before, as {@link #lastKey(long)} writes it; null for
 *     the first page; since 5.4
 */
public record QueryMessageHeader(
        String topic,
        String key,
        int maxNum,
        long beginTimestampMs,
        long endTimestampMs,
        boolean uniqueKey,
        @Nullable String indexType,
        @Nullable String lastKey) {
    /** The index type of tags. */
    public static final String TAGS = "T";

    private static final char SEPARATOR = '@';

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
                header.booleanField("_UNIQUE_KEY_QUERY", false),
                header.textOrNull("indexType"),
                header.textOrNull("lastKey"));
    }

    /**
     * The position in {@link #lastKey}, which is what it ends with: operators copy it from what
     * mqadmin printed, {@code hour@topic@type@key@id@position}. -1 if there is none.
     *
     * @throws HeaderException if it does not end with a position
     */
    public long lastPosition() {
        if (lastKey == null || lastKey.isEmpty()) {
            return -1;
        }
        try {
            return Long.parseLong(
                    lastKey, lastKey.lastIndexOf(SEPARATOR) + 1, lastKey.length(), 10);
        } catch (NumberFormatException e) {
            throw HeaderException.malformed(
                    "lastKey", "the last message's key, which ends with @ and a position", lastKey);
        }
    }

    /** The key of a message as far as a server needs it to go on after it. */
    public static String lastKey(long position) {
        return SEPARATOR + Long.toString(position);
    }

    /** Writes the fields. */
    public FrameWriter encode(FrameWriter writer) {
        return writer.field("topic", topic)
                .field("key", key)
                .field("maxNum", maxNum)
                .field("beginTimestamp", beginTimestampMs)
                .field("endTimestamp", endTimestampMs)
                .field("_UNIQUE_KEY_QUERY", uniqueKey)
                .field("indexType", indexType)
                .field("lastKey", lastKey);
    }
}
