package io.sluice.engine.broker;

import static io.sluice.engine.broker.Receiving.HOLD_MS;
import static io.sluice.engine.broker.Receiving.bodies;
import static io.sluice.engine.broker.Receiving.times;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.engine.broker.Receive.Received;
import io.sluice.engine.catalog.Topic;
import io.sluice.engine.group.Leases;
import io.sluice.engine.group.Ordering;
import io.sluice.engine.message.Message;
import io.sluice.engine.message.TimeToLive;
import io.sluice.engine.queue.TagFilter;
import io.sluice.engine.shard.Appended;
import io.sluice.engine.shard.Outcome;
import io.sluice.engine.shard.Refusal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Order by message group: one holder of a group at a time, and only its own group waits. */
final class MessageGroupTest {
    private final Machine machine = new Machine().start();
    private final Receiving workers =
            new Receiving(machine, machine.topic("orders", 1), Ordering.MESSAGE_GROUP);

    /** The first letter of a body is its message group; those with "-" have none. */
    private void send(String... bodies) {
        for (String body : bodies) {
            String properties =
                    body.startsWith("-") ? "" : "__SHARDINGKEY\1" + body.charAt(0) + "\2";
            machine.send(workers.topic, 0, body, properties);
        }
    }

    private List<String> receive(int count) {
        return bodies(workers.receive(count));
    }

    @Test
    void shouldBlockOnlyTheGroupOfWhichAMessageIsHeld() {
        send("a1", "b1", "a2", "c1", "b2", "a3");
        Received first = workers.receive(1);
        assertEquals(List.of("a1"), bodies(first));
        Received second = workers.receive(1);
        assertEquals(List.of("b1"), bodies(second));
        assertEquals(4, second.left()); // a2, which is deferred, and three that nobody has read
        assertEquals(List.of("c1"), receive(9));
        assertEquals(List.of(), receive(9));
        workers.acknowledge(second);
        assertEquals(List.of("b2"), receive(9));
        workers.acknowledge(first);
        assertEquals(List.of("a2", "a3"), receive(9));
    }

    @Test
    void shouldHandOutMessagesOfOneGroupTogetherAndInOrder() {
        send("a1", "b1", "a2", "b2", "a3");
        Received all = workers.receive(4);
        assertEquals(List.of("a1", "b1", "a2", "b2"), bodies(all));
        assertEquals(List.of(), receive(9));
        workers.acknowledge(all, "b1", "b2", "a2");
        assertEquals(List.of(), receive(9));
        workers.acknowledge(all, "a1");
        assertEquals(List.of("a3"), receive(9));
    }

    @Test
    void shouldTakeMessagesWithoutAGroupForOneGroup() {
        send("-1", "a1", "-2");
        assertEquals(List.of("-1"), receive(1));
        assertEquals(List.of("a1"), receive(9));
    }

    @Test
    void shouldHandOutAgainInOrderWhatRanOutAndWhatFollows() {
        send("a1", "b1", "a2", "a3");
        Received first = workers.receive(3);
        assertEquals(List.of("a1", "b1", "a2"), bodies(first));
        workers.acknowledge(first, "b1");
        machine.advanceMs(HOLD_MS - 1);
        assertEquals(List.of(), receive(9));
        machine.advanceMs(1);
        Received again = workers.receive(2);
        assertEquals(List.of("a1", "a2"), bodies(again));
        assertEquals(List.of(1, 1), times(again));
        workers.acknowledge(again);
        Received last = workers.receive(9);
        assertEquals(List.of("a3"), bodies(last));
        assertEquals(List.of(0), times(last));
    }

    @Test
    void shouldNotHandOutWhatRanOutWhileAnotherOfItsGroupIsExtended() {
        send("a1", "a2", "b1");
        Received first = workers.receive(9);
        assertInstanceOf(Outcome.Done.class, workers.extend(first.number(), 1, 3 * HOLD_MS)); // a2
        machine.advanceMs(HOLD_MS);
        assertEquals(List.of("b1"), receive(9));
        workers.acknowledge(first, "a2");
        assertEquals(List.of("a1"), receive(9));
    }

    @Test
    void shouldKeepAGroupBlockedWhileAMessageIsExtendedAndGiveItBackAtOnce() {
        send("a1", "a2", "b1");
        Received first = workers.receive(1);
        assertEquals(List.of("b1"), receive(9));
        workers.extend(first.number(), 0, 3 * HOLD_MS);
        machine.advanceMs(2 * HOLD_MS);
        assertEquals(List.of("b1"), receive(9));
        workers.extend(first.number(), 0, 0);
        Received again = workers.receive(9);
        assertEquals(List.of("a1", "a2"), bodies(again));
        assertEquals(List.of(1, 0), times(again));
    }

