package io.sluice.protocol;

import java.util.List;

/** How long a message that a group gave back waits before each retry. */
public sealed interface GroupRetryPolicy {
    /** As the server's delay levels say. */
    record ByLevels() implements GroupRetryPolicy {}

    /** Longer each time; in ms. */
    record Exponential(long initialMs, long maxMs, long multiplier) implements GroupRetryPolicy {
        private static final long INITIAL_MS = 5_000;
        private static final long MAX_MS = 7_200_000;
        private static final long MULTIPLIER = 2;
    }

    /** One delay after the other, in ms; the first retry waits the third. */
    record Customized(List<Long> nextMs) implements GroupRetryPolicy {}

    /** Reads the member {@code groupRetryPolicy}; one that names no delays goes by levels. */
    static GroupRetryPolicy decode(JsonObject json) {
        String type = json.text("type", "CUSTOMIZED");
        JsonObject exponential = json.objectOrNull("exponentialRetryPolicy");
        JsonObject customized = json.objectOrNull("customizedRetryPolicy");
        return switch (type) {
            case "EXPONENTIAL" ->
                    exponential == null
                            ? new ByLevels()
                            : new Exponential(
                                    exponential.int64("initial", Exponential.INITIAL_MS),
                                    exponential.int64("max", Exponential.MAX_MS),
                                    exponential.int64("multiplier", Exponential.MULTIPLIER));
            case "CUSTOMIZED" ->
                    customized == null ? new ByLevels() : new Customized(next(customized));
            default ->
                    throw new JsonException(
                            "groupRetryPolicy.type is EXPONENTIAL or CUSTOMIZED, not "
                                    + JsonException.shown(type));
        };
    }

    private static List<Long> next(JsonObject customized) {
        return customized.texts("next").stream()
                .map(text -> JsonObject.parse("next", text))
                .toList();
    }

    /** Writes it as a value. */
    default void encode(JsonWriter json) {
        json.beginObject();
        switch (this) {
            case ByLevels() -> json.member("type", "CUSTOMIZED");
            case Exponential(long initialMs, long maxMs, long multiplier) ->
                    json.name("exponentialRetryPolicy")
                            .beginObject()
                            .member("initial", initialMs)
                            .member("max", maxMs)
                            .member("multiplier", multiplier)
                            .endObject()
                            .member("type", "EXPONENTIAL");
            case Customized(List<Long> nextMs) -> {
                json.name("customizedRetryPolicy").beginObject().name("next").beginArray();
                nextMs.forEach(json::value);
                json.endArray().endObject().member("type", "CUSTOMIZED");
            }
        }
        json.endObject();
    }
}
