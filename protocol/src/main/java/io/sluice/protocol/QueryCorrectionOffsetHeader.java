package io.sluice.protocol;

import org.jspecify.annotations.Nullable;

/**
 * {@link RequestCode#QUERY_CORRECTION_OFFSET}: the lowest offsets that groups have committed.
 *
 * @param filterGroups groups to leave out, with commas between them
 * @param compareGroup the group to compare with
 * @param topic the topic
 */
public record QueryCorrectionOffsetHeader(
        @Nullable String filterGroups, String compareGroup, String topic) {

    /**
     * Reads the fields of a request.
     *
     * @throws HeaderException if one is missing or malformed
     */
    public static QueryCorrectionOffsetHeader decode(Header header) {
        return new QueryCorrectionOffsetHeader(
                header.textOrNull("filterGroups"),
                header.text("compareGroup"),
                header.text("topic"));
    }

    /** Writes the fields. */
    public FrameWriter encode(FrameWriter writer) {
        return writer.field("filterGroups", filterGroups)
                .field("compareGroup", compareGroup)
                .field("topic", topic);
    }
}
