package io.sluice.engine.broker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.engine.broker.Receive.Received;
import io.sluice.engine.catalog.Group;
import io.sluice.engine.catalog.Topic;
import io.sluice.engine.group.Ordering;
import io.sluice.engine.message.Properties;
import io.sluice.engine.message.StoredMessage;
import io.sluice.engine.queue.TagFilter;
import io.sluice.engine.shard.Offer;
import io.sluice.engine.shard.Outcome;
import io.sluice.engine.shard.Refusal;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Messages that are handed out for a time: one holder, again when it runs out, then dead. */
final class ReceiverTest {
    private static final long HOLD_MS = 10_000;

    private final Machine machine = new Machine().start();
    private Topic topic = machine.topic("orders", 2);
    private Group group = machine.group("workers");

    @BeforeEach
    void begin() {
        receive(0);
    }

    private Receiver receiver() {
        return machine.broker().receiver();
    }

    private static Receive request(
            Group group,
            Topic topic,
            int queueId,
            int countMax,
            TagFilter filter,
            boolean ordered,
            long suspendMs,
            Machine machine,
            Consumer<Outcome<Received>> reply) {
        return new Receive(
                group,
                topic,
                queueId,
                countMax,
                1 << 20,
                filter,
                HOLD_MS,
                ordered ? Ordering.QUEUE : Ordering.NONE,
                false,
                suspendMs,
                ByteBuffer::allocate,
                Asker.staying(machine.time.executor()),
                null,
                reply);
    }

    private Received receive(int queueId, int countMax, TagFilter filter, boolean ordered) {
        return machine.ask((Consumer<Outcome<Received>> reply) ->
                receiver()
                        .receive(
                                request(
                                        group, topic, queueId, countMax, filter, ordered, 0,
                                        machine, reply)));
    }

    private Received receive(int queueId) {
        return receive(queueId, 32, TagFilter.ALL, false);
    }

    private Received receiveOrdered() {
        return receive(0, 32, TagFilter.ALL, true);
    }

    /** What a receiver that waits is answered some time: the list stays empty until then. */
    private List<Received> await(int queueId, long suspendMs) {
        List<Received> answers = new ArrayList<>();
        ask(queueId, suspendMs, answers);
        machine.time.run();
        return answers;
    }

    private void ask(int queueId, long suspendMs, List<Received> answers) {
        receiver()
                .receive(
                        request(
                                group,
                                topic,
                                queueId,
                                32,
                                TagFilter.ALL,
                                false,
                                suspendMs,
                                machine,
                                outcome ->
                                        answers.add(((Outcome.Done<Received>) outcome).value())));
    }

    private static List<ByteBuffer> messages(Received received) {
        List<ByteBuffer> messages = new ArrayList<>();
        ByteBuffer all = received.messages();
        for (int at = all.position(); at < all.limit(); ) {
            int size = StoredMessage.sizeBytes(all, at);
            messages.add(all.slice(at, size));
            at += size;
        }
        return messages;
    }

    private static List<String> bodies(Received received) {
        return messages(received).stream().map(Machine::body).toList();
    }

    private static int times(Received received) {
        return StoredMessage.reconsumeTimes(messages(received).getFirst(), 0);
    }

    private Outcome<Integer> acknowledge(Received received, long... offsets) {
        return machine.outcome((Consumer<Outcome<Integer>> reply) ->
                receiver()
                        .acknowledge(
                                group,
                                topic,
                                received.queueId(),
                                received.number(),
                                offsets,
                                reply));
    }

    private Outcome<Long> extend(Received received, long offset, long ms) {
        return machine.outcome((Consumer<Outcome<Long>> reply) ->
                receiver()
                        .extend(
                                group,
                                topic,
                                received.queueId(),
                                received.number(),
                                offset,
                                ms,
                                reply));
    }

    private long committed() {
        return machine.ask((Consumer<Outcome<Long>> reply) ->
                machine.broker().startOffset(group, topic, 0, false, reply));
    }

    private static void assertGone(Outcome<?> outcome) {
        assertEquals(
                Refusal.LEASE_GONE, assertInstanceOf(Outcome.Refused.class, outcome).refusal());
    }

    private void send(String... bodies) {
        for (String body : bodies) {
            machine.send(topic, 0, body);
        }
    }

    @Test
    void shouldHandAMessageToOneAndAdvanceTheGroupWhenItIsAcknowledged() {
        send("a", "b", "c");
        Received received = receive(0);
        assertEquals(List.of("a", "b", "c"), bodies(received));
        assertEquals(0, times(received));
        assertEquals(machine.time.wallMs(), received.atMs());
        assertEquals(List.of(), bodies(receive(0)));
        assertEquals(0, committed());
        assertEquals(Outcome.done(1), acknowledge(received, 1));
        assertEquals(0, committed());
        assertEquals(Outcome.done(2), acknowledge(received, 0, 2));
        assertEquals(3, committed());
    }

