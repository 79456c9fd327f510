package io.sluice.protocol;

import io.netty.buffer.ByteBuf;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The answer to {@link RequestCode#NEXT_DUE}.
 *
 * @param pending how many messages wait in all, as far as that is known
 * @param messages the earliest, earliest first
 */
public record NextDue(long pending, List<Waiting> messages) {
    /**
     * A message that is not due yet.
     *
     * @param dueMs when it is, in ms since 1970
     * @param topic where it will be stored: a group's retry topic if it is a retry
     * @param id its offset message id
     * @param uniqueKey the id that the client gave it
     * @param keys its keys
     * @param attempts how often it was given back
     */
    public record Waiting(
            long dueMs,
            String topic,
            int queueId,
            String id,
            @Nullable String uniqueKey,
            @Nullable String keys,
            int attempts) {}

    public NextDue {
        messages = List.copyOf(messages);
    }

    /**
     * Reads a body.
     *
     * @throws JsonException if it is not one
     */
    public static NextDue decode(ByteBuf in, int index, int sizeBytes) {
        JsonObject body = JsonObject.read(in, index, sizeBytes);
        return new NextDue(
                body.int64("pending", 0),
                body.objects(
                        "messages",
                        message ->
                                new Waiting(
                                        message.int64("due", 0),
                                        message.text("topic"),
                                        message.int32("queueId", 0),
                                        message.text("id"),
                                        message.textOrNull("uniqueKey"),
                                        message.textOrNull("keys"),
                                        message.int32("attempts", 0))));
    }

    /** Writes a body. */
    public JsonWriter encode() {
        JsonWriter json = new JsonWriter();
        json.beginObject().member("pending", pending).name("messages").beginArray();
        for (Waiting message : messages) {
            json.beginObject()
                    .member("due", message.dueMs)
                    .member("topic", message.topic)
                    .member("queueId", message.queueId)
                    .member("id", message.id)
                    .member("uniqueKey", message.uniqueKey)
                    .member("keys", message.keys)
                    .member("attempts", message.attempts)
                    .endObject();
        }
        return json.endArray().endObject();
    }
}
