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
 * @param attributes RocketMQ's group attributes, and ours: {@link #RETRY_SCHEDULE}, {@link
 *     #AFTER_LAST_ATTEMPT}, {@link #CONSUME_RATE}
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
    /** The attribute that says how long retries wait, in the words of {@link RetrySchedule}. */
    public static final String RETRY_SCHEDULE = "retry-schedule";

    /** The attribute that says what becomes of a message after its last attempt. */
    public static final String AFTER_LAST_ATTEMPT = "after-last-attempt";

    /** It goes to the group's dead-letter queue; so it does without the attribute. */
    public static final String DEAD_LETTER = "dead-letter";

    /** It is dropped. */
    public static final String DISCARD = "discard";

    /** The attribute that says how many messages per second the group gets at most. */
    public static final String CONSUME_RATE = "consume-rate";

    /** The attribute that says which topic's lite topics the group consumes. */
    public static final String LITE_TOPIC = "lite.bind.topic";

    /** The attribute that says whether a lite topic is one client's at a time. */
    public static final String LITE_MODEL = "lite.sub.model";

    /** The attribute that says how many lite topics a client may want. */
    public static final String LITE_QUOTA = "lite.sub.client.quota";

    /** The attribute that is true if a client begins anew in what it takes from another one. */
    public static final String LITE_START_OVER_WHEN_TAKEN = "lite.sub.reset.offset.exclusive";

    /** The attribute that is true if the group begins anew in what a client no longer wants. */
    public static final String LITE_START_OVER_WHEN_LEFT = "lite.sub.reset.offset.unsubscribe";

    private static final int LITE_QUOTA_DEFAULT = 2_000;
    private static final int CONSUME_RATE_MAX = 10_000_000;

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

    public GroupSettings withAttributes(Map<String, String> attributes) {
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

    /**
     * How often a message is retried if its client asks for {@code asked} times. Every client asks,
     * mostly for its own default of 16; so a number that was decided here bounds what it asks for.
     *
     * @param asked negative if the client does not say
     */
    public int retryMax(int asked) {
        if (asked < 0) {
            return retryMax;
        }
        return retryMax == DEFAULT.retryMax ? asked : Math.min(asked, retryMax);
    }

    /** How long retries wait; null to go by the server's delay levels. */
    public @Nullable RetrySchedule retrySchedule() {
        String text = attributes.get(RETRY_SCHEDULE);
        return text == null ? null : RetrySchedule.parse(text);
    }

    /** Whether a message is dropped after its last attempt, rather than a dead letter. */
    public boolean discards() {
        return DISCARD.equals(attributes.get(AFTER_LAST_ATTEMPT));
    }

    /** How many messages per second the group gets at most; 0 for as many as there are. */
    public int consumeRate() {
        String text = attributes.isEmpty() ? null : attributes.get(CONSUME_RATE);
        return text == null ? 0 : Integer.parseInt(text);
    }

    /** Whether the group may consume the lite topics of a topic. */
    public boolean mayBindTo(String topic) {
        return attributes.isEmpty() || attributes.getOrDefault(LITE_TOPIC, topic).equals(topic);
    }

    /** Whether a lite topic is one client's at a time, that of who asked for it last. */
    public boolean liteExclusive() {
        return "EXCLUSIVE".equalsIgnoreCase(attributes.get(LITE_MODEL));
    }

    /** How many lite topics a client may want. -1 is as many as there are, as RocketMQ has it. */
    public int liteTopicsMax() {
        String text = attributes.isEmpty() ? null : attributes.get(LITE_QUOTA);
        long quota = text == null ? LITE_QUOTA_DEFAULT : Long.parseLong(text);
        return quota < 0 ? Integer.MAX_VALUE : (int) Math.min(quota, Integer.MAX_VALUE);
    }

    /** Whether an attribute is true. */
    public boolean isSet(String attribute) {
        return "true".equalsIgnoreCase(attributes.get(attribute));
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
        String fault = EntryCodec.attributesFault(attributes);
        return fault != null ? fault : ownAttributesFault();
    }

    private @Nullable String ownAttributesFault() {
        String after = attributes.getOrDefault(AFTER_LAST_ATTEMPT, DEAD_LETTER);
        if (!after.equals(DEAD_LETTER) && !after.equals(DISCARD)) {
            return "%s is %s or %s, not '%s'"
                    .formatted(AFTER_LAST_ATTEMPT, DEAD_LETTER, DISCARD, after);
        }
        try {
            int _ = liteTopicsMax();
        } catch (NumberFormatException e) {
            return badQuota();
        }
        try {
            if (consumeRate() < 0 || consumeRate() > CONSUME_RATE_MAX) {
                return badRate();
            }
        } catch (NumberFormatException e) {
            return badRate();
        }
        try {
            RetrySchedule schedule = retrySchedule();
            return schedule == null ? null : schedule.fault();
        } catch (IllegalArgumentException e) {
            return RETRY_SCHEDULE
                    + " is 'exponential INITIAL MAX MULTIPLIER' or 'customized DELAY DELAY …', in ms, not '"
                    + attributes.get(RETRY_SCHEDULE)
                    + "'";
        }
    }

    private String badQuota() {
        return LITE_QUOTA + " is a number of lite topics, not '" + attributes.get(LITE_QUOTA) + "'";
    }

    private String badRate() {
        return "%s is a number of messages per second from 0, which is no limit, to %d, not '%s'"
                .formatted(CONSUME_RATE, CONSUME_RATE_MAX, attributes.get(CONSUME_RATE));
    }
}
