package io.sluice.server.meter;

import io.sluice.engine.time.Clock;
import io.sluice.server.meter.Meter.Rate;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * All meters: of topics, of groups in topics, and of the server. Any thread counts and reads; one
 * samples. Counts begin anew with the process, as RocketMQ's do.
 */
public final class Meters {
    /** How often {@link #sample} is to be called, in nanoseconds. */
    public static final long SAMPLE_NANOS = Meter.SAMPLE_NANOS;

    /** Between a topic and a group in the name of a meter, as RocketMQ has it. */
    private static final char OF_GROUP = '@';

    private static final class OfTopic {
        final Meter put;
        final Meter putBytes;
        final Map<String, OfGroup> groups = new ConcurrentHashMap<>();

        OfTopic(long nowNanos) {
            put = new Meter(nowNanos);
            putBytes = new Meter(nowNanos);
        }
    }

    /**
     * @param pulledTo by queue id, where the messages end that clients were given last
     */
    private record OfGroup(Meter got, Meter gotBytes, Meter sentBack, Map<Integer, Long> pulledTo) {
        OfGroup(long nowNanos) {
            this(
                    new Meter(nowNanos),
                    new Meter(nowNanos),
                    new Meter(nowNanos),
                    new ConcurrentHashMap<>());
        }

        void sample(long nowNanos) {
            got.sample(nowNanos);
            gotBytes.sample(nowNanos);
            sentBack.sample(nowNanos);
        }
    }

    /**
     * What had been counted at midnights, local time; those that this process has not seen count as
     * its start.
     *
     * @param yesterday the midnight before the last one
     * @param today the last one
     */
    public record Mornings(long yesterday, long today) {}

    private final Clock clock;
    private final String server;
    private final ZoneId zone;
    private final Map<String, OfTopic> topics = new ConcurrentHashMap<>();
    private final Meter put;
    private final Meter got;
    private final Meter pullsFound;
    private final Meter pullsMissed;
    private LocalDate day;
    private volatile Mornings putMornings = new Mornings(0, 0);
    private volatile Mornings gotMornings = new Mornings(0, 0);

    /**
     * @param server the name under which the server's own meters are asked for
     * @param zone whose midnights count
     */
    public Meters(Clock clock, String server, ZoneId zone) {
        this.clock = clock;
        this.server = server;
        this.zone = zone;
        long now = clock.nanos();
        put = new Meter(now);
        got = new Meter(now);
        pullsFound = new Meter(now);
        pullsMissed = new Meter(now);
        day = today();
    }

    private LocalDate today() {
        return LocalDate.ofInstant(Instant.ofEpochMilli(clock.wallMs()), zone);
    }

    // Counting.

    /** Messages were stored in a topic that exists. */
    public void stored(String topic, int count, long sizeBytes) {
        OfTopic meters = ofTopic(topic);
        meters.put.add(count);
        meters.putBytes.add(sizeBytes);
        put.add(count);
    }

    /** Messages went to a client of a group; topic and group exist. */
    public void delivered(String topic, String group, int count, long sizeBytes) {
        OfGroup meters = ofGroup(topic, group);
        meters.got.add(count);
        meters.gotBytes.add(sizeBytes);
        got.add(count);
    }

    /** Messages of a queue up to {@code offset} went to a client of a group; both exist. */
    public void pulledTo(String topic, String group, int queueId, long offset) {
        ofGroup(topic, group).pulledTo.put(queueId, offset);
    }

    /** A client gave a message back; topic and group exist. */
    public void sentBack(String topic, String group) {
        ofGroup(topic, group).sentBack.add(1);
    }

    /** A pull was answered, with messages or without. */
    public void pulled(boolean found) {
        (found ? pullsFound : pullsMissed).add(1);
    }

    private OfTopic ofTopic(String topic) {
        OfTopic meters = topics.get(topic);
        return meters != null
                ? meters
                : topics.computeIfAbsent(topic, name -> new OfTopic(clock.nanos()));
    }

    private OfGroup ofGroup(String topic, String group) {
        Map<String, OfGroup> groups = ofTopic(topic).groups;
        OfGroup meters = groups.get(group);
        return meters != null
                ? meters
                : groups.computeIfAbsent(group, name -> new OfGroup(clock.nanos()));
    }