    @Test
    void shouldHandOutAgainWhatWasNotAcknowledgedInTimeBeforeAnythingNew() {
        send("a", "b");
        Received first = receive(0);
        assertEquals(Outcome.done(1), acknowledge(first, 0));
        machine.advanceMs(HOLD_MS - 1);
        send("new");
        assertEquals(List.of("new"), bodies(receive(0)));
        machine.advanceMs(1);
        send("newer");
        Received again = receive(0);
        assertEquals(List.of("b", "newer"), bodies(again));
        assertEquals(1, times(again));
        assertEquals(0, StoredMessage.reconsumeTimes(messages(again).get(1), 0));
        assertEquals(
                0,
                StoredMessage.reconsumeTimes(
                        Machine.messages(machine.pull(topic, 0, 1)).getFirst(), 0));
    }

    @Test
    void shouldRefuseReceiptsThatAreStale() {
        send("a", "b");
        Received first = receive(0);
        assertEquals(Outcome.done(1), acknowledge(first, 0));
        assertGone(acknowledge(first, 0));
        machine.advanceMs(HOLD_MS);
        Received second = receive(0);
        assertGone(acknowledge(first, 1));
        assertGone(extend(first, 1, 1_000));
        assertGone(acknowledge(second, 7));
        assertEquals(Outcome.done(1), acknowledge(second, 0, 1, 7));
        assertGone(extend(second, 1, 1_000));
    }

    @Test
    void shouldTakeALateAcknowledgementIfNobodyElseHasTheMessage() {
        send("a");
        Received received = receive(0);
        machine.advanceMs(5 * HOLD_MS);
        assertEquals(Outcome.done(1), acknowledge(received, 0));
        assertEquals(1, committed());
    }

    @Test
    void shouldExtendForASlowConsumerAndShortenForOneThatGivesBack() {
        send("slow", "back");
        Received received = receive(0);
        assertInstanceOf(Outcome.Done.class, extend(received, 0, 3 * HOLD_MS));
        assertInstanceOf(Outcome.Done.class, extend(received, 1, 1_000));
        machine.advanceMs(1_000);
        Received again = receive(0);
        assertEquals(List.of("back"), bodies(again));
        assertEquals(1, times(again));
        machine.advanceMs(2 * HOLD_MS);
        assertEquals(Outcome.done(1), acknowledge(received, 0));
    }

    @Test
    void shouldPassOverWhatIsNotWantedForGood() {
        machine.send(topic, 0, "x", "TAGS\1x\2");
        machine.send(topic, 0, "y", "TAGS\1y\2");
        machine.send(topic, 0, "z", "TAGS\1x\2");
        Received received = receive(0, 32, TagFilter.of(List.of("y")), false);
        assertEquals(List.of("y"), bodies(received));
        acknowledge(received, 1);
        assertEquals(3, committed());
        machine.send(topic, 0, "x", "TAGS\1x\2");
        assertEquals(List.of(), bodies(receive(0, 32, TagFilter.of(List.of("y")), false)));
        assertEquals(4, committed());
    }

    @Test
    void shouldMakeADeadLetterAfterTheLastAttempt() {
        topic = machine.topic("orders", 2);
        group =
                machine.ask((Consumer<Outcome<Group>> reply) ->
                        Changes.report(
                                machine.broker()
                                        .catalog()
                                        .updateGroup("workers", s -> s.withRetryMax(2)),
                                Refusal.GROUP_UNKNOWN,
                                reply));
        send("poison");
        for (int attempt = 0; attempt < 3; attempt++) {
            Received received = receive(0);
            assertEquals(List.of("poison"), bodies(received));
            assertEquals(attempt, times(received));
            machine.advanceMs(HOLD_MS);
        }
        assertEquals(List.of(), bodies(receive(0)));
        assertEquals(1, committed());
        Topic dead = machine.existing("%DLQ%workers");
        assertEquals(List.of("poison"), machine.bodies(dead, 0));
        ByteBuffer letter = Machine.messages(machine.pull(dead, 0, 0)).getFirst();
        assertEquals(3, StoredMessage.reconsumeTimes(letter, 0));
        byte[] properties = StoredMessage.properties(letter, 0);
        assertEquals("orders", Properties.text(properties, Properties.DLQ_ORIGIN_TOPIC));
        machine.killAndRestart();
        assertEquals(List.of(), bodies(receive(0)));
        assertEquals(List.of("poison"), machine.bodies(dead, 0));
    }

