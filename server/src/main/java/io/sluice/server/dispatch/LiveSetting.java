package io.sluice.server.dispatch;

import io.sluice.engine.broker.BrokerConfig;
import io.sluice.server.config.Scalars;
import java.time.Duration;
import java.util.List;
import java.util.SortedMap;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A setting that may be changed while the server runs, under one of its names: its own or
 * RocketMQ's, with the values that go with that name. Numbers, switches and choices only: no
 * setting that holds a path, a command or a class is ever to be added.
 *
 * @param name under which it is changed
 * @param expected what a value looks like
 */
record LiveSetting<T>(
        String name,
        String expected,
        Function<String, T> read,
        BiFunction<BrokerConfig, T, BrokerConfig> with,
        Function<BrokerConfig, String> told) {
    private static final String SWITCH = "true or false";
    private static final String QUEUES = "a number from 1 to 1024";

    private static final List<LiveSetting<?>> ALL =
            List.of(
                    new LiveSetting<>(
                            "auto-create-topics",
                            SWITCH,
                            text -> choice(text, "false", "true"),
                            LiveSetting::withAutoCreate,
                            config -> "" + config.autoCreateTopics()),
                    new LiveSetting<>(
                            "autoCreateTopicEnable",
                            SWITCH,
                            text -> choice(text, "false", "true"),
                            LiveSetting::withAutoCreate,
                            config -> "" + config.autoCreateTopics()),
                    new LiveSetting<>(
                            "default-queues",
                            QUEUES,
                            text -> between(text, 1, 1024),
                            LiveSetting::withQueues,
                            config -> "" + config.defaultQueues()),
                    new LiveSetting<>(
                            "defaultTopicQueueNums",
                            QUEUES,
                            text -> between(text, 1, 1024),
                            LiveSetting::withQueues,
                            config -> "" + config.defaultQueues()),
                    new LiveSetting<>(
                            "retention",
                            "a duration such as 30m, 72h or 7d",
                            text -> Scalars.duration(text).toMillis(),
                            LiveSetting::withRetention,
                            config -> Scalars.text(Duration.ofMillis(config.retentionMs()))),
                    new LiveSetting<>(
                            "fileReservedTime",
                            "a number of hours from 1 to 87600",
                            text -> Duration.ofHours(between(text, 1, 87_600)).toMillis(),
                            LiveSetting::withRetention,
                            config -> "" + Duration.ofMillis(config.retentionMs()).toHours()),
                    new LiveSetting<>(
                            "retention-size",
                            "a size such as 512MB or 20GB, or none",
                            text -> text.equals("none") ? Long.MAX_VALUE : Scalars.sizeBytes(text),
                            LiveSetting::withRetentionSize,
                            LiveSetting::retentionSize),
                    new LiveSetting<>(
                            "durability",
                            "sync or async",
                            text -> choice(text, "sync", "async"),
                            LiveSetting::withAsync,
                            config -> config.asyncDurability() ? "async" : "sync"),
                    new LiveSetting<>(
                            "flushDiskType",
                            "SYNC_FLUSH or ASYNC_FLUSH",
                            text -> choice(text, "SYNC_FLUSH", "ASYNC_FLUSH"),
                            LiveSetting::withAsync,
                            config -> config.asyncDurability() ? "ASYNC_FLUSH" : "SYNC_FLUSH"));

    /** The setting of a name; null if there is none. */
    static @Nullable LiveSetting<?> named(String name) {
        return ALL.stream().filter(each -> each.name.equals(name)).findFirst().orElse(null);
    }

    static List<String> names() {
        return ALL.stream().<String>map(LiveSetting::name).toList();
    }

    /** Adds what is set now, under every name. */
    static void tell(BrokerConfig config, SortedMap<String, String> all) {
        ALL.forEach(each -> all.put(each.name, each.told.apply(config)));
    }

    /**
     * The change to a value.
     *
     * @throws IllegalArgumentException if it is none
     */
    UnaryOperator<BrokerConfig> change(String text) {
        T value = read.apply(text);
        return config -> with.apply(config, value);
    }

    private static boolean choice(String text, String no, String yes) {
        if (!text.equals(no) && !text.equals(yes)) {
            throw new IllegalArgumentException(text);
        }
        return text.equals(yes);
    }

    private static int between(String text, int min, int max) {
        int value = Integer.parseInt(text);
        if (value < min || value > max) {
            throw new IllegalArgumentException(text);
        }
        return value;
    }

    private static String retentionSize(BrokerConfig config) {
        return config.retentionBytes() == Long.MAX_VALUE ? "none" : config.retentionBytes() + "B";
    }

    private static BrokerConfig withAutoCreate(BrokerConfig c, boolean on) {
        return with(
                c, c.defaultQueues(), on, c.retentionMs(), c.retentionBytes(), c.asyncDurability());
    }

    private static BrokerConfig withQueues(BrokerConfig c, int queues) {
        return with(
                c,
                queues,
                c.autoCreateTopics(),
                c.retentionMs(),
                c.retentionBytes(),
                c.asyncDurability());
    }

    private static BrokerConfig withRetention(BrokerConfig c, long ms) {
        return with(
                c,
                c.defaultQueues(),
                c.autoCreateTopics(),
                ms,
                c.retentionBytes(),
                c.asyncDurability());
    }

    private static BrokerConfig withRetentionSize(BrokerConfig c, long sizeBytes) {
        return with(
                c,
                c.defaultQueues(),
                c.autoCreateTopics(),
                c.retentionMs(),
                sizeBytes,
                c.asyncDurability());
    }

    private static BrokerConfig withAsync(BrokerConfig c, boolean async) {
        return with(
                c,
                c.defaultQueues(),
                c.autoCreateTopics(),
                c.retentionMs(),
                c.retentionBytes(),
                async);
    }

    private static BrokerConfig with(
            BrokerConfig c,
            int queues,
            boolean autoCreate,
            long retentionMs,
            long retentionBytes,
            boolean async) {
        return new BrokerConfig(
                queues,
                autoCreate,
                c.delaysMs(),
                retentionMs,
                retentionBytes,
                async,
                c.storeHost());
    }
}
