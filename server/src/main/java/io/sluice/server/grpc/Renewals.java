package io.sluice.server.grpc;

import io.sluice.engine.broker.Broker;
import io.sluice.engine.catalog.Group;
import io.sluice.engine.catalog.Topic;
import io.sluice.engine.shard.Outcome;
import io.sluice.engine.shard.Refusal;
import io.sluice.engine.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Messages that push consumers hold until they say what became of them. Each is leased for a short
 * time, and that is prolonged here again and again: so a consumer may take hours, but what one
 * holds that is gone comes to another soon. Any thread.
 */
final class Renewals {
    /** How long such a message is leased at a time. */
    static final long LEASE_MS = 60_000;

    /** How often {@link #renew} is to be called. */
    static final long EVERY_MS = 10_000;

    /** Whoever takes longer will never be done; as RocketMQ's proxy has it. */
    private static final long HELD_MS_MAX = TimeUnit.HOURS.toMillis(3);

    /** As RocketMQ's proxy: what its client has just done with them may still come. */
    private static final long GIVEN_BACK_AFTER_MS = 1_000;

    /** Renewed when less than that is left: two rounds may fail. */
    private static final long LEFT_MS_MIN = 3 * EVERY_MS;

    private record Held(String clientId, Group group, Topic topic, long sinceMs, long untilMs) {
        Held until(long ms) {
            return new Held(clientId, group, topic, sinceMs, ms);
        }
    }

    /** Holds a message for so long from now on. */
    interface Holding {
        void hold(
                Group group, Topic topic, Receipt receipt, long ms, Consumer<Outcome<Long>> reply);
    }

    private final Holding holding;
    private final Clock clock;
    private final Map<Receipt, Held> held = new ConcurrentHashMap<>();

    Renewals(Holding holding, Clock clock) {
        this.holding = holding;
        this.clock = clock;
    }

    /** Holds messages of a broker. */
    static Holding holding(Broker broker) {
        return (group, topic, receipt, ms, reply) ->
                broker.receiver()
                        .extend(
                                group,
                                topic,
                                receipt.queueId(),
                                receipt.number(),
                                receipt.offset(),
                                ms,
                                reply);
    }

    private long nowMs() {
        return TimeUnit.NANOSECONDS.toMillis(clock.nanos());
    }

    /** A client was handed messages, each for {@link #LEASE_MS}. */
    void add(String clientId, Group group, Topic topic, List<Receipt> receipts) {
        long now = nowMs();
        for (Receipt receipt : receipts) {
            held.put(receipt, new Held(clientId, group, topic, now, now + LEASE_MS));
        }
    }

    /** A client has said what becomes of a message. */
    void remove(Receipt receipt) {
        if (!held.isEmpty()) {
            held.remove(receipt);
        }
    }

    /** How many messages are prolonged. */
    int size() {
        return held.size();
    }

    /**
     * Prolongs what will run out soon.
     *
     * @param isHere whether a client, by its id, can still be told things
     */
    void renew(Predicate<String> isHere) {
        long now = nowMs();
        held.forEach((receipt, each) -> {
            if (now - each.untilMs >= 0 || now - each.sinceMs > HELD_MS_MAX) {
                held.remove(receipt, each);
            } else if (each.untilMs - now < LEFT_MS_MIN && isHere.test(each.clientId)) {
                renew(receipt, each, now);
            }
        });
    }

    private void renew(Receipt receipt, Held each, long now) {
        holding.hold(
                each.group,
                each.topic,
                receipt,
                LEASE_MS,
                outcome -> {
                    switch (outcome) {
                        case Outcome.Done<Long> done ->
                                held.replace(receipt, each, each.until(now + LEASE_MS));
                        case Outcome.Refused<Long> refused -> {
                            if (refused.refusal() == Refusal.LEASE_GONE) {
                                held.remove(receipt, each);
                            } // else it is tried once more
                        }
                    }
                });
    }

    /** A client took its leave: what it held comes to others soon. */
    void giveBack(String clientId) {
        held.forEach((receipt, each) -> {
            if (each.clientId.equals(clientId) && held.remove(receipt, each)) {
                holding.hold(
                        each.group,
                        each.topic,
                        receipt,
                        GIVEN_BACK_AFTER_MS,
                        outcome -> {}); // else its time runs out by itself
            }
        });
    }
}
