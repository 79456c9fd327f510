package io.sluice.engine.catalog;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a user decides about a topic.
 *
 * @param queues how many queues it has, 1 to {@link #QUEUES_MAX}. One number where RocketMQ has
 *     two: RocketMQ writes to fewer queues than it reads in order to shrink a topic, and here a
 *     topic only grows.
 * @param permissions RocketMQ's bits: {@link #READ}, {@link #WRITE}, {@link #INHERIT}; 0 to 7
 * @param retentionMs how long messages are kept, in milliseconds; 0: as the server's setting says
 * @param retentionBytes how many bytes of messages are kept; 0: as the server's setting says
 * @param durability when a send is acknowledged
 * @param attributes RocketMQ's topic attributes, such as {@code message.type}
 */
public record TopicSettings(
        int queues,
        int permissions,
        long retentionMs,
        long retentionBytes,
        Durability durability,
        Map<String, String> attributes) {
    /** Consumers may read. */
    public static final int READ = 4;

    /** Producers may write. */
    public static final int WRITE = 2;

    /** New topics may take this one's settings; RocketMQ sets it on TBW102 alone. */
    public static final int INHERIT = 1;

    /** The largest number of queues of one topic. */
    public static final int QUEUES_MAX = 65_536;

    /** Queue ids are below this; those of lite topics go beyond what a user may ask for. */
    public static final int QUEUE_IDS_MAX = 1 << 20;

    /** The attribute that says which kind of messages a topic takes. */
    public static final String MESSAGE_TYPE = "message.type";

    /** The kind of messages of which those of higher priority are handed out first. */
    public static final String PRIORITY = "PRIORITY";

    /** The kind of messages that are of a lite topic: a named queue that comes with its first. */
    public static final String LITE = "LITE";

    /**
     * The attribute that says after how many minutes without a message a lite topic goes, at most
     * those of 30 days; -1, or none, for never.
     */
    public static final String LITE_EXPIRATION = "lite.topic.expiration";

    /** The attribute that says how many lite topics a topic has at most. */
    public static final String LITE_TOPICS_MAX = "lite-topics-max";

    private static final int LITE_TOPICS_DEFAULT = 200_000;
    private static final int LITE_MINUTES_MAX = 30 * 24 * 60;

    /** The attribute that says whether resent messages are stored once: "off", or anything else. */
    public static final String IDEMPOTENT_SEND = "idempotent-send";

    /** When a send to the topic is acknowledged. */
    public enum Durability {
        /** As the server's setting says. */
        DEFAULT,
        /** When the message is on stable storage. */
        SYNC,
        /** At once; a crash may lose the last moments. */
        ASYNC
    }

    public TopicSettings {
        attributes = Collections.unmodifiableSortedMap(new TreeMap<>(attributes));
    }

    /** The settings of a topic about which nobody decided more than its number of queues. */
    public static TopicSettings of(int queues) {
        return new TopicSettings(queues, READ | WRITE, 0, 0, Durability.DEFAULT, Map.of());
    }

    public TopicSettings withQueues(int queues) {
        return new TopicSettings(
                queues, permissions, retentionMs, retentionBytes, durability, attributes);
    }

    public TopicSettings withPermissions(int permissions) {
        return new TopicSettings(
                queues, permissions, retentionMs, retentionBytes, durability, attributes);
    }

    public TopicSettings withRetention(long retentionMs, long retentionBytes) {
        return new TopicSettings(
                queues, permissions, retentionMs, retentionBytes, durability, attributes);
    }

    public TopicSettings withDurability(Durability durability) {
        return new TopicSettings(
                queues, permissions, retentionMs, retentionBytes, durability, attributes);
    }

    public TopicSettings withAttributes(Map<String, String> attributes) {
        return new TopicSettings(
                queues, permissions, retentionMs, retentionBytes, durability, attributes);
    }

    /** Whether a message that a producer sends again is stored once. */
    public boolean idempotentSend() {
        return attributes.isEmpty() || !"off".equals(attributes.get(IDEMPOTENT_SEND));
    }

    /** Whether its messages are of lite topics. */
    public boolean lite() {
        return LITE.equals(attributes.get(MESSAGE_TYPE));
    }

    /** After how long without a message a lite topic goes, in ms; 0 for never. */
    public long liteExpirationMs() {
        return Math.max(0, number(LITE_EXPIRATION, -1)) * 60_000L;
    }

    /** How many lite topics there may be. */
    public int liteTopicsMax() {
        return number(LITE_TOPICS_MAX, LITE_TOPICS_DEFAULT);
    }

    private int number(String attribute, int otherwise) {
        String text = attributes.get(attribute);
        return text == null ? otherwise : Integer.parseInt(text);
    }

    private @Nullable String numberFault(String attribute, int from, int to) {
        try {
            int value = number(attribute, from);
            if (value >= from && value <= to) {
                return null;
            }
        } catch (NumberFormatException e) {
            // as one that is out of range
        }
        return "%s is a number from %d to %d, not '%s'"
                .formatted(attribute, from, to, attributes.get(attribute));
    }

    /** Why these settings cannot be, for a person to read; null if they can. */
    @Nullable String fault() {
        if (queues < 1 || queues > QUEUES_MAX) {
            return "a topic has 1 to " + QUEUES_MAX + " queues, not " + queues;
        }
        if (permissions < 0 || permissions > (READ | WRITE | INHERIT)) {
            return "permissions are read 4 + write 2 + inherit 1, so 0 to 7, not " + permissions;
        }
        if (retentionMs < 0 || retentionBytes < 0) {
            return "retention is at least 0, where 0 means the server's setting";
        }
        String fault = EntryCodec.attributesFault(attributes);
        fault = fault != null ? fault : numberFault(LITE_EXPIRATION, -1, LITE_MINUTES_MAX);
        return fault != null ? fault : numberFault(LITE_TOPICS_MAX, 0, QUEUE_IDS_MAX);
    }
}
