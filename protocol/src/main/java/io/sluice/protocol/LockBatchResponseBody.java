package io.sluice.protocol;

import io.netty.buffer.ByteBuf;
import java.util.List;

/**
 * The answer to {@link RequestCode#LOCK_BATCH_MQ}.
 *
 * @param locked the queues that are now locked for the client
 */
public record LockBatchResponseBody(List<MessageQueue> locked) {

    /**
     * Reads a body.
     *
     * @throws JsonException if it is not one
     */
    public static LockBatchResponseBody decode(ByteBuf in, int index, int sizeBytes) {
        JsonObject json = JsonObject.read(in, index, sizeBytes);
        return new LockBatchResponseBody(json.objects("lockOKMQSet", MessageQueue::decode));
    }

    /** Writes a body. */
    public JsonWriter encode() {
        JsonWriter json = new JsonWriter().beginObject();
        MessageQueue.encode(json, "lockOKMQSet", locked);
        return json.endObject();
    }
}
