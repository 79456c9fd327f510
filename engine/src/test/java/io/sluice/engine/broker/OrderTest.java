package io.sluice.engine.broker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.engine.broker.Pull.Found;
import io.sluice.engine.broker.Pull.Pulled;
import io.sluice.engine.broker.Pull.Reader;
import io.sluice.engine.catalog.Group;
import io.sluice.engine.catalog.Topic;
import io.sluice.engine.group.OrderLocks;
import io.sluice.engine.queue.QueueRef;
import io.sluice.engine.queue.TagFilter;
import io.sluice.engine.shard.Outcome;
import io.sluice.engine.shard.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Who may consume in order, whose commits count, and how far a group may read. */
class OrderTest {
    private final Machine machine = new Machine().start();

    private Broker broker() {
        return machine.broker();
    }

    private List<QueueRef> lock(Group group, String clientId, QueueRef queue) {
        return machine.ask(reply -> broker().lockQueues(group, clientId, List.of(queue), reply));
    }

    private static QueueRef queue(Topic topic, int queueId) {
        return new QueueRef(topic.id(), queueId);
    }

    private long commit(
            Group group, Topic topic, int queueId, long offset, @Nullable String clientId) {
        return machine.ask(reply ->
                broker().commitOffset(group, topic, queueId, offset, false, clientId, reply));
    }

    private long committed(Group group, Topic topic, int queueId) {
        return machine.ask(reply -> broker().startOffset(group, topic, queueId, false, reply));
    }

    private Pulled pull(Group group, String clientId, Topic topic, int queueId, long offset) {
        return machine.ask(reply ->
                broker().pull(
                                machine.pull(
                                        new Reader(group.id(), clientId),
                                        topic,
                                        queueId,
                                        offset,
                                        0,
                                        TagFilter.ALL,
                                        reply)));
    }

    private AtomicReference<@Nullable Pulled> waiting(
            Group group, String clientId, Topic topic, int queueId, long offset) {
        AtomicReference<@Nullable Pulled> answer = new AtomicReference<>();
        broker().pull(
                        machine.pull(
                                new Reader(group.id(), clientId),
                                topic,
                                queueId,
                                offset,
                                15_000,
                                TagFilter.ALL,
                                outcome -> answer.set(((Outcome.Done<Pulled>) outcome).value())));
        machine.time.run();
        return answer;
    }

    private void send(Topic topic, int queueId, int count) {
        for (int i = 0; i < count; i++) {
            machine.send(topic, queueId, topic.name() + "-" + queueId + "-" + i);
        }
    }

    // Locks.

    @Test
    void shouldKeepLocksOverRestartsUntilTheirHoldersCanNoLongerBelieveInThem() {
        Topic topic = machine.topic("orders", 2);
        Group group = machine.group("billing");
        assertEquals(1, lock(group, "a", queue(topic, 0)).size());
        assertEquals(1, lock(group, "b", queue(topic, 1)).size());
        machine.ask((Consumer<Outcome<Integer>> reply) -> broker().unlockClient(group, "b", reply));
        machine.advanceMs(40_000);
        machine.losePowerAndRestart(new Random(1));
        assertEquals(List.of(), lock(group, "b", queue(topic, 0)));
        assertEquals(1, lock(group, "c", queue(topic, 1)).size());
        machine.advanceMs(OrderLocks.HOLD_MS - 1_000);
        assertEquals(List.of(), lock(group, "b", queue(topic, 0)));
        machine.advanceMs(2_000);
        assertEquals(1, lock(group, "b", queue(topic, 0)).size());
    }