    @Test
    void shouldGoOnWithAGroupAfterItsMessageBecameADeadLetter() {
        workers.retryMax(1);
        send("a1", "b1", "a2");
        assertEquals(List.of("a1"), receive(1));
        Received b = workers.receive(9);
        assertEquals(List.of("b1"), bodies(b));
        workers.acknowledge(b);
        machine.advanceMs(HOLD_MS);
        assertEquals(List.of("a1"), receive(1));
        machine.advanceMs(HOLD_MS);
        Received next = workers.receive(9);
        assertEquals(List.of("a2"), bodies(next));
        assertEquals(List.of(0), times(next));
        assertEquals(List.of("a1"), machine.bodies(machine.existing("%DLQ%workers"), 0));
    }

    @Test
    void shouldWakeOneThatWaitsWhenAGroupIsFree() {
        send("a1", "b1", "a2");
        Received first = workers.receive(1);
        Received second = workers.receive(1);
        List<Received> waiting = workers.await(9);
        assertEquals(List.of(), waiting);
        workers.acknowledge(second);
        assertEquals(List.of(), waiting);
        workers.acknowledge(first);
        assertEquals(List.of("a2"), bodies(waiting.getFirst()));
    }

    @Test
    void shouldWakeOneThatWaitsWhenTheHolderOfAGroupRunsOut() {
        send("a1", "a2");
        workers.receive(1);
        List<Received> waiting = workers.await(9);
        machine.advanceMs(HOLD_MS - 1);
        assertEquals(List.of(), waiting);
        machine.advanceMs(1);
        assertEquals(List.of("a1", "a2"), bodies(waiting.getFirst()));
    }

    @Test
    void shouldFindAMessageBehindThousandsOfABlockedGroup() {
        for (int i = 0; i < 3_000; i++) {
            send("a" + i);
        }
        send("b1");
        assertEquals(List.of("a0"), receive(1));
        assertEquals(List.of("b1"), receive(1));
        assertEquals(List.of(), receive(1));
        workers.restart();
        assertEquals(List.of(), receive(1));
    }

    @Test
    void shouldHoldNoMoreThanTheBoundAndGoOnFromThere() {
        Topic topic = workers.topic;
        for (int i = 0; i < Leases.OPEN_MAX + 5; i++) {
            var message = Machine.message(topic, "a" + i, "__SHARDINGKEY\1a\2");
            machine.broker().append(topic, 0, List.of(message), 0, outcome -> {});
            if (i % 500 == 0) {
                machine.advanceMs(20);
            }
        }
        machine.advanceMs(20);
        send("b1");
        Received first = workers.receive(1);
        assertEquals(List.of("a0"), bodies(first));
        assertEquals(List.of(), receive(1)); // b1 lies behind the bound
        workers.acknowledge(first);
        int next = 1;
        while (next < Leases.OPEN_MAX + 5) {
            Received received = workers.receive(256);
            for (String body : bodies(received)) {
                if (!body.equals("b1")) {
                    assertEquals("a" + next++, body);
                }
            }
            workers.acknowledge(received);
        }
        assertEquals(Leases.OPEN_MAX + 6, workers.committed());
    }

    @Test
    void shouldPassOverWhatIsNotWantedAndWaitForNothingOfIt() {
        machine.send(workers.topic, 0, "a1", "__SHARDINGKEY\1a\2TAGS\1x\2");
        machine.send(workers.topic, 0, "a2", "__SHARDINGKEY\1a\2TAGS\1y\2");
        machine.send(workers.topic, 0, "a3", "__SHARDINGKEY\1a\2TAGS\1y\2");
        workers.filter = TagFilter.of(List.of("y"));
        Received first = workers.receive(1);
        assertEquals(List.of("a2"), bodies(first));
        assertEquals(List.of(), receive(9));
        workers.acknowledge(first);
        assertEquals(List.of("a3"), receive(9));
        assertEquals(2, workers.committed());
    }

    @Test
    void shouldKeepTheOrderWhereAnAnswerHasNoRoomForAllThatIsFree() {
        String large = "x".repeat(2_000);
        send("a1" + large, "b1" + large, "a2" + large, "a3");
        assertEquals(1, bodies(workers.receive(1)).size());
        Received b = workers.receive(9);
        assertEquals(1, bodies(b).size());
        machine.advanceMs(HOLD_MS);
        Received again = workers.receive(Ordering.MESSAGE_GROUP, 9, 5_000);
        assertEquals(List.of("a1" + large, "a2" + large, "a3"), bodies(again));
        assertEquals(List.of("b1" + large), receive(9));
    }

    @Test
    void shouldRefuseAReceiptOfWhatWasNeverHandedOut() {
        send("a1", "a2");
        Received first = workers.receive(1);
        assertEquals(List.of(), receive(9)); // a2 is deferred
        assertGone(workers.acknowledge(0, 1));
        assertGone(workers.extend(0, 1, 1_000));
        assertGone(workers.acknowledge(first.number(), 1));
        workers.acknowledge(first);
        assertEquals(List.of("a2"), receive(9));
    }

    private static void assertGone(Outcome<?> outcome) {
        assertEquals(
                Refusal.LEASE_GONE, assertInstanceOf(Outcome.Refused.class, outcome).refusal());
    }

