package io.sluice.engine.broker;

import io.sluice.engine.broker.Receive.Received;
import io.sluice.engine.catalog.Group;
import io.sluice.engine.catalog.Topic;
import io.sluice.engine.group.Ordering;
import io.sluice.engine.message.StoredMessage;
import io.sluice.engine.queue.TagFilter;
import io.sluice.engine.shard.Outcome;
import io.sluice.engine.shard.Refusal;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** Receives of one group from the queues of one topic, in one order. */
final class Receiving {
    static final long HOLD_MS = 10_000;

    final Machine machine;
    private final Ordering ordering;
    Topic topic;
    Group group;
    TagFilter filter = TagFilter.ALL;
    @Nullable String attemptId;

    Receiving(Machine machine, Topic topic, Ordering ordering) {
        this.machine = machine;
        this.topic = topic;
        this.ordering = ordering;
        this.group = machine.group("workers");
        receive(1); // begins
    }

    private Receive request(int count, long suspendMs, Consumer<Outcome<Received>> reply) {
        return request(ordering, count, 1 << 20, suspendMs, reply);
    }

    private Receive request(
            Ordering ordering,
            int count,
            int sizeBytesMax,
            long suspendMs,
            Consumer<Outcome<Received>> reply) {
        return new Receive(
                group,
                topic,
                0,
                count,
                sizeBytesMax,
                filter,
                HOLD_MS,
                ordering,
                false,
                suspendMs,
                ByteBuffer::allocate,
                Asker.staying(machine.time.executor()),
                attemptId,
                reply);
    }

    /** As one that may ask again under the same name. */
    Received attempt(String attemptId, int count) {
        this.attemptId = attemptId;
        Received received = receive(count);
        this.attemptId = null;
        return received;
    }

    Received receive(int count) {
        return receive(ordering, count);
    }

    Received receive(Ordering other, int count) {
        return receive(other, count, 1 << 20);
    }

    Received receive(Ordering other, int count, int sizeBytesMax) {
        return machine.ask(reply ->
                machine.broker().receiver().receive(request(other, count, sizeBytesMax, 0, reply)));
    }

    Outcome<Received> outcome(int count) {
        return machine.outcome(
                reply -> machine.broker().receiver().receive(request(count, 0, reply)));
    }

    /** What one that waits is answered some time: the list stays empty until then. */
    List<Received> await(int count) {
        List<Received> answers = new ArrayList<>();
        Consumer<Outcome<Received>> reply =
                outcome -> answers.add(((Outcome.Done<Received>) outcome).value());
        machine.broker().receiver().receive(request(count, 60_000, reply));
        machine.time.run();
        return answers;
    }

    Outcome<Integer> acknowledge(long number, long... offsets) {
        return machine.outcome(reply ->
                machine.broker().receiver().acknowledge(group, topic, 0, number, offsets, reply));
    }

    /** All of it, or the messages of it with these bodies. */
    void acknowledge(Received received, String... bodies) {
        List<String> all = bodies(received);
        long[] offsets =
                bodies.length == 0
                        ? received.offsets()
                        : LongStream.range(0, all.size())
                                .filter(i -> List.of(bodies).contains(all.get((int) i)))
                                .map(i -> received.offsets()[(int) i])
                                .toArray();
        if (!acknowledge(received.number(), offsets).equals(Outcome.done(offsets.length))) {
            throw new AssertionError("not held any more");
        }
    }

    Outcome<Long> extend(long number, long offset, long ms) {
        return machine.outcome(reply ->
                machine.broker().receiver().extend(group, topic, 0, number, offset, ms, reply));
    }

    long committed() {
        return machine.ask(reply -> machine.broker().startOffset(group, topic, 0, false, reply));
    }

    /** The group sets its offset. */
    void commit(long offset) {
        machine.ask((Consumer<Outcome<Long>> reply) ->
                machine.broker().commitOffset(group, topic, 0, offset, false, reply));
    }

    void retryMax(int times) {
        group =
                machine.ask((Consumer<Outcome<Group>> reply) ->
                        Changes.report(
                                machine.broker()
                                        .catalog()
                                        .updateGroup("workers", s -> s.withRetryMax(times)),
                                Refusal.GROUP_UNKNOWN,
                                reply));
    }

    /** The process dies and comes back, with the same state. */
    void restart() {
        machine.advanceMs(20);
        ByteBuffer before = machine.broker().checkpoint();
        int segment = machine.log().segmentOf(machine.log().durablePosition());
        machine.killAndRestart();
        if (segment == machine.log().segmentOf(machine.log().durablePosition())
                && !before.equals(machine.broker().checkpoint())) {
            throw new AssertionError("another state after a restart");
        }
        topic = machine.existing(topic.name());
    }

    static List<ByteBuffer> messages(Received received) {
        List<ByteBuffer> messages = new ArrayList<>();
        ByteBuffer all = received.messages();
        for (int at = all.position(); at < all.limit(); ) {
            int size = StoredMessage.sizeBytes(all, at);
            messages.add(all.slice(at, size));
            at += size;
        }
        return messages;
    }

    static List<String> bodies(Received received) {
        return messages(received).stream().map(Machine::body).toList();
    }

    static List<Integer> times(Received received) {
        return messages(received).stream()
                .map(message -> StoredMessage.reconsumeTimes(message, 0))
                .toList();
    }
}
