package io.sluice.protocol;

import java.util.SortedSet;

/**
 * The answer to {@link RequestCode#QUERY_TOPIC_CONSUME_BY_WHO}.
 *
 * @param groups their names
 */
public record GroupList(SortedSet<String> groups) {

    /** Writes a body. */
    public JsonWriter encode() {
        return new JsonWriter().beginObject().member("groupList", groups).endObject();
    }
}
