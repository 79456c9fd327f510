package io.sluice.protocol;

/**
 * The answer to {@link RequestCode#VIEW_BROKER_STATS_DATA}.
 *
 * @param minute of the last minute
 * @param hour of the last hour
 * @param day of the last day
 */
public record BrokerStats(Span minute, Span hour, Span day) {

    /**
     * What was counted in a span of time.
     *
     * @param sum how much
     * @param tps how much per second
     */
    public record Span(long sum, double tps) {

        private void encode(JsonWriter json, String name) {
            json.name(name)
                    .beginObject()
                    .member("avgpt", 0.0)
                    .member("sum", sum)
                    .member("tps", tps)
                    .endObject();
        }
    }

    /** Writes a body. */
    public JsonWriter encode() {
        JsonWriter json = new JsonWriter();
        json.beginObject();
        day.encode(json, "statsDay");
        hour.encode(json, "statsHour");
        minute.encode(json, "statsMinute");
        return json.endObject();
    }
}