    @Test
    void shouldGiveARepeatedAttemptWhatItWasGivenWhateverOthersHold() {
        send("a1", "b1", "a2", "c1");
        Received one = workers.attempt("one", 1);
        Received two = workers.attempt("two", 1);
        assertEquals(List.of("a1"), bodies(one));
        assertEquals(List.of("b1"), bodies(two));
        Received again = workers.attempt("one", 9);
        assertEquals(List.of("a1"), bodies(again));
        assertEquals(one.number(), again.number());
        assertEquals(List.of(0), times(again));
        assertEquals(List.of("b1"), bodies(workers.attempt("two", 9)));
        workers.acknowledge(again);
        assertEquals(List.of("a2", "c1"), bodies(workers.attempt("one", 9)));
    }

    @Test
    void shouldGiveARepeatedAttemptNothingThatWouldOvertakeWhatAnotherHolds() {
        send("a1", "a2");
        assertEquals(List.of("a1", "a2"), bodies(workers.attempt("one", 9)));
        machine.advanceMs(HOLD_MS);
        assertEquals(List.of("a1"), receive(1));
        assertEquals(List.of(), bodies(workers.attempt("one", 9)));
    }

    @Test
    void shouldPassOverWhatOutlivedItsTimeWhileItWaited() {
        send("a1");
        Message brief =
                new Message(
                        workers.topic.id(),
                        workers.topic.name().getBytes(StandardCharsets.UTF_8),
                        0,
                        TimeToLive.LIMITED,
                        machine.time.wallMs(),
                        Machine.HOST,
                        0,
                        0,
                        ByteBuffer.wrap("a2".getBytes(StandardCharsets.UTF_8)),
                        "TTL_MS\0011000\2__SHARDINGKEY\1a\2".getBytes(StandardCharsets.UTF_8));
        machine.ask((Consumer<Outcome<Appended>> reply) ->
                machine.broker().append(workers.topic, 0, List.of(brief), 0, reply));
        send("a3", "b1");
        Received first = workers.receive(1);
        assertEquals(List.of("b1"), receive(9)); // a2 is deferred
        machine.advanceMs(2_000);
        workers.acknowledge(first);
        assertEquals(List.of("a3"), receive(9));
    }

    @Test
    void shouldBeginAnewWhenTheGroupSetsItsOffset() {
        send("a1", "a2", "b1", "b2");
        workers.receive(1);
        Received second = workers.receive(1);
        assertEquals(List.of("b1"), bodies(second));
        workers.commit(1);
        assertGone(workers.acknowledge(second.number(), second.offsets()));
        assertEquals(List.of("a2", "b1", "b2"), receive(9));
    }

    @Test
    void shouldGoOnWhenWhatWasHeldOrDeferredHasExpired() {
        machine.retain("orders", 0, 20_000);
        workers.topic = machine.existing("orders");
        send("a1", "a2", "b1");
        workers.receive(1);
        assertEquals(List.of("b1"), receive(1));
        for (int i = 0; i < 800; i++) {
            send("c" + "x".repeat(200));
        }
        send("a3", "b2");
        assertEquals(List.of("c" + "x".repeat(200)), receive(1)); // the others are deferred
        assertEquals(List.of(), receive(1));
        machine.advanceMs(60_000);
        long first = machine.broker().firstOffset(workers.topic, 0);
        assertTrue(first > 3, "nothing has expired");
        assertEquals(first, workers.committed());
        List<String> rest = new ArrayList<>();
        for (Received all = workers.receive(256); all.queueId() >= 0; all = workers.receive(256)) {
            rest.addAll(bodies(all));
            workers.acknowledge(all);
        }
        assertEquals(805 - first, rest.size());
        assertEquals(List.of("a3", "b2"), rest.stream().filter(b -> b.length() == 2).toList());
        assertEquals(805, workers.committed());
    }

    @Test
    void shouldWaitForWhatWasHandedOutInNoOrderBefore() {
        send("a1", "b1", "a2");
        Received unordered = workers.receive(Ordering.NONE, 1);
        assertEquals(List.of("a1"), bodies(unordered));
        assertEquals(List.of(), receive(9));
        machine.advanceMs(HOLD_MS);
        assertEquals(List.of("a1"), receive(1));
        assertEquals(List.of("b1"), receive(9));
        assertEquals(List.of(), receive(9));
    }

    @Test
    void shouldHandOutWhatIsDeferredToOnesThatWantAnotherOrder() {
        send("a1", "a2", "a3");
        Received first = workers.receive(1);
        assertEquals(List.of(), receive(9));
        assertEquals(List.of(), bodies(workers.receive(Ordering.QUEUE, 9)));
        assertEquals(List.of("a2"), bodies(workers.receive(Ordering.NONE, 1)));
        workers.acknowledge(first);
        assertEquals(List.of(), bodies(workers.receive(Ordering.QUEUE, 9)));
        machine.advanceMs(HOLD_MS);
        assertEquals(List.of("a2", "a3"), bodies(workers.receive(Ordering.QUEUE, 9)));
    }
}
