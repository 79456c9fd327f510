package io.sluice.server.dispatch;

import io.sluice.engine.filter.SqlExpression;
import io.sluice.engine.filter.SqlSyntaxException;
import io.sluice.engine.queue.MessageFilter;
import io.sluice.engine.queue.SqlFilter;
import io.sluice.engine.queue.TagFilter;
import io.sluice.protocol.SubscriptionData;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a member of a group wants of a topic, ready to filter by.
 *
 * @param filter null if the expression cannot be read
 * @param fault why there is no filter, and what to do; empty if there is one
 * @param data as the client said
 */
public record Subscription(@Nullable MessageFilter filter, String fault, SubscriptionData data) {
    private static final String ALL = "*";
    private static final String TAG = "TAG";
    private static final String SQL = "SQL92";
    private static final int SHOWN_LENGTH_MAX = 80;

    static final Read NO_CLASSES =
            new Read(null, "filter classes are not supported: subscribe by tags or SQL92");

    static Subscription of(SubscriptionData data) {
        Read read =
                data.classFilterMode() ? NO_CLASSES : read(data.expressionType(), data.subString());
        return new Subscription(read.filter, read.fault, data);
    }

    /**
     * What an expression means.
     *
     * @param filter null if it cannot be read
     * @param fault then why
     */
    public record Read(@Nullable MessageFilter filter, String fault) {}

    /** Reads an expression; no type at all means tags. */
    static Read read(@Nullable String type, @Nullable String expression) {
        if (isTags(type)) {
            TagFilter tags = tags(expression);
            return tags != null
                    ? new Read(tags, "")
                    : fault(expression, "it names no tag: write \"a || b\", or \"*\" for all");
        }
        if (!isSql(type)) {
            return new Read(
                    null,
                    "filtering by " + shortened(type) + " is not supported: use TAG or SQL92");
        }
        try {
            String text = expression == null ? "" : expression;
            return new Read(new SqlFilter(SqlExpression.compile(text)), "");
        } catch (SqlSyntaxException e) {
            return fault(expression, e.getMessage());
        }
    }

    private static Read fault(@Nullable String expression, @Nullable String problem) {
        return new Read(
                null,
                "the subscription \"%s\" cannot be read, %s"
                        .formatted(shortened(expression), problem));
    }

    static String shortened(@Nullable String text) {
        if (text == null) {
            return "";
        }
        String start = text.substring(0, Math.min(text.length(), SHOWN_LENGTH_MAX));
        return start.replaceAll("\\p{Cntrl}", " ")
                + (text.length() > SHOWN_LENGTH_MAX ? "..." : "");
    }

    /** Whether the expression is a list of tags, which is also what no type at all means. */
    static boolean isTags(@Nullable String expressionType) {
        return expressionType == null || expressionType.isEmpty() || expressionType.equals(TAG);
    }

    static boolean isSql(@Nullable String expressionType) {
        return SQL.equals(expressionType);
    }

    /** Reads {@code *} or {@code a || b}; null if it is neither. */
    static @Nullable TagFilter tags(@Nullable String expression) {
        if (expression == null || expression.isEmpty() || expression.equals(ALL)) {
            return TagFilter.ALL;
        }
        List<String> tags = tagsOf(expression);
        return tags.isEmpty() ? null : TagFilter.of(tags);
    }

    private static List<String> tagsOf(String expression) {
        List<String> tags = new ArrayList<>();
        for (String part : expression.split("\\|\\|")) {
            String tag = part.strip();
            if (!tag.isEmpty()) {
                tags.add(tag);
            }
        }
        return tags;
    }

    /** What it asks for, for people to read; the same if it asks for the same. */
    String shown() {
        if (isTags(data.expressionType())) {
            String tags = String.join(" || ", new TreeSet<>(tagsOf(data.subString())));
            return "tags " + (tags.isEmpty() ? ALL : tags);
        }
        return data.expressionType() + " " + data.subString();
    }
}
