package io.sluice.engine.broker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.sluice.engine.broker.Receive.Received;
import io.sluice.engine.catalog.Group;
import io.sluice.engine.catalog.GroupSettings;
import io.sluice.engine.catalog.Topic;
import io.sluice.engine.group.Ordering;
import io.sluice.engine.message.Message;
import io.sluice.engine.message.StoredMessage;
import io.sluice.engine.message.TimeToLive;
import io.sluice.engine.queue.TagFilter;
import io.sluice.engine.shard.Appended;
import io.sluice.engine.shard.Outcome;
import io.sluice.engine.shard.Refusal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What holds for groups that pull holds for those that receive. */
final class ReceiverRulesTest {
    private static final long HOLD_MS = 10_000;

    private final Machine machine = new Machine().start();
    private Topic topic = machine.topic("orders", 2);
    private final Group group = machine.group("workers");

    private Receiver receiver() {
        return machine.broker().receiver();
    }

    /** Receives from a queue, or any; what is to come stays null for so long. */
    private AtomicReference<@Nullable Outcome<Received>> begin(
            int queueId, boolean ordered, @Nullable String attemptId, long suspendMs) {
        AtomicReference<@Nullable Outcome<Received>> answer = new AtomicReference<>();
        receiver()
                .receive(
                        new Receive(
                                group,
                                topic,
                                queueId,
                                32,
                                1 << 20,
                                TagFilter.ALL,
                                HOLD_MS,
                                ordered ? Ordering.QUEUE : Ordering.NONE,
                                false,
                                suspendMs,
                                ByteBuffer::allocate,
                                Asker.staying(machine.time.executor()),
                                attemptId,
                                answer::set));
        machine.time.run();
        return answer;
    }

    private static Received done(AtomicReference<@Nullable Outcome<Received>> answer) {
        Outcome<Received> outcome = answer.get();
        return (Received) assertInstanceOf(Outcome.Done.class, outcome).value();
    }

    private static Refusal refusal(@Nullable Outcome<?> outcome) {
        return assertInstanceOf(Outcome.Refused.class, outcome).refusal();
    }

    private Received receive(int queueId) {
        machine.advanceMs(20);
        var answer = begin(queueId, false, null, 0);
        machine.advanceMs(20);
        return done(answer);
    }

    private Received receiveOrdered(int queueId, @Nullable String attemptId) {
        var answer = begin(queueId, true, attemptId, 0);
        machine.advanceMs(20);
        return done(answer);
    }