    @Test
    void shouldGiveNoneOfTheLocksThatItRefuses() {
        Topic topic = machine.topic("orders", 64);
        List<QueueRef> all =
                IntStream.range(0, 64).mapToObj(queueId -> queue(topic, queueId)).toList();
        String client = "x".repeat(250);
        machine.logDisk.capacityBytes(machine.logDisk.usedBytes());
        Group group;
        Outcome<List<QueueRef>> outcome;
        int rounds = 0;
        do {
            Group of = machine.group("billing" + rounds);
            group = of;
            broker().lockQueues(of, client, all.subList(0, 9), locked -> {}); // shares its write
            outcome =
                    machine.outcome(
                            reply -> broker().lockQueues(of, client, all.subList(9, 64), reply));
        } while (outcome instanceof Outcome.Done<?> && ++rounds < 1_000);
        assertEquals(
                Refusal.STORAGE_FULL, assertInstanceOf(Outcome.Refused.class, outcome).refusal());
        machine.logDisk.capacityBytes(Long.MAX_VALUE);
        machine.advanceMs(3_000);
        Group refused = group;
        List<QueueRef> free = all.subList(9, 64);
        List<QueueRef> held = machine.ask(reply -> broker().lockQueues(refused, "b", free, reply));
        assertEquals(free, held);
    }

    @Test
    void shouldSayHowManyLocksAreGivenBack() {
        Topic topic = machine.topic("orders", 2);
        Group group = machine.group("billing");
        assertEquals(1, lock(group, "a", queue(topic, 0)).size());
        List<QueueRef> both = List.of(queue(topic, 0), queue(topic, 1));
        assertEquals(
                1, machine.<Integer>ask(reply -> broker().unlockQueues(group, "a", both, reply)));
        assertEquals(
                0, machine.<Integer>ask(reply -> broker().unlockQueues(group, "a", both, reply)));
        assertEquals(1, lock(group, "b", queue(topic, 0)).size());
    }

    @Test
    void shouldKeepLocksInCheckpoints() {
        Topic topic = machine.topic("orders", 1);
        Topic other = machine.topic("others", 1);
        Group group = machine.group("billing");
        assertEquals(1, lock(group, "a", queue(topic, 0)).size());
        for (int i = 0; i < 400; i++) {
            machine.send(other, 0, "x".repeat(1_000));
        }
        machine.killAndRestart();
        assertEquals(List.of(), lock(group, "b", queue(topic, 0)));
        assertEquals(1, lock(group, "a", queue(topic, 0)).size());
    }

    @Test
    void shouldRefuseLocksOfClientsWithoutAUsableId() {
        Topic topic = machine.topic("orders", 1);
        Group group = machine.group("billing");
        for (String id : List.of("", "x".repeat(OrderLocks.CLIENT_ID_SIZE_BYTES_MAX + 1))) {
            Outcome<List<QueueRef>> outcome =
                    machine.outcome(reply ->
                            broker().lockQueues(group, id, List.of(queue(topic, 0)), reply));
            var refused = assertInstanceOf(Outcome.Refused.class, outcome);
            assertEquals(Refusal.INVALID, refused.refusal());
        }
    }

    @Test
    void shouldTakeCommitsFromTheHolderOfALockAlone() {
        Topic topic = machine.topic("orders", 1);
        Group group = machine.group("billing");
        send(topic, 0, 10);
        assertEquals(1, lock(group, "a", queue(topic, 0)).size());
        assertEquals(3, commit(group, topic, 0, 3, "a"));
        machine.advanceMs(OrderLocks.HOLD_MS + 1);
        assertEquals(4, commit(group, topic, 0, 4, "a"), "nobody else has got it yet");
        assertEquals(1, lock(group, "b", queue(topic, 0)).size());
        assertEquals(4, commit(group, topic, 0, 9, "a"));
        assertEquals(4, commit(group, topic, 0, 9, ""));
        assertEquals(5, commit(group, topic, 0, 5, "b"));
        assertEquals(5, commit(group, topic, 0, 2, "a"));
        assertEquals(6, commit(group, topic, 0, 6, null), "an operator may");
        machine.killAndRestart();
        assertEquals(6, commit(group, topic, 0, 9, "a"));
        assertEquals(7, commit(group, topic, 0, 7, "b"));
        machine.ask((Consumer<Outcome<Integer>> reply) -> broker().unlockClient(group, "b", reply));
        assertEquals(8, commit(group, topic, 0, 8, "a"), "it is nobody's any more");
    }

    // Resets.