    @Test
    void shouldHandOutNothingOfAQueueInOrderWhileAMessageOfItIsHeld() {
        send("a", "b", "c");
        Received first = receive(0, 2, TagFilter.ALL, true);
        assertEquals(List.of("a", "b"), bodies(first));
        assertEquals(List.of(), bodies(receiveOrdered()));
        acknowledge(first, 0);
        assertEquals(List.of(), bodies(receiveOrdered()));
        machine.advanceMs(HOLD_MS);
        Received again = receiveOrdered();
        assertEquals(List.of("b"), bodies(again));
        assertEquals(1, times(again));
        acknowledge(again, 1);
        assertEquals(List.of("c"), bodies(receiveOrdered()));
    }

    @Test
    void shouldWakeOneThatWaitsWhenSomethingComesOrRunsOut() {
        List<Received> one = await(-1, 20_000);
        List<Received> other = await(-1, 20_000);
        assertEquals(2, waiting());
        machine.send(topic, 1, "a");
        assertEquals(List.of("a"), bodies(one.getFirst()));
        assertEquals(List.of(), other);
        machine.advanceMs(HOLD_MS - 1);
        assertEquals(List.of(), other);
        machine.advanceMs(1);
        assertEquals(List.of("a"), bodies(other.getFirst()));
        assertEquals(1, times(other.getFirst()));
        assertEquals(0, waiting());
    }

    private int waiting() {
        return machine.ask(
                (Consumer<Outcome<Integer>> reply) -> receiver().waiting(group, topic, -1, reply));
    }

    @Test
    void shouldTellThatNothingCameInTime() {
        List<Received> answers = await(-1, 5_000);
        machine.advanceMs(4_999);
        assertEquals(List.of(), answers);
        machine.advanceMs(1);
        assertEquals(-1, answers.getFirst().queueId());
    }

    /** Time goes on from one look at the clock to the next, as it does in truth. */
    @Test
    void shouldNotForgetOneWhoseTimeRunsOutWhileAnotherIsTold() {
        machine.time.goOn(1_000);
        for (int later = 0; later < 20; later++) {
            List<Received> answers = new ArrayList<>();
            ask(-1, 5_000, answers);
            for (int looks = 0; looks < later; looks++) {
                assertTrue(machine.time.nanos() > 0);
            }
            ask(-1, 5_000, answers);
            machine.advanceMs(5_001);
            assertEquals(2, answers.size(), "the second came " + later + " looks later");
        }
    }

    @Test
    void shouldWakeOneThatWaitsInOrderWhenTheHolderIsDone() {
        send("a", "b");
        Received first = receive(0, 1, TagFilter.ALL, true);
        List<Received> answers = new ArrayList<>();
        receiver()
                .receive(
                        request(
                                group,
                                topic,
                                0,
                                32,
                                TagFilter.ALL,
                                true,
                                60_000,
                                machine,
                                outcome ->
                                        answers.add(((Outcome.Done<Received>) outcome).value())));
        machine.time.run();
        assertEquals(List.of(), answers);
        acknowledge(first, 0);
        assertEquals(List.of("b"), bodies(answers.getFirst()));
    }

