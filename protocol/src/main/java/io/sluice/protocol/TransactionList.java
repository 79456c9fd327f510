package io.sluice.protocol;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The answer to {@link RequestCode#LIST_TRANSACTIONS}.
 *
 * @param transactions by id
 */
public record TransactionList(List<Entry> transactions) {

    /**
     * An undecided transaction.
     *
     * @param id by which it is decided
     * @param topic where the message goes if it is committed; empty if the topic is gone
     * @param queueId the queue there
     * @param producerGroup who has to decide
     * @param sinceMs when the message was stored
     * @param checks how often producers were asked
     * @param nextMs when they are asked next, or it expires if it was given up
     * @param givenUp whether producers are asked no more
     */
    public record Entry(
            long id,
            String topic,
            int queueId,
            String producerGroup,
            long sinceMs,
            int checks,
            long nextMs,
            boolean givenUp) {}

    /**
     * Reads a body.
     *
     * @throws JsonException if it is not JSON
     */
    public static TransactionList decode(ByteBuf in, int index, int sizeBytes) {
        List<Entry> entries = new ArrayList<>();
        if (Json.read(in, index, sizeBytes) instanceof Map<?, ?> body
                && body.get("transactions") instanceof List<?> list) {
            for (Object entry : list) {
                if (entry instanceof Map<?, ?> members) {
                    entries.add(entry(members));
                }
            }
        }
        return new TransactionList(entries);
    }

    private static Entry entry(Map<?, ?> members) {
        return new Entry(
                number(members, "id"),
                "" + members.get("topic"),
                (int) number(members, "queueId"),
                "" + members.get("producerGroup"),
                number(members, "sinceMs"),
                (int) number(members, "checks"),
                number(members, "nextMs"),
                Boolean.TRUE.equals(members.get("givenUp")));
    }

    private static long number(Map<?, ?> members, String name) {
        return members.get(name) instanceof Number number ? number.longValue() : 0;
    }

    /** Writes a body. */
    public JsonWriter encode() {
        JsonWriter json = new JsonWriter().beginObject().name("transactions").beginArray();
        for (Entry entry : transactions) {
            json.beginObject()
                    .member("id", entry.id)
                    .member("topic", entry.topic)
                    .member("queueId", entry.queueId)
                    .member("producerGroup", entry.producerGroup)
                    .member("sinceMs", entry.sinceMs)
                    .member("checks", entry.checks)
                    .member("nextMs", entry.nextMs)
                    .member("givenUp", entry.givenUp)
                    .endObject();
        }
        return json.endArray().endObject();
    }
}
