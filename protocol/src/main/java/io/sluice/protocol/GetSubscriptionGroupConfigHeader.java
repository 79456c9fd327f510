package io.sluice.protocol;

/**
 * {@link RequestCode#GET_SUBSCRIPTIONGROUP_CONFIG}: how a group is.
 *
 * @param group the group
 */
public record GetSubscriptionGroupConfigHeader(String group) {

    /**
     * Reads the fields of a request.
     *
     * @throws HeaderException if one is missing or malformed
     */
    public static GetSubscriptionGroupConfigHeader decode(Header header) {
        return new GetSubscriptionGroupConfigHeader(header.text("group"));
    }

    /** Writes the fields. */
    public FrameWriter encode(FrameWriter writer) {
        return writer.field("group", group);
    }
}
