package io.sluice.protocol;

import org.jspecify.annotations.Nullable;

/**
 * {@link RequestCode#GET_CONSUME_STATS}: how far a group is.
 *
 * @param consumerGroup the group
 * @param topic in which topic; in all that it consumes if absent
 */
public record GetConsumeStatsHeader(String consumerGroup, @Nullable String topic) {

    /**
     * Reads the fields of a request.
     *
     * @throws HeaderException if one is missing or malformed
     */
    public static GetConsumeStatsHeader decode(Header header) {
        String topic = header.textOrNull("topic");
        return new GetConsumeStatsHeader(
                header.text("consumerGroup"), topic == null || topic.isBlank() ? null : topic);
    }

    /** Writes the fields. */
    public FrameWriter encode(FrameWriter writer) {
        return writer.field("consumerGroup", consumerGroup).field("topic", topic);
    }
}
