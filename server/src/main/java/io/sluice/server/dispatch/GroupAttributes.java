package io.sluice.server.dispatch;

import io.sluice.engine.catalog.GroupSettings;
import io.sluice.engine.catalog.RetrySchedule;
import io.sluice.protocol.GroupRetryPolicy;
import io.sluice.protocol.SubscriptionGroupConfig;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a group's attributes say: changes such as {@code +consume-rate: 100} and {@code
 * -consume-rate}, in the form of RocketMQ 5, and its retry policy. Besides RocketMQ's own, which
 * are kept as they are, there are those of {@link GroupSettings}, which checks them.
 */
final class GroupAttributes {
    private GroupAttributes() {}

    /** Why the changes are none, for a person to read; null if they are. */
    static @Nullable String fault(SubscriptionGroupConfig config) {
        for (String name : config.attributes().keySet()) {
            boolean isChange = name.startsWith("+") || name.startsWith("-");
            if (!isChange || name.length() < 2) {
                return "attributes are changed by \"+name\": \"value\" and \"-name\": \"\", not by \"%s\""
                        .formatted(name);
            }
        }
        return null;
    }

    /** The attributes after the changes. */
    static Map<String, String> change(Map<String, String> before, SubscriptionGroupConfig config) {
        Map<String, String> after = new HashMap<>(before);
        config.attributes()
                .forEach((name, value) -> {
                    if (name.startsWith("+")) {
                        after.put(name.substring(1), value);
                    } else {
                        after.remove(name.substring(1));
                    }
                });
        RetrySchedule schedule = schedule(config.retryPolicy());
        if (schedule != null) {
            after.put(GroupSettings.RETRY_SCHEDULE, schedule.text());
        } else if (config.retryPolicy() != null) {
            after.remove(GroupSettings.RETRY_SCHEDULE);
        }
        return after;
    }

    private static @Nullable RetrySchedule schedule(@Nullable GroupRetryPolicy policy) {
        return switch (policy) {
            case null -> null;
            case GroupRetryPolicy.ByLevels levels -> null;
            case GroupRetryPolicy.Exponential each ->
                    new RetrySchedule.Exponential(
                            each.initialMs(), each.maxMs(), each.multiplier());
            case GroupRetryPolicy.Customized each -> new RetrySchedule.Customized(each.nextMs());
        };
    }

    /** A group's retry policy as RocketMQ says it; null if it goes by levels. */
    static @Nullable GroupRetryPolicy retryPolicy(GroupSettings settings) {
        return switch (settings.retrySchedule()) {
            case null -> null;
            case RetrySchedule.Exponential each ->
                    new GroupRetryPolicy.Exponential(
                            each.initialMs(), each.maxMs(), each.multiplier());
            case RetrySchedule.Customized each -> new GroupRetryPolicy.Customized(each.delaysMs());
        };
    }
}