    private void reset(Group group, Topic topic, long atMs) {
        List<Replay.Step> plan =
                machine.ask(reply -> broker().replay().plan(group, topic, atMs, reply));
        int moved = machine.ask(reply -> broker().replay().reset(group, topic, plan, reply));
        assertEquals(topic.queues(), moved);
    }

    @Test
    void shouldPlanAResetWithoutChangingAnything() {
        Topic topic = machine.topic("orders", 2);
        Group group = machine.group("billing");
        send(topic, 0, 3);
        machine.advanceMs(1_000);
        long ms = machine.time.wallMs();
        send(topic, 0, 2);
        commit(group, topic, 0, 4, "a");
        List<Replay.Step> plan =
                machine.ask(reply -> broker().replay().plan(group, topic, ms, reply));
        assertEquals(
                List.of(new Replay.Step(0, 0, 5, 4, 3), new Replay.Step(1, 0, 0, -1, 0)), plan);
        assertEquals(4, committed(group, topic, 0));
        List<Replay.Step> end =
                machine.ask(reply -> broker().replay().plan(group, topic, Replay.LATEST, reply));
        assertEquals(5, end.getFirst().target());
    }

    @Test
    void shouldTellAConsumerOfItsResetAndNotLetItsLateCommitsUndoIt() {
        Topic topic = machine.topic("orders", 1);
        Group group = machine.group("billing");
        send(topic, 0, 10);
        assertEquals(10, pull(group, "a", topic, 0, 0).nextOffset());
        assertEquals(8, commit(group, topic, 0, 8, "a"));
        AtomicReference<@Nullable Pulled> waiting = waiting(group, "a", topic, 0, 10);
        assertNull(waiting.get());
        reset(group, topic, Replay.EARLIEST);
        Pulled told = waiting.get();
        assertTrue(told != null && told.found() == Found.OUT_OF_RANGE && told.nextOffset() == 0);
        assertEquals(0, commit(group, topic, 0, 9, "a"), "it had that before");
        machine.killAndRestart();
        assertEquals(0, committed(group, topic, 0));
        assertEquals(0, commit(group, topic, 0, 10, "a"));
        assertEquals(0, pull(group, "a", topic, 0, 10).nextOffset());
        assertEquals(10, pull(group, "a", topic, 0, 0).count());
        assertEquals(0, commit(group, topic, 0, 5, "b"), "another client has not read on");
        assertEquals(2, commit(group, topic, 0, 2, "a"));
        assertEquals(1, commit(group, topic, 0, 1, "a"), "from now on all is as ever");
        assertEquals(10, pull(group, "a", topic, 0, 10).nextOffset());
    }

    @Test
    void shouldSkipWhatHasPiledUp() {
        Topic topic = machine.topic("orders", 1);
        Group group = machine.group("billing");
        send(topic, 0, 10);
        assertEquals(10, pull(group, "a", topic, 0, 0).count());
        reset(group, topic, Replay.LATEST);
        assertEquals(10, committed(group, topic, 0));
        assertEquals(10, commit(group, topic, 0, 3, "a"));
        assertEquals(Found.END, pull(group, "a", topic, 0, 10).found());
        assertEquals(10, commit(group, topic, 0, 4, "a"));
        send(topic, 0, 1);
        assertEquals(1, pull(group, "a", topic, 0, 10).count());
        assertEquals(11, commit(group, topic, 0, 11, "a"));
    }

    @Test
    void shouldRefuseAResetBeyondTheEnd() {
        Topic topic = machine.topic("orders", 1);
        Group group = machine.group("billing");
        List<Replay.Step> plan = List.of(new Replay.Step(0, 0, 5, 0, 5));
        Outcome<Integer> outcome =
                machine.outcome(reply -> broker().replay().reset(group, topic, plan, reply));
        assertEquals(Refusal.INVALID, assertInstanceOf(Outcome.Refused.class, outcome).refusal());
    }

    // Barriers.

