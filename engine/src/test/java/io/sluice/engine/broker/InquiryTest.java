package io.sluice.engine.broker;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.engine.broker.Receive.Received;
import io.sluice.engine.catalog.Group;
import io.sluice.engine.catalog.GroupSettings;
import io.sluice.engine.catalog.Topic;
import io.sluice.engine.group.Ordering;
import io.sluice.engine.message.Message;
import io.sluice.engine.message.TimeToLive;
import io.sluice.engine.queue.QueueRef;
import io.sluice.engine.queue.TagFilter;
import io.sluice.engine.schedule.TransactionRules;
import io.sluice.engine.schedule.Transactions.Decision;
import io.sluice.engine.shard.Appended;
import io.sluice.engine.shard.Outcome;
import io.sluice.engine.shard.Standing.Barrier;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Why a message was not consumed: transactions, leases, barriers, through a whole engine. */
final class InquiryTest {
    private static final Why.Audience ORDERED =
            new Why.Audience(true, true, false, List.of(new Why.Subscribed("a", "*", true)));
    private static final Why.Audience ONLINE =
            new Why.Audience(true, false, false, List.of(new Why.Subscribed("a", "*", true)));
    private static final long HOLD_MS = 60_000;

    private final Machine machine = new Machine();

    InquiryTest() {
        machine.transactionRules = new TransactionRules(6_000, 30_000, 3, 120_000, 5);
        machine.start();
    }

    @BeforeEach
    void ask() {
        broker().transactions().checkWith(check -> {});
        machine.time.run();
    }

    private Broker broker() {
        return machine.broker();
    }

    private Located byKey(Topic topic, String key) {
        return machine.ask(reply -> broker().finder().byAnyKey(topic, key, reply));
    }

    private Why why(Located message, Group group, Why.Audience audience) {
        return machine.ask(reply -> broker().finder().why(message, group, audience, reply));
    }

    private void commit(Group group, Topic topic, int queueId, long offset) {
        long done =
                machine.ask(reply ->
                        broker().commitOffset(group, topic, queueId, offset, false, reply));
        assertEquals(offset, done);
    }

    // Transactions.

    private long prepare(Topic topic, String unique) {
        Message message =
                Machine.message(topic, "paid", "UNIQ_KEY\1" + unique + "\2PGROUP\1payers\2");
        return machine.ask((Consumer<Outcome<Long>> reply) ->
                broker().transactions()
                        .prepare(topic, 1, message, TransactionDesk.BY_RULE, 0, reply));
    }

    private void decide(long id, boolean commits) {
        Decision decision =
                machine.ask((Consumer<Outcome<Decision>> reply) ->
                        broker().transactions().end(id, "payers", commits, reply));
        assertEquals(commits ? Decision.COMMITTED : Decision.ROLLED_BACK, decision);
    }

    @Test
    void shouldTellOfAHalfMessageThatItsTransactionIsUndecided() {
        Topic topic = machine.topic("orders", 2);
        Group group = machine.group("billing");
        long id = prepare(topic, "tx-1");
        Located half = byKey(topic, "tx-1");
        assertEquals(id, half.transaction());
        assertEquals("paid", Machine.body(half.message()));
        machine.advanceMs(7_000);
        var undecided =
                assertInstanceOf(Why.NotDecided.class, why(half, group, ONLINE)).transaction();
        assertEquals("payers", undecided.group());
        assertEquals(1, undecided.checks());
        Located byId = machine.ask(reply -> broker().finder().byTransaction(id, reply));
        assertInstanceOf(Why.NotDecided.class, why(byId, group, ONLINE));
    }

    @Test
    void shouldTellWhatWasDecidedAlsoAfterARestart() {
        Topic topic = machine.topic("orders", 2);
        Group group = machine.group("billing");
        decide(prepare(topic, "tx-1"), false);
        decide(prepare(topic, "tx-2"), true);
        prepare(topic, "tx-3");
        machine.advanceMs(130_000);
        machine.killAndRestart();
        Topic now = machine.existing("orders");
        assertEquals(Decision.ROLLED_BACK, decision(byKey(now, "tx-1"), group));
        assertEquals(new Why.NeverConsumed(true), why(byKey(now, "tx-2"), group, ONLINE));
        assertEquals(Decision.EXPIRED, decision(byKey(now, "tx-3"), group));
    }

    private Decision decision(Located half, Group group) {
        Why why = why(half, group, ONLINE);
        var decided = assertInstanceOf(Why.NotCommitted.class, why).decided();
        assertInstanceOf(Object.class, decided, "it was decided lately");
        return decided == null ? Decision.COMMITTED : decided.decision();
    }

    // Leases.

    @Test
    void shouldTellALeaseThatIsHeldFromOneThatHasRunOutAndFromAnAcknowledgement() {
        Topic topic = machine.topic("orders", 1);
        Group group = machine.group("billing");
        machine.send(topic, 0, "one", "UNIQ_KEY\1one\2");
        machine.send(topic, 0, "two", "UNIQ_KEY\1two\2");
        commit(group, topic, 0, 0);
        long until = machine.time.wallMs() + HOLD_MS;
        Received received = receive(group, topic);
        assertEquals(2, received.offsets().length);
        Why.Leased leased =
                assertInstanceOf(Why.Leased.class, why(byKey(topic, "two"), group, ONLINE));
        assertEquals(new Why.Leased(leased.untilMs(), 1, true), leased);
        assertTrue(Math.abs(until - leased.untilMs()) < 100);
        acknowledge(group, topic, received, 1);
        assertEquals(new Why.Acknowledged(2, 0), why(byKey(topic, "two"), group, ONLINE));
        machine.advanceMs(HOLD_MS + 1_000);
        assertEquals(
                new Why.Leased(leased.untilMs(), 1, false),
                why(byKey(topic, "one"), group, ONLINE));
    }

