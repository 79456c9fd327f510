package io.sluice.protocol;

/**
 * The answer to {@link RequestCode#UPDATE_AND_GET_GROUP_FORBIDDEN}.
 *
 * @param group the group
 * @param topic the topic
 * @param readable whether the group may read it
 */
public record GroupForbidden(String group, String topic, boolean readable) {

    /** Writes a body. */
    public JsonWriter encode() {
        return new JsonWriter()
                .beginObject()
                .member("group", group)
                .member("readable", readable)
                .member("topic", topic)
                .endObject();
    }
}
