package io.sluice.server.dispatch;

import io.sluice.engine.queue.SqlFilter;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The filters of pulls that bring their expression along, as those of pull consumers do each time:
 * an SQL expression is read once. Safe to use from any thread.
 */
public final class Filters {
    private static final int COUNT_MAX = 256;
    private static final int LENGTH_MAX = 2_048;

    private final Map<String, Subscription.Read> sql = new ConcurrentHashMap<>();

    /** What an expression means. */
    public Subscription.Read of(@Nullable String type, @Nullable String expression) {
        if (expression == null || Subscription.isTags(type)) {
            return Subscription.read(type, expression);
        }
        Subscription.Read known = sql.get(expression);
        if (known != null && Subscription.isSql(type)) {
            return known;
        }
        Subscription.Read read = Subscription.read(type, expression);
        if (read.filter() instanceof SqlFilter && expression.length() <= LENGTH_MAX) {
            if (sql.size() >= COUNT_MAX) {
                sql.clear(); // rather than to keep book of who used what when
            }
            sql.put(expression, read);
        }
        return read;
    }
}
