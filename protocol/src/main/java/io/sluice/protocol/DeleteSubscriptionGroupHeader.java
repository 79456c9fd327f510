package io.sluice.protocol;

/**
 * {@link RequestCode#DELETE_SUBSCRIPTIONGROUP}: deletes a group.
 *
 * @param groupName the group
 * @param cleanOffset whether its offsets go too; 4.x clients call it removeOffset
 */
public record DeleteSubscriptionGroupHeader(String groupName, boolean cleanOffset) {

    /**
     * Reads the fields of a request.
     *
     * @throws HeaderException if one is missing or malformed
     */
    public static DeleteSubscriptionGroupHeader decode(Header header) {
        return new DeleteSubscriptionGroupHeader(
                header.text("groupName"),
                header.booleanField("cleanOffset", header.booleanField("removeOffset", false)));
    }

    /** Writes the fields. */
    public FrameWriter encode(FrameWriter writer) {
        return writer.field("groupName", groupName).field("cleanOffset", cleanOffset);
    }
}
