package io.sluice.engine.broker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.sluice.engine.broker.Pull.Pulled;
import io.sluice.engine.broker.Receive.Received;
import io.sluice.engine.catalog.Group;
import io.sluice.engine.catalog.GroupSettings;
import io.sluice.engine.catalog.Topic;
import io.sluice.engine.group.Ordering;
import io.sluice.engine.queue.QueueRef;
import io.sluice.engine.queue.TagFilter;
import io.sluice.engine.shard.Offer;
import io.sluice.engine.shard.Outcome;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Whoever goes away while it waits is let go at once, wherever it waits. */
final class GoneTest {
    private static final long WAIT_MS = 30_000;

    private final Machine machine = new Machine().start();
    private final Topic topic = machine.topic("orders", 2);
    private final Group group = machine.group("workers");
    private final Leaving client = new Leaving(machine.time.executor());

    private AtomicReference<@Nullable Outcome<Pulled>> pull(Pull.Reader reader, Asker asker) {
        AtomicReference<@Nullable Outcome<Pulled>> answer = new AtomicReference<>();
        machine.broker()
                .pull(
                        new Pull(
                                topic,
                                0,
                                0,
                                32,
                                1 << 20,
                                TagFilter.ALL,
                                WAIT_MS,
                                ByteBuffer::allocate,
                                asker,
                                answer::set,
                                reader));
        machine.time.run();
        return answer;
    }

    private AtomicReference<@Nullable Outcome<Received>> receive(int queueId, Asker asker) {
        AtomicReference<@Nullable Outcome<Received>> answer = new AtomicReference<>();
        machine.broker()
                .receiver()
                .receive(
                        new Receive(
                                group,
                                topic,
                                queueId,
                                1,
                                1 << 20,
                                TagFilter.ALL,
                                10_000,
                                Ordering.NONE,
                                false,
                                WAIT_MS,
                                ByteBuffer::allocate,
                                asker,
                                null,
                                answer::set));
        machine.time.run();
        return answer;
    }

    private int waiting() {
        return machine.ask(reply -> machine.broker().receiver().waiting(group, topic, -1, reply));
    }

    private void leave() {
        client.leave();
        machine.time.run();
    }

    private static <T> T done(AtomicReference<@Nullable Outcome<T>> answer) {
        Outcome<T> outcome = answer.get();
        assertNotNull(outcome, "it still waits");
        return switch (outcome) {
            case Outcome.Done<T>(T value) -> value;
            case Outcome.Refused<T> refused -> throw new AssertionError(refused.detail());
        };
    }

    private void limit(int perSecond) {
        var _ =
                machine.broker()
                        .catalog()
                        .updateGroup(
                                "workers",
                                s ->
                                        s.withAttributes(
                                                Map.of(
                                                        GroupSettings.CONSUME_RATE,
                                                        "" + perSecond)));
        machine.time.run();
    }

    @Test
    void shouldLetGoOfAPullInAnEmptyQueue() {
        var gone = pull(Pull.Reader.NOBODY, client);
        var stays = pull(Pull.Reader.NOBODY, Asker.staying(machine.time.executor()));
        assertNull(gone.get());
        leave();
        assertEquals(Pull.Found.END, done(gone).found());
        assertNull(stays.get(), "others wait on");
        machine.send(topic, 0, "a");
        machine.time.run();
        assertEquals(1, done(stays).count());
    }

    @Test
    void shouldLetGoOfAPullThatIsAheadOfItsRate() {
        limit(1);
        machine.send(topic, 0, "a");
        Pull.Reader reader = new Pull.Reader(group.id(), "client");
        assertEquals(1, done(pull(reader, Asker.staying(machine.time.executor()))).count());
        var gone = pull(reader, client);
        assertNull(gone.get());
        leave();
        assertEquals(0, done(gone).count());
    }

    @Test
    void shouldLetGoOfAPullAtABarrier() {
        machine.send(topic, 0, "a");
        machine.send(topic, 1, "b");
        List<QueueRef> locked =
                machine.ask(reply ->
                        machine.broker()
                                .lockQueues(
                                        group,
                                        "client",
                                        List.of(new QueueRef(topic.id(), 0)),
                                        reply));
        assertEquals(1, locked.size());
        Pull.Reader reader = new Pull.Reader(group.id(), "client");
        assertEquals(1, done(pull(reader, Asker.staying(machine.time.executor()))).count());
        machine.advanceMs(2_000);
        Topic grown = machine.grow("orders", 3);
        machine.broker().tellingQueues(grown, outcome -> {});
        machine.advanceMs(20);
        machine.send(grown, 2, "c");
        AtomicReference<@Nullable Outcome<Pulled>> gone = new AtomicReference<>();
        machine.broker()
                .pull(
                        new Pull(
                                grown,
                                2,
                                0,
                                32,
                                1 << 20,
                                TagFilter.ALL,
                                WAIT_MS,
                                ByteBuffer::allocate,
                                client,
                                gone::set,
                                reader));
        machine.time.run();
        assertNull(gone.get(), "b has not been consumed");
        leave();
        assertEquals(0, done(gone).count());
    }

    @Test
    void shouldLetGoOfAReceiverAndKeepItsPlaceForTheNext() {
        var gone = receive(-1, client);
        var next = receive(-1, Asker.staying(machine.time.executor()));
        assertEquals(2, waiting());
        leave();
        assertEquals(-1, done(gone).queueId());
        assertEquals(1, waiting());
        assertNull(next.get());
        machine.send(topic, 1, "a");
        machine.advanceMs(20);
        assertEquals(1, done(next).offsets().length);
        assertEquals(0, waiting());
    }

    @Test
    void shouldLetGoOfAReceiverThatIsAheadOfItsRate() {
        limit(1);
        receive(-1, client); // begins
        leave();
        machine.send(topic, 0, "a");
        machine.send(topic, 0, "b");
        assertEquals(1, done(receive(-1, Asker.staying(machine.time.executor()))).offsets().length);
        Leaving other = new Leaving(machine.time.executor());
        var gone = receive(-1, other);
        assertNull(gone.get());
        other.leave();
        machine.time.run();
        assertEquals(-1, done(gone).queueId());
    }

    @Test
    void shouldLetGoOfWhoIsGoneBeforeItWaits() {
        client.leave();
        assertEquals(Pull.Found.END, done(pull(Pull.Reader.NOBODY, client)).found());
        assertEquals(-1, done(receive(0, client)).queueId());
        assertEquals(0, waiting());
    }

    @Test
    void shouldLetGoOfWhoOnlyLooks() {
        AtomicReference<@Nullable Outcome<Offer>> answer = new AtomicReference<>();
        machine.broker()
                .receiver()
                .look(group, topic, -1, Ordering.NONE, WAIT_MS, client, answer::set);
        machine.time.run();
        assertNull(answer.get());
        leave();
        assertEquals(true, done(answer).isNothing());
    }
}