    private Received receive(Group group, Topic topic) {
        return machine.ask((Consumer<Outcome<Received>> reply) ->
                broker().receiver()
                        .receive(
                                new Receive(
                                        group,
                                        topic,
                                        0,
                                        32,
                                        1 << 20,
                                        TagFilter.ALL,
                                        HOLD_MS,
                                        Ordering.NONE,
                                        false,
                                        0,
                                        ByteBuffer::allocate,
                                        Asker.staying(machine.time.executor()),
                                        null,
                                        reply)));
    }

    private void acknowledge(Group group, Topic topic, Received received, long offset) {
        int count =
                machine.ask((Consumer<Outcome<Integer>> reply) ->
                        broker().receiver()
                                .acknowledge(
                                        group,
                                        topic,
                                        0,
                                        received.number(),
                                        new long[] {offset},
                                        reply));
        assertEquals(1, count);
    }

    // Order.

    @Test
    void shouldNameTheQueueBecauseOfWhichAGroupWaitsAtABarrier() {
        Topic small = machine.topic("orders", 2);
        Group group = machine.group("billing");
        List<QueueRef> queues = List.of(new QueueRef(small.id(), 0), new QueueRef(small.id(), 1));
        List<QueueRef> held = machine.ask(reply -> broker().lockQueues(group, "a", queues, reply));
        assertEquals(2, held.size());
        for (int i = 0; i < 3; i++) {
            machine.send(small, 0, "m" + i, "");
            machine.send(small, 1, "m" + i, "");
        }
        machine.advanceMs(2_000);
        Topic topic = machine.grow("orders", 3);
        broker().tellingQueues(topic, outcome -> {});
        machine.advanceMs(20);
        machine.send(topic, 2, "beyond", "UNIQ_KEY\1beyond\2");
        machine.send(topic, 0, "beyond too", "UNIQ_KEY\1too\2");
        commit(group, topic, 2, 0);
        commit(group, topic, 0, 1);
        commit(group, topic, 1, 2);
        assertEquals(
                new Why.BehindBarrier(new Barrier(0, 0, 1, 3)),
                why(byKey(topic, "beyond"), group, ORDERED));
        assertEquals(new Why.BehindOrdered(1, "a"), why(byKey(topic, "too"), group, ORDERED));
        commit(group, topic, 0, 3);
        assertEquals(
                new Why.BehindBarrier(new Barrier(3, 1, 2, 3)),
                why(byKey(topic, "too"), group, ORDERED));
        commit(group, topic, 1, 3);
        assertEquals(new Why.NotReached(3, 0, true), why(byKey(topic, "too"), group, ORDERED));
    }

    // What is held back.

    @Test
    void shouldTellUntilWhenTheRateOfAGroupHoldsItBack() {
        Topic topic = machine.topic("orders", 1);
        var _ = machine.group("billing");
        var _ =
                broker().catalog()
                        .updateGroup(
                                "billing",
                                s -> s.withAttributes(Map.of(GroupSettings.CONSUME_RATE, "2")));
        machine.time.run();
        Receiving workers = new Receiving(machine, topic, Ordering.NONE);
        workers.group = requireNonNull(broker().catalog().group("billing"));
        assertEquals(List.of(), Receiving.bodies(workers.receive(1))); // begins
        for (String body : List.of("a", "b", "c", "d")) {
            machine.send(topic, 0, body, "UNIQ_KEY\1" + body + "\2");
        }
        Why next = why(byKey(topic, "c"), workers.group, ONLINE);
        assertEquals(new Why.NotReached(0, 2, true), next);
        assertEquals(List.of("a", "b"), Receiving.bodies(workers.receive(9)));
        long atMs = machine.time.wallMs();
        Why held = why(byKey(topic, "d"), workers.group, ONLINE);
        Why.HeldByRate rate = assertInstanceOf(Why.HeldByRate.class, held);
        assertEquals(1, rate.behind());
        assertTrue(rate.untilMs() > atMs && rate.untilMs() <= atMs + 500, rate.toString());
        machine.advanceMs(rate.untilMs() - machine.time.wallMs());
        assertEquals(List.of("c"), Receiving.bodies(workers.receive(9)));
    }

    // What is passed over.

    @Test
    void shouldTellThatAMessageHasOutlivedItsTime() {
        Topic topic = machine.topic("orders", 1);
        Group group = machine.group("billing");
        commit(group, topic, 0, 0);
        Message message = limited(topic, "UNIQ_KEY\1short\2TTL_MS\0011000\2");
        Appended appended =
                machine.ask((Consumer<Outcome<Appended>> reply) ->
                        broker().append(topic, 0, List.of(message), 0, reply));
        assertEquals(0, appended.offset());
        assertEquals(new Why.NotReached(0, 0, true), why(byKey(topic, "short"), group, ONLINE));
        machine.advanceMs(1_100);
        assertEquals(new Why.Outlived(), why(byKey(topic, "short"), group, ONLINE));
    }

    private Message limited(Topic topic, String properties) {
        return new Message(
                topic.id(),
                utf8(topic.name()),
                0,
                TimeToLive.LIMITED,
                machine.time.wallMs(),
                new byte[8],
                0,
                0,
                ByteBuffer.wrap(utf8("short-lived")),
                utf8(properties));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