    @Test
    void shouldShareAQueueOutWithoutHandingAnythingOutTwice() {
        for (int i = 0; i < 50; i++) {
            send("m" + i);
        }
        List<Received> answers = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            receiver()
                    .receive(
                            request(
                                    group,
                                    topic,
                                    -1,
                                    7,
                                    TagFilter.ALL,
                                    false,
                                    0,
                                    machine,
                                    outcome ->
                                            answers.add(
                                                    ((Outcome.Done<Received>) outcome).value())));
        }
        machine.time.run();
        assertEquals(10, answers.size());
        List<String> all = answers.stream().flatMap(a -> bodies(a).stream()).sorted().toList();
        assertEquals(50, all.size());
        assertEquals(50, all.stream().distinct().count());
    }

    @Test
    void shouldGiveTheTurnToTheNextIfAReaderIsSilent() {
        for (int i = 0; i < 200; i++) {
            send("m" + i + "x".repeat(800)); // more than memory holds
        }
        machine.holdReads = true;
        List<Received> slow = await(0, 0);
        machine.holdReads = false;
        List<Received> next = await(0, 0);
        assertEquals(List.of(), slow);
        assertEquals(List.of(), next);
        machine.advanceMs(2_001);
        assertEquals(1, next.size());
        assertTrue(bodies(next.getFirst()).getFirst().startsWith("m0x"));
        machine.releaseReads();
        assertEquals(1, slow.size());
        assertTrue(bodies(slow.getFirst()).getFirst().startsWith("m32x"), "leased twice");
    }

    @Test
    void shouldGoOnWhenAReaderVanishedAndNothingIsLeft() {
        send("a".repeat(800));
        for (int i = 0; i < 200; i++) {
            machine.send(topic, 1, "x".repeat(800)); // more than memory holds
        }
        machine.holdReads = true;
        List<Received> vanished = await(0, 0);
        machine.holdReads = false;
        machine.heldReads.clear();
        machine.ask((Consumer<Outcome<Long>> reply) ->
                machine.broker().commitOffset(group, topic, 0, 1, true, reply));
        List<Received> next = await(0, 9_000);
        machine.advanceMs(8_999);
        assertEquals(List.of(), next);
        machine.advanceMs(1);
        assertEquals(-1, next.getFirst().queueId());
        assertEquals(List.of(), vanished);
    }

    @Test
    void shouldLookWithoutTaking() {
        assertTrue(look(0).isNothing());
        send("a");
        assertEquals(0, look(-1).queueId());
        assertEquals(List.of("a"), bodies(receive(-1)));
        assertTrue(look(-1).isNothing());
    }

    private Offer look(int queueId) {
        return machine.ask((Consumer<Outcome<Offer>> reply) ->
                receiver()
                        .look(
                                group,
                                topic,
                                queueId,
                                Ordering.NONE,
                                0,
                                Asker.staying(machine.time.executor()),
                                reply));
    }

    @Test
    void shouldForgetLeasesWhenTheGroupIsResetOrDeleted() {
        send("a", "b", "c");
        Received first = receive(0);
        acknowledge(first, 1);
        machine.ask((Consumer<Outcome<Long>> reply) ->
                machine.broker().commitOffset(group, topic, 0, 0, false, reply));
        assertGone(acknowledge(first, 0));
        Received again = receive(0);
        assertEquals(List.of("a", "b", "c"), bodies(again));
        assertEquals(0, times(again));
        var _ = machine.broker().catalog().deleteGroup("workers");
        machine.time.run();
        Outcome<Received> refused =
                machine.outcome(reply ->
                        receiver()
                                .receive(
                                        request(
                                                group,
                                                topic,
                                                0,
                                                1,
                                                TagFilter.ALL,
                                                false,
                                                0,
                                                machine,
                                                reply)));
        assertEquals(
                Refusal.GROUP_UNKNOWN, assertInstanceOf(Outcome.Refused.class, refused).refusal());
        group = machine.group("workers");
        assertEquals(List.of("a", "b", "c"), bodies(receive(0)));
    }

    @Test
    void shouldSaySoWhenConsumersHoldTooMuch() {
        for (int i = 0; i < 10_010; i++) {
            machine.broker()
                    .append(topic, 0, List.of(Machine.message(topic, "m", "")), 0, outcome -> {});
            if (i % 500 == 0) {
                machine.advanceMs(20);
            }
        }
        machine.advanceMs(20);
        Received first = receive(0, 256, TagFilter.ALL, false);
        int count = messages(first).size();
        while (count < 10_000) {
            count += messages(receive(0, 256, TagFilter.ALL, false)).size();
        }
        assertEquals(10_000, count);
        Outcome<Received> refused =
                machine.outcome(reply ->
                        receiver()
                                .receive(
                                        request(
                                                group,
                                                topic,
                                                -1,
                                                1,
                                                TagFilter.ALL,
                                                false,
                                                9_000,
                                                machine,
                                                reply)));
        assertEquals(
                Refusal.TOO_MANY_LEASES,
                assertInstanceOf(Outcome.Refused.class, refused).refusal());
        acknowledge(first, 5);
        assertEquals(1, messages(receive(0)).size());
    }

    /** Random operations against what each receipt should still be worth, and restarts. */
    @Test
    void shouldKeepEveryLeaseOverRestarts() {
        Random random = new Random(5);
        List<Received> held = new ArrayList<>();
        int number = 0;
        for (int step = 0; step < 400; step++) {
            switch (random.nextInt(8)) {
                case 0, 1, 2 -> send("m" + number++);
                case 3, 4 -> {
                    Received received = receive(-1, 1 + random.nextInt(4), TagFilter.ALL, false);
                    if (received.queueId() >= 0) {
                        held.add(received);
                    }
                }
                case 5 -> {
                    if (!held.isEmpty()) {
                        Received one = held.get(random.nextInt(held.size()));
                        acknowledge(one, one.offsets());
                    }
                }
                case 6 -> machine.advanceMs(random.nextInt(5_000));
                default -> {
                    if (random.nextInt(4) == 0) {
                        restart();
                    }
                }
            }
        }
        assertNull(machine.broker().failure());
    }

    private void restart() {
        machine.advanceMs(2_000);
        ByteBuffer before = machine.broker().checkpoint();
        int segment = machine.log().segmentOf(machine.log().durablePosition());
        machine.killAndRestart();
        if (segment == machine.log().segmentOf(machine.log().durablePosition())) {
            assertEquals(before, machine.broker().checkpoint());
        }
        topic = machine.existing("orders");
    }
}
