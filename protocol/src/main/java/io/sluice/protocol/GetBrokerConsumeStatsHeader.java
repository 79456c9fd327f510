package io.sluice.protocol;

/**
 * {@link RequestCode#GET_BROKER_CONSUME_STATS}: how far all groups are.
 *
 * @param isOrder whether to tell of ordered topics only
 */
public record GetBrokerConsumeStatsHeader(boolean isOrder) {

    /**
     * Reads the fields of a request.
     *
     * @throws HeaderException if one is missing or malformed
     */
    public static GetBrokerConsumeStatsHeader decode(Header header) {
        return new GetBrokerConsumeStatsHeader(header.booleanField("isOrder", false));
    }

    /** Writes the fields. */
    public FrameWriter encode(FrameWriter writer) {
        return writer.field("isOrder", isOrder);
    }
}
