package io.sluice.server.dispatch;

import io.sluice.engine.queue.TagFilter;
import io.sluice.protocol.SubscriptionData;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a group wants of a topic, ready to filter by.
 *
 * @param filter null if the expression is of a type that is not supported, or cannot be read
 * @param data as the client said
 */
record Subscription(@Nullable TagFilter filter, SubscriptionData data) {
    private static final String ALL = "*";
    private static final String TAG = "TAG";

    static Subscription of(SubscriptionData data) {
        return new Subscription(
                isTags(data.expressionType()) ? tags(data.subString()) : null, data);
    }

    /** Whether the expression is a list of tags, which is also what no type at all means. */
    static boolean isTags(@Nullable String expressionType) {
        return expressionType == null || expressionType.isEmpty() || expressionType.equals(TAG);
    }

    static String unsupported(String expressionType) {
        return "filtering by "
                + expressionType
                + " is not supported yet: subscribe to tags, as in \"a || b\", or to \"*\"";
    }

    /** Reads {@code *} or {@code a || b}; null if it is neither. */
    static @Nullable TagFilter tags(@Nullable String expression) {
        if (expression == null || expression.isEmpty() || expression.equals(ALL)) {
            return TagFilter.ALL;
        }
        List<String> tags = new ArrayList<>();
        for (String part : expression.split("\\|\\|")) {
            String tag = part.strip();
            if (!tag.isEmpty()) {
                tags.add(tag);
            }
        }
        return tags.isEmpty() ? null : TagFilter.of(tags);
    }
}