    private Topic grown(String name, int queues) {
        machine.advanceMs(2_000);
        Topic topic = machine.grow(name, queues);
        List<Boolean> told = new ArrayList<>();
        broker().tellingQueues(topic, outcome -> told.add(true));
        machine.advanceMs(20);
        assertEquals(1, told.size());
        return topic;
    }

    @Test
    void shouldHoldAGroupThatConsumesInOrderAtTheBarrier() {
        Topic small = machine.topic("orders", 2);
        Group group = machine.group("billing");
        Group free = machine.group("audit");
        lock(group, "a", queue(small, 0));
        lock(group, "a", queue(small, 1));
        send(small, 0, 3);
        send(small, 1, 2);
        Topic topic = grown("orders", 3);
        lock(group, "a", queue(topic, 2));
        send(topic, 2, 1);
        send(topic, 0, 1);
        assertEquals(1, pull(free, "z", topic, 2, 0).count());
        assertEquals(Found.END, pull(group, "a", topic, 2, 0).found());
        assertEquals(3, pull(group, "a", topic, 0, 0).count());
        commit(group, topic, 0, 3, "a");
        assertEquals(Found.END, pull(group, "a", topic, 0, 3).found());
        assertEquals(2, pull(group, "a", topic, 1, 0).count());
        commit(group, topic, 1, 1, "a");
        machine.killAndRestart();
        assertEquals(Found.END, pull(group, "a", topic, 2, 0).found());
        AtomicReference<@Nullable Pulled> waiting = waiting(group, "a", topic, 2, 0);
        commit(group, topic, 1, 2, "a");
        machine.time.run();
        Pulled released = waiting.get();
        assertTrue(released != null && released.count() == 1);
        assertEquals(1, pull(group, "a", topic, 0, 3).count());
    }

    @Test
    void shouldLetAGroupPassThatBeganAtTheEndOfAQueue() {
        Topic small = machine.topic("orders", 2);
        Group group = machine.group("billing");
        send(small, 0, 3);
        send(small, 1, 2);
        lock(group, "a", queue(small, 0));
        lock(group, "a", queue(small, 1));
        Topic topic = grown("orders", 3);
        lock(group, "a", queue(topic, 2));
        send(topic, 2, 1);
        assertEquals(Found.END, pull(group, "a", topic, 2, 0).found());
        assertEquals(Found.END, pull(group, "a", topic, 0, 3).found());
        AtomicReference<@Nullable Pulled> waiting = waiting(group, "a", topic, 2, 0);
        assertEquals(Found.END, pull(group, "a", topic, 1, 2).found());
        machine.time.run();
        Pulled released = waiting.get();
        assertTrue(released != null && released.count() == 1);
    }

    @Test
    void shouldNotHoldAGroupOnceNobodyHoldsItsLocks() {
        Topic small = machine.topic("orders", 1);
        Group group = machine.group("billing");
        lock(group, "a", queue(small, 0));
        send(small, 0, 3);
        Topic topic = grown("orders", 2);
        send(topic, 1, 1);
        assertEquals(Found.END, pull(group, "a", topic, 1, 0).found());
        machine.advanceMs(OrderLocks.HOLD_MS + 1);
        assertEquals(1, pull(group, "a", topic, 1, 0).count());
        lock(group, "a", queue(topic, 0));
        assertEquals(Found.END, pull(group, "a", topic, 1, 0).found());
    }

    @Test
    void shouldWaitForOneBarrierForAllWhoAskForTheRouteWithinASecond() {
        machine.topic("orders", 1);
        machine.send(machine.existing("orders"), 0, "x");
        Topic topic = grown("orders", 2);
        List<Integer> told = new ArrayList<>();
        machine.advanceMs(100);
        broker().tellingQueues(topic, outcome -> told.add(1));
        broker().tellingQueues(topic, outcome -> told.add(2));
        machine.advanceMs(500);
        assertEquals(List.of(), told);
        machine.advanceMs(500);
        assertEquals(List.of(1, 2), told);
        machine.advanceMs(Growth.LEARN_MS);
        broker().tellingQueues(topic, outcome -> told.add(3));
        assertEquals(3, told.size());
    }
}
