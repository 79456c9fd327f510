package io.sluice.engine.catalog;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a user decides about a consumer group; the fields and their defaults are those of RocketMQ's
 * {@code SubscriptionGroupConfig}.
 *
 * @param consumeEnabled whether its consumers get messages at all
 * @param consumeFromMinEnabled whether it may begin at the oldest message
 * @param consumeBroadcastEnabled whether its consumers may consume in broadcast mode
 * @param consumeOrderly whether popped messages are handed out in order per queue
 * @param notifyConsumerIdsChanged whether its clients are told when members come and go
 * @param retryMax how often a message is retried before it is a dead letter, at least 0
 * @param consumeTimeoutMinutes how long a push consumer may hold a message, at least 1
 * @param attributes RocketMQ's group attributes
 */
public record GroupSettings(
        boolean consumeEnabled,
        boolean consumeFromMinEnabled,
        boolean consumeBroadcastEnabled,
        boolean consumeOrderly,
        boolean notifyConsumerIdsChanged,
        int retryMax,
        int consumeTimeoutMinutes,
        Map<String, String> attributes) {
    /** RocketMQ's defaults. */
    public static final GroupSettings DEFAULT =
            new GroupSettings(true, true, true, false, true, 16, 15, Map.of());

    /** What the attribute of a topic that the group may not read begins with. */
    private static final String UNREADABLE = "unreadable.";

    public GroupSettings {
        attributes = Collections.unmodifiableSortedMap(new TreeMap<>(attributes));
    }

    public GroupSettings withRetryMax(int retryMax) {
        return new GroupSettings(
                consumeEnabled,
                consumeFromMinEnabled,
                consumeBroadcastEnabled,
                consumeOrderly,
                notifyConsumerIdsChanged,
                retryMax,
                consumeTimeoutMinutes,
                attributes);
    }

    /** Whether the group may read a topic; it may read all but those that were forbidden to it. */
    public boolean mayRead(String topic) {
        return attributes.isEmpty() || !attributes.containsKey(UNREADABLE + topic);
    }

    /** These settings, with a topic forbidden or allowed. */
    public GroupSettings withReadable(String topic, boolean readable) {
        Map<String, String> changed = new TreeMap<>(attributes);
        if (readable) {
            changed.remove(UNREADABLE + topic);
        } else {
            changed.put(UNREADABLE + topic, "true");
        }
        return new GroupSettings(
                consumeEnabled,
                consumeFromMinEnabled,
                consumeBroadcastEnabled,
                consumeOrderly,
                notifyConsumerIdsChanged,
                retryMax,
                consumeTimeoutMinutes,
                changed);
    }

    /** Why these settings cannot be, for a person to read; null if they can. */
    @Nullable String fault() {
        if (retryMax < 0) {
            return "the number of retries is at least 0, not " + retryMax;
        }
        if (consumeTimeoutMinutes < 1) {
            return "the consume timeout is at least 1 minute, not " + consumeTimeoutMinutes;
        }
        return EntryCodec.attributesFault(attributes);
    }
}