    private static List<String> bodies(Received received) {
        List<String> bodies = new ArrayList<>();
        ByteBuffer all = received.messages();
        for (int at = all.position(); at < all.limit(); ) {
            int size = StoredMessage.sizeBytes(all, at);
            bodies.add(Machine.body(all.slice(at, size)));
            at += size;
        }
        return bodies;
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

    private long committed(int queueId) {
        return machine.ask((Consumer<Outcome<Long>> reply) ->
                machine.broker().startOffset(group, topic, queueId, false, reply));
    }

    private void send(int queueId, String... bodies) {
        for (String body : bodies) {
            machine.send(topic, queueId, body);
        }
    }

    private void sendLimited(String body, long ttlMs) {
        Message message =
                new Message(
                        topic.id(),
                        topic.name().getBytes(StandardCharsets.UTF_8),
                        0,
                        TimeToLive.LIMITED,
                        machine.time.wallMs(),
                        Machine.HOST,
                        0,
                        0,
                        ByteBuffer.wrap(body.getBytes(StandardCharsets.UTF_8)),
                        ("TTL_MS\1" + ttlMs + "\2").getBytes(StandardCharsets.UTF_8));
        Appended stored =
                machine.ask(reply -> machine.broker().append(topic, 0, List.of(message), 0, reply));
        assertEquals(1, stored.positions().length);
    }

    private void change(UnaryOperator<GroupSettings> change) {
        var _ = machine.broker().catalog().updateGroup("workers", change);
        machine.time.run();
    }

    private void reset(long offset) {
        long end = machine.broker().endOffset(topic, 0);
        List<Replay.Step> plan = List.of(new Replay.Step(0, 0, end, -1, offset));
        Integer queues =
                machine.ask(reply -> machine.broker().replay().reset(group, topic, plan, reply));
        assertEquals(1, queues);
    }

    // Resets.

    @Test
    void shouldGoOnWhereAnOperatorSentTheGroupAndTakeNoReceiptOfBefore() {
        send(0, "a", "b", "c");
        Received before = receive(0);
        assertEquals(List.of("a", "b", "c"), bodies(before));
        var waiting = begin(0, false, null, 15_000);
        assertNull(waiting.get());
        reset(1);
        machine.advanceMs(20);
        assertEquals(List.of("b", "c"), bodies(done(waiting)), "who waits is told");
        assertEquals(Refusal.LEASE_GONE, refusal(acknowledge(before, 0, 1, 2)));
        assertEquals(1, committed(0), "what was taken before does not undo it");
        machine.killAndRestart();
        acknowledge(done(waiting), 1, 2);
        assertEquals(3, committed(0));
        assertEquals(List.of(), bodies(receive(0)));
    }

    // Barriers.

    @Test
    void shouldHoldWhoWantsOrderAtTheBarrierUntilAllBeforeIsAcknowledged() {
        send(0, "a1", "a2");
        send(1, "b1");
        Received first = receiveOrdered(0, null);
        assertEquals(2, first.offsets().length);
        machine.advanceMs(2_000);
        topic = machine.grow("orders", 3);
        List<Boolean> told = new ArrayList<>();
        machine.broker().tellingQueues(topic, outcome -> told.add(true));
        machine.advanceMs(20);
        assertEquals(1, told.size());
        send(2, "c1");
        send(0, "a3");
        acknowledge(first, 0, 1);
        assertEquals(-1, receiveOrdered(2, null).queueId());
        assertEquals(-1, receiveOrdered(0, null).queueId());
        var waiting = begin(2, true, null, 15_000);
        assertNull(waiting.get());
        Received second = receiveOrdered(1, null);
        assertEquals(List.of("b1"), bodies(second));
        assertNull(waiting.get());
        acknowledge(second, 0);
        machine.advanceMs(20);
        assertEquals(List.of("c1"), bodies(done(waiting)));
        assertEquals(List.of("a3"), bodies(receiveOrdered(0, null)));
    }

    @Test
    void shouldHoldNobodyAtTheBarrierWhoWantsNoOrder() {
        send(0, "a1");
        machine.advanceMs(2_000);
        topic = machine.grow("orders", 3);
        machine.broker().tellingQueues(topic, outcome -> {});
        machine.advanceMs(20);
        send(2, "c1");
        assertEquals(List.of("c1"), bodies(receive(2)));
    }

    // A group's settings.

    @Test
    void shouldHandOutNoFasterThanTheGroupMayHave() {
        change(s -> s.withAttributes(Map.of(GroupSettings.CONSUME_RATE, "10")));
        for (int i = 0; i < 20; i++) {
            send(0, "m" + i);
        }
        assertEquals(10, done(begin(0, false, null, 0)).offsets().length);
        assertEquals(-1, done(begin(0, false, null, 0)).queueId());
        var waiting = begin(0, false, null, 15_000);
        machine.advanceMs(50);
        assertNull(waiting.get());
        machine.advanceMs(52);
        assertEquals(1, done(waiting).offsets().length);
    }

    @Test
    void shouldDropAfterTheLastAttemptIfTheGroupWantsItSo() {
        change(s ->
                s.withRetryMax(1)
                        .withAttributes(Map.of(GroupSettings.AFTER_LAST_ATTEMPT, "discard")));
        send(0, "poison");
        assertEquals(1, receive(0).offsets().length);
        machine.advanceMs(HOLD_MS);
        assertEquals(1, receive(0).offsets().length);
        machine.advanceMs(HOLD_MS);
        assertEquals(-1, receive(0).queueId());
        assertEquals(1, committed(0));
        assertNull(machine.broker().catalog().topic("%DLQ%workers"));
    }

    @Test
    void shouldTellWhoWaitsThatTheGroupMayNoLongerRead() {
        receive(0);
        var waiting = begin(0, false, null, 15_000);
        change(s -> s.withReadable("orders", false));
        send(0, "a");
        machine.advanceMs(20);
        assertEquals(Refusal.NO_PERMISSION, refusal(waiting.get()));
        assertEquals(Refusal.NO_PERMISSION, refusal(begin(0, false, null, 0).get()));
        change(s -> s.withReadable("orders", true));
        assertEquals(List.of("a"), bodies(receive(0)));
    }

    // Time to live.

    @Test
    void shouldPassOverWhatHasLivedLongEnoughBeItHandedOutBefore() {
        sendLimited("held", 5_000);
        assertEquals(List.of("held"), bodies(receive(0)));
        sendLimited("short", 1_000);
        send(0, "forever");
        machine.advanceMs(HOLD_MS + 1);
        Received later = receive(0);
        assertEquals(List.of("forever"), bodies(later));
        acknowledge(later, 2);
        assertEquals(3, committed(0), "what is over counts as acknowledged");
    }

    // Attempts.

    @Test
    void shouldGiveTheSameAgainToTheAttemptWhoseAnswerWasLost() {
        send(0, "a", "b");
        Received lost = receiveOrdered(0, "attempt-1");
        send(0, "c");
        assertEquals(-1, receiveOrdered(0, "attempt-2").queueId());
        assertEquals(-1, receiveOrdered(0, null).queueId());
        machine.advanceMs(HOLD_MS - 1_000);
        Received again = receiveOrdered(-1, "attempt-1");
        assertEquals(List.of("a", "b"), bodies(again));
        assertEquals(lost.number(), again.number(), "its receipts are the same");
        assertEquals(0, StoredMessage.reconsumeTimes(again.messages(), 0), "no attempt more");
        assertEquals(1, again.left());
        machine.advanceMs(2_000);
        assertEquals(-1, receiveOrdered(0, "attempt-2").queueId(), "it has its time anew");
        assertInstanceOf(Outcome.Done.class, acknowledge(lost, 0));
        assertEquals(List.of("b"), bodies(receiveOrdered(0, "attempt-1")));
        assertInstanceOf(Outcome.Done.class, acknowledge(again, 1));
        Received next = receiveOrdered(0, "attempt-1");
        assertEquals(List.of("c"), bodies(next));
        assertNotEquals(lost.number(), next.number());
    }

    @Test
    void shouldLeaveWhoRepeatsItsAttemptTheTimeThatItAskedForMeanwhile() {
        send(0, "a");
        Received first = receiveOrdered(0, "attempt-1");
        machine.ask((Consumer<Outcome<Long>> reply) ->
                receiver().extend(group, topic, 0, first.number(), 0, 3 * HOLD_MS, reply));
        assertEquals(List.of("a"), bodies(receiveOrdered(0, "attempt-1")));
        machine.advanceMs(2 * HOLD_MS);
        assertEquals(-1, receiveOrdered(0, "attempt-2").queueId(), "it is held on");
        machine.advanceMs(HOLD_MS);
        assertEquals(List.of("a"), bodies(receiveOrdered(0, "attempt-2")));
    }

    @Test
    void shouldForgetAttemptsWithARestart() {
        send(0, "a");
        receiveOrdered(0, "attempt-1");
        machine.killAndRestart();
        assertEquals(-1, receiveOrdered(0, "attempt-1").queueId());
        machine.advanceMs(HOLD_MS);
        Received later = receiveOrdered(0, "attempt-1");
        assertEquals(1, StoredMessage.reconsumeTimes(later.messages(), 0));
    }
}
