package io.sluice.protocol;

/**
 * {@link RequestCode#GET_ROUTEINFO_BY_TOPIC}: where a topic's queues are.
 *
 * @param topic the topic
 * @param acceptStandardJsonOnly whether the client understands standard JSON only; see {@link
 *     TopicRouteData#encode}
 */
public record GetRouteInfoHeader(String topic, boolean acceptStandardJsonOnly) {

    /**
     * Reads the fields of a request.
     *
     * @throws HeaderException if one is missing or malformed
     */
    public static GetRouteInfoHeader decode(Header header) {
        return new GetRouteInfoHeader(
                header.text("topic"), header.booleanField("acceptStandardJsonOnly", false));
    }

    /** Writes the fields. */
    public FrameWriter encode(FrameWriter writer) {
        return writer.field("topic", topic).field("acceptStandardJsonOnly", acceptStandardJsonOnly);
    }
}
