package io.sluice.protocol;

import java.util.List;

/**
 * What a group wants of a topic, as its clients tell in heartbeats.
 *
 * @param topic the topic
 * @param subString the filter expression; {@code *} is everything
 * @param tags the tags in it, if the type is TAG; empty if everything is wanted
 * @param expressionType TAG or SQL92
 * @param subVersion when the subscription was made, in ms since 1970; the newest counts
 * @param classFilterMode whether a filter class was uploaded, which Sluice does not support
 */
public record SubscriptionData(
        String topic,
        String subString,
        List<String> tags,
        String expressionType,
        long subVersion,
        boolean classFilterMode) {

    static SubscriptionData decode(JsonObject json) {
        return new SubscriptionData(
                json.text("topic"),
                json.text("subString", "*"),
                json.texts("tagsSet"),
                json.text("expressionType", PullMessageHeader.TAG),
                json.int64("subVersion", 0),
                json.bool("classFilterMode", false));
    }

    void encode(JsonWriter json) {
        json.beginObject().member("classFilterMode", classFilterMode).name("codeSet").beginArray();
        for (String tag : tags) {
            json.value(tag.hashCode());
        }
        json.endArray()
                .member("expressionType", expressionType)
                .member("subString", subString)
                .member("subVersion", subVersion)
                .member("tagsSet", tags)
                .member("topic", topic)
                .endObject();
    }
}
