package io.sluice.protocol;

import java.util.SortedMap;

/**
 * The answer to {@link RequestCode#QUERY_CORRECTION_OFFSET}.
 *
 * @param offsets by queue id
 */
public record CorrectionOffsets(SortedMap<Integer, Long> offsets) {

    /** Writes a body, with queue ids without quotes, as every RocketMQ does here. */
    public JsonWriter encode() {
        JsonWriter json = new JsonWriter();
        json.beginObject().name("correctionOffsets").beginObject();
        offsets.forEach((queueId, offset) -> json.name(queueId, false).value(offset));
        return json.endObject().endObject();
    }
}