    // Sampling.

    /**
     * Takes a sample of every meter, and forgets those of topics and groups that are gone. By one
     * thread.
     */
    public void sample(Predicate<String> topicExists, Predicate<String> groupExists) {
        long now = clock.nanos();
        topics.keySet().removeIf(topicExists.negate());
        for (OfTopic topic : topics.values()) {
            topic.groups.keySet().removeIf(groupExists.negate());
            topic.put.sample(now);
            topic.putBytes.sample(now);
            topic.groups.values().forEach(group -> group.sample(now));
        }
        put.sample(now);
        got.sample(now);
        pullsFound.sample(now);
        pullsMissed.sample(now);
        LocalDate today = today();
        if (!today.equals(day)) {
            day = today;
            putMornings = new Mornings(putMornings.today, put.total());
            gotMornings = new Mornings(gotMornings.today, got.total());
        }
    }

    // Reading.

    /**
     * A meter by RocketMQ's names.
     *
     * @param key of whom: a topic, {@code topic@group}, or the server; null is returned for one of
     *     which nothing was counted yet
     */
    public @Nullable Meter meter(String name, String key) {
        int at = key.indexOf(OF_GROUP);
        OfTopic topic = topics.get(at < 0 ? key : key.substring(0, at));
        OfGroup group = topic == null || at < 0 ? null : topic.groups.get(key.substring(at + 1));
        return switch (name) {
            case "TOPIC_PUT_NUMS" -> topic == null || at >= 0 ? null : topic.put;
            case "TOPIC_PUT_SIZE" -> topic == null || at >= 0 ? null : topic.putBytes;
            case "GROUP_GET_NUMS" -> group == null ? null : group.got;
            case "GROUP_GET_SIZE" -> group == null ? null : group.gotBytes;
            case "SNDBCK_PUT_NUMS" -> group == null ? null : group.sentBack;
            case "BROKER_PUT_NUMS" -> key.equals(server) ? put : null;
            case "BROKER_GET_NUMS" -> key.equals(server) ? got : null;
            default -> null;
        };
    }

    /** Where the messages of a queue end that a group's clients were given last; 0 if none were. */
    public long pulledTo(String topic, String group, int queueId) {
        OfTopic meters = topics.get(topic);
        OfGroup ofGroup = meters == null ? null : meters.groups.get(group);
        return ofGroup == null ? 0 : ofGroup.pulledTo.getOrDefault(queueId, 0L);
    }

    /** Messages per second stored in a topic in the last minute. */
    public double putPerSecond(String topic) {
        OfTopic meters = topics.get(topic);
        return meters == null ? 0 : minute(meters.put).perSecond();
    }

    /** Messages per second that went to a group in the last minute. */
    public double gotPerSecond(String topic, String group) {
        OfTopic meters = topics.get(topic);
        OfGroup ofGroup = meters == null ? null : meters.groups.get(group);
        return ofGroup == null ? 0 : minute(ofGroup.got).perSecond();
    }

    /** Messages stored by the server. */
    public Meter put() {
        return put;
    }

    /** Messages given to groups by the server. */
    public Meter got() {
        return got;
    }

    /** Pulls that got messages. */
    public Meter pullsFound() {
        return pullsFound;
    }

    /** Pulls that got none. */
    public Meter pullsMissed() {
        return pullsMissed;
    }

    public Mornings putMornings() {
        return putMornings;
    }

    public Mornings gotMornings() {
        return gotMornings;
    }

    /** How much in the last seconds, 20 at most. */
    public Rate seconds(Meter meter) {
        return meter.lastSeconds(clock.nanos());
    }

    /** How much in the last minute. */
    public Rate minute(Meter meter) {
        return meter.lastMinute(clock.nanos());
    }

    /** How much in the last hour. */
    public Rate hour(Meter meter) {
        return meter.lastHour(clock.nanos());
    }

    /** How much in the last day. */
    public Rate day(Meter meter) {
        return meter.lastDay(clock.nanos());
    }
}
