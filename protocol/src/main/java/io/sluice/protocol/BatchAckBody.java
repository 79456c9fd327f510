package io.sluice.protocol;

import io.netty.buffer.ByteBuf;
import java.util.Base64;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The body of {@link RequestCode#BATCH_ACK_MESSAGE}: popped messages have been consumed.
 *
 * @param acks by queue and handing out
 */
public record BatchAckBody(List<Ack> acks) {
    /**
     * Messages of one queue that were handed out together.
     *
     * @param number that of the handing out
     * @param startOffset what the bits count from
     * @param bits which offsets are meant
     */
    public record Ack(
            String consumerGroup,
            String topic,
            int queueId,
            int number,
            long startOffset,
            BitSet bits) {
        private static Ack decode(JsonObject json) {
            return new Ack(
                    json.text("c", json.text("consumerGroup", "")),
                    json.text("t", json.text("topic", "")),
                    json.int32("q", json.int32("queueId", -1)),
                    json.int32("rq", json.int32("reviveQueueId", 0)),
                    json.int64("so", json.int64("startOffset", 0)),
                    bits(json));
        }

        private static BitSet bits(JsonObject json) {
            String text = json.textOrNull("b");
            String bits = text == null ? json.text("bitSet", "") : text;
            try {
                return BitSet.valueOf(Base64.getDecoder().decode(bits));
            } catch (IllegalArgumentException e) {
                throw new JsonException(
                        "b must be bits in Base64, not " + JsonException.shown(bits));
            }
        }
    }

    /**
     * Reads a body.
     *
     * @return null if there is none
     * @throws JsonException if it is not one
     */
    public static @Nullable BatchAckBody decode(ByteBuf in, int index, int sizeBytes) {
        return sizeBytes == 0
                ? null
                : new BatchAckBody(
                        JsonObject.read(in, index, sizeBytes).objects("acks", Ack::decode));
    }
}
