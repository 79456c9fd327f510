package io.sluice.protocol;

import io.netty.buffer.ByteBuf;
import java.util.List;

/**
 * The answer to {@link RequestCode#MESSAGE_STATUS}.
 *
 * @param groups one entry for each group
 */
public record MessageStatus(List<OfGroup> groups) {
    /**
     * What became of the message in one group.
     *
     * @param group its name
     * @param state one word for scripts, such as {@code DEAD_LETTERED}
     * @param text a sentence for a person
     * @param attempts how often the group was given the message again
     * @param nextMs when it comes next, in ms since 1970; 0 if that is not known
     */
    public record OfGroup(String group, String state, String text, int attempts, long nextMs) {}

    public MessageStatus {
        groups = List.copyOf(groups);
    }

    /**
     * Reads a body.
     *
     * @throws JsonException if it is not one
     */
    public static MessageStatus decode(ByteBuf in, int index, int sizeBytes) {
        return new MessageStatus(
                JsonObject.read(in, index, sizeBytes)
                        .objects(
                                "groups",
                                group ->
                                        new OfGroup(
                                                group.text("group"),
                                                group.text("state"),
                                                group.text("text"),
                                                group.int32("attempts", 0),
                                                group.int64("next", 0))));
    }

    /** Writes a body. */
    public JsonWriter encode() {
        JsonWriter json = new JsonWriter();
        json.beginObject().name("groups").beginArray();
        for (OfGroup group : groups) {
            json.beginObject()
                    .member("group", group.group)
                    .member("state", group.state)
                    .member("text", group.text)
                    .member("attempts", group.attempts)
                    .member("next", group.nextMs)
                    .endObject();
        }
        return json.endArray().endObject();
    }
}
