package io.sluice.protocol;

import io.netty.buffer.ByteBuf;

/**
 * The body of {@link RequestCode#SET_MESSAGE_REQUEST_MODE}: how clients of a group that leave it to
 * the server shall read a topic.
 *
 * @param topic the topic
 * @param consumerGroup the group
 * @param mode how
 * @param popShareQueueNum with how many other clients each client shares its queues if they pop; 0
 *     for all with all
 */
public record MessageRequestMode(
        String topic, String consumerGroup, Mode mode, int popShareQueueNum) {
    /** How messages are fetched. */
    public enum Mode {
        PULL,
        POP
    }

    /**
     * Reads a body.
     *
     * @throws JsonException if it is not one
     */
    public static MessageRequestMode decode(ByteBuf in, int index, int sizeBytes) {
        JsonObject json = JsonObject.read(in, index, sizeBytes);
        return new MessageRequestMode(
                json.text("topic"),
                json.text("consumerGroup"),
                json.constant("mode", Mode.class, Mode.PULL),
                json.int32("popShareQueueNum", 0));
    }

    /** Writes it as a member's value. */
    public void encode(JsonWriter json) {
        json.beginObject()
                .member("consumerGroup", consumerGroup)
                .member("mode", mode.name())
                .member("popShareQueueNum", popShareQueueNum)
                .member("topic", topic)
                .endObject();
    }
}
