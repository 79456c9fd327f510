package io.sluice.engine.catalog;

import java.util.ArrayList;
import java.util.List;

/**
 * One incarnation of a topic. Deleting and recreating a topic gives another id, and whatever a
 * shard keeps for a topic it keeps under the id: so the new one starts clean.
 *
 * @param name as {@link Names#topicFault} allows
 * @param id positive; no other topic or group ever had it or will have it
 * @param system whether it belongs to the system, so that users may not change or delete it
 * @param createdMs when this incarnation was created, wall-clock milliseconds
 * @param growth how it came to its queues, oldest first; the first is its creation, the last's
 *     count equals {@code settings.queues()}
 * @param settings what a user decided about it
 */
public record Topic(
        String name,
        int id,
        boolean system,
        long createdMs,
        List<Growth> growth,
        TopicSettings settings) {

    /** From {@code atMs} on (wall-clock milliseconds) the topic had {@code queues} queues. */
    public record Growth(int queues, long atMs) {}

    public Topic {
        growth = List.copyOf(growth);
        if (growth.isEmpty() || growth.getLast().queues() != settings.queues()) {
            throw new IllegalArgumentException("growth and settings disagree: " + name);
        }
    }

    static Topic create(String name, int id, boolean system, long nowMs, TopicSettings settings) {
        List<Growth> growth = List.of(new Growth(settings.queues(), nowMs));
        return new Topic(name, id, system, nowMs, growth, settings);
    }

    /** The number of queues; queue ids are 0 to {@code queues() - 1}. */
    public int queues() {
        return settings.queues();
    }

    /** Whether its queues are lite topics: they have names, and come and go by themselves. */
    public boolean lite() {
        return settings.lite();
    }

    /** Whether there may be a queue of that id. */
    public boolean mayHave(int queueId) {
        return queueId >= 0 && queueId < (lite() ? TopicSettings.QUEUE_IDS_MAX : settings.queues());
    }

    /** How many of its queues the topic was created with; those from here on were added later. */
    public int queuesAtCreation() {
        return growth.getFirst().queues();
    }

    /**
     * When the queue was added, wall-clock milliseconds.
     *
     * @throws IndexOutOfBoundsException if there is no such queue
     */
    public long queueCreatedMs(int queue) {
        for (Growth step : growth) {
            if (queue >= 0 && queue < step.queues()) {
                return step.atMs();
            }
        }
        throw new IndexOutOfBoundsException("queue " + queue + " of " + queues() + " of " + name);
    }

    public boolean readable() {
        return (settings.permissions() & TopicSettings.READ) != 0;
    }

    public boolean writable() {
        return (settings.permissions() & TopicSettings.WRITE) != 0;
    }

    /** The kind of messages it takes, in RocketMQ's words; NORMAL if nobody decided. */
    public String messageType() {
        return settings.attributes().getOrDefault(TopicSettings.MESSAGE_TYPE, "NORMAL");
    }

    /** Whether receivers get messages of higher priority first. */
    public boolean prioritized() {
        return TopicSettings.PRIORITY.equals(settings.attributes().get(TopicSettings.MESSAGE_TYPE));
    }

    /** This incarnation with other settings, whose queues are not fewer. */
    Topic with(TopicSettings changed, long nowMs) {
        if (changed.queues() == queues()) {
            return new Topic(name, id, system, createdMs, growth, changed);
        }
        List<Growth> grown = new ArrayList<>(growth);
        grown.add(new Growth(changed.queues(), nowMs));
        return new Topic(name, id, system, createdMs, grown, changed);
    }
}
