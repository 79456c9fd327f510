package io.sluice.engine.broker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.engine.catalog.Group;
import io.sluice.engine.catalog.Topic;
import io.sluice.engine.log.MemoryDirectory;
import io.sluice.engine.message.Message;
import io.sluice.engine.message.StoredMessage;
import io.sluice.engine.queue.QueueRef;
import io.sluice.engine.queue.TagFilter;
import io.sluice.engine.shard.Appended;
import io.sluice.engine.shard.Outcome;
import io.sluice.engine.shard.Refusal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Where promises are most easily broken: sizes at their limits, moments that overlap, clocks that
 * jump, and one part failing while the others go on.
 */
final class BrokerEdgesTest {
    private static final long HOUR_MS = 3_600_000;

    private final Machine machine = new Machine();

    private Broker broker() {
        return machine.broker();
    }

    private Machine startKeeping(long retentionMs) {
        machine.retentionMs = retentionMs;
        return machine.start();
    }

    private static <T> Refusal refusal(Outcome<T> outcome) {
        return assertInstanceOf(Outcome.Refused.class, outcome).refusal();
    }

    private Outcome<Appended> append(Topic topic, List<Message> messages, long dueMs) {
        return machine.outcome(reply -> broker().append(topic, 0, messages, dueMs, reply));
    }

    private void schedule(Topic topic, String body, long dueMs) {
        Message message = Machine.message(topic, body, "");
        assertInstanceOf(Outcome.Done.class, append(topic, List.of(message), dueMs));
    }

    /** Enough for several segments, so that what was sent before is sealed and not in memory. */
    private void fill(Topic topic, String body) {
        for (int i = 0; i < 500; i++) {
            machine.send(topic, 0, body + i + "x".repeat(200));
        }
        machine.advanceMs(5_000);
    }

    private int segments() {
        return machine.log().segmentOf(machine.log().durablePosition());
    }

    // Sizes.

    @Test
    void shouldRefuseWhatFitsNoWriteAndGoOn() {
        machine.start();
        Topic topic = machine.topic("orders", 1);
        long dueMs = machine.time.wallMs() + 1_000;
        List<Message> large = List.of(Machine.message(topic, "x".repeat(17_000), ""));
        List<Message> many = Collections.nCopies(300, Machine.message(topic, "x", ""));
        assertEquals(Refusal.TOO_LARGE, refusal(append(topic, large, 0)));
        assertEquals(Refusal.TOO_LARGE, refusal(append(topic, large, dueMs)));
        assertEquals(Refusal.TOO_LARGE, refusal(append(topic, many, 0)));
        machine.send(topic, 0, "fits");
        assertEquals(List.of("fits"), machine.bodies(topic, 0));
    }

    @Test
    void shouldAnswerAQuestionForTheOffsetOfNoQueue() {
        machine.start();
        Topic topic = machine.topic("orders", 2);
        Group group = machine.group("billing");
        machine.send(topic, 0, "x");
        long kept = machine.ask(reply -> broker().commitOffset(group, topic, 0, 1, false, reply));
        assertEquals(1, kept);
        for (int queueId : new int[] {-1, 2, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
            Outcome<Long> outcome =
                    machine.outcome(
                            reply -> broker().startOffset(group, topic, queueId, true, reply));
            assertEquals(Refusal.QUEUE_UNKNOWN, refusal(outcome), "queue " + queueId);
        }
    }

    @Test
    void shouldExpireMoreQueuesThanOneWriteHolds() {
        startKeeping(HOUR_MS);
        Topic wide = machine.topic("wide", 1_000);
        for (int queue = 0; queue < wide.queues(); queue++) {
            machine.send(wide, queue, "old");
        }
        Topic other = machine.topic("other", 1);
        fill(other, "filler");
        int before = segments();
        machine.advanceMs(HOUR_MS + 60_000);
        assertTrue(machine.log().firstSegment() > before / 2, "nothing was deleted");
        machine.killAndRestart();
        Topic again = machine.existing("wide");
        for (int queue = 0; queue < again.queues(); queue++) {
            assertEquals(1, broker().firstOffset(again, queue), "queue " + queue);
            assertEquals(1, broker().endOffset(again, queue), "queue " + queue);
        }
    }

    @Test
    void shouldFireMoreThanOneWriteHolds() {
        machine.start();
        Topic topic = machine.topic("orders", 1);
        List<String> sent = IntStream.range(0, 300).mapToObj(i -> "due " + i).toList();
        long dueMs = machine.time.wallMs() + 60_000;
        sent.forEach(body -> schedule(topic, body, dueMs));
        machine.advanceMs(70_000);
        List<String> stored = machine.bodies(topic, 0);
        assertEquals(sent.stream().sorted().toList(), stored.stream().sorted().toList());
    }

    @Test
    void shouldKeepTenThousandQueuesInTheSameFiles() throws IOException {
        machine.start();
        Topic topic = machine.topic("wide", 10_000);
        List<Outcome<Appended>> replies = new ArrayList<>();
        for (int round = 0; round < 2; round++) {
            for (int queue = 0; queue < topic.queues(); queue++) {
                Message message = Machine.message(topic, round + "/" + queue, "");
                broker().append(topic, queue, List.of(message), 0, replies::add);
                if (queue % 500 == 0) {
                    machine.advanceMs(20);
                }
            }
        }
        machine.advanceMs(5_000);
        assertEquals(20_000, replies.size());
        replies.forEach(reply -> assertInstanceOf(Outcome.Done.class, reply));
        assertTrue(machine.logDisk.list().size() < 3 * segments() + 3, "a file for each queue?");
        ByteBuffer before = broker().checkpoint();
        machine.killAndRestart();
        assertEquals(before, broker().checkpoint());
        Topic again = machine.existing("wide");
        for (int queue = 0; queue < topic.queues(); queue += 97) {
            assertEquals(List.of("0/" + queue, "1/" + queue), machine.bodies(again, queue));
        }
    }

    // Moments that overlap.

    @Test
    void shouldDeliverTimersThatAreMovedWhileTheyFire() {
        startKeeping(HOUR_MS);
        Topic topic = machine.topic("orders", 1);
        long dueMs = machine.time.wallMs() + 2 * HOUR_MS;
        List<String> wanted = IntStream.range(0, 100).mapToObj(i -> "due " + i).toList();
        for (int i = 0; i < wanted.size(); i++) {
            schedule(topic, wanted.get(i), dueMs + i);
        }
        fill(topic, "filler");
        machine.holdReads = true;
        machine.time.jumpWallMs(3 * HOUR_MS);
        machine.advanceMs(12_000);
        assertTrue(machine.heldReads.size() > 1, "firing and moving do not overlap");
        while (machine.heldReads.size() > 1) {
            machine.heldReads.removeLast().run();
            machine.time.run();
        }
        machine.releaseReads();
        machine.advanceMs(60_000);
        List<String> due = machine.bodies(topic, 0).stream().filter(wanted::contains).toList();
        assertEquals(wanted, due);
    }

    @Test
    void shouldFireWhatIsScheduledAfterTheClockWasSetBack() {
        machine.start();
        Topic topic = machine.topic("orders", 1);
        Topic due = machine.topic("due", 1);
        schedule(due, "first", machine.time.wallMs() + 60_000);
        fill(topic, "filler");
        machine.holdReads = true;
        machine.advanceMs(60_000);
        assertFalse(machine.heldReads.isEmpty(), "nothing is being fired");
        machine.time.jumpWallMs(-30_000);
        schedule(due, "second", machine.time.wallMs() + 5_000);
        machine.releaseReads();
        machine.advanceMs(5_000);
        assertEquals(List.of("second"), machine.bodies(due, 0));
        machine.advanceMs(60_000);
        assertEquals(List.of("second", "first"), machine.bodies(due, 0));
    }

    @Test
    void shouldAnswerReadsThatRetentionOvertakes() {
        startKeeping(HOUR_MS);
        Topic topic = machine.topic("orders", 1);
        long position = machine.send(topic, 0, "old", "KEYS\1k\2").positions()[0];
        fill(topic, "filler");
        List<Outcome<?>> replies = new ArrayList<>();
        machine.holdReads = true;
        broker().pull(machine.pull(topic, 0, 0, 0, TagFilter.ALL, replies::add));
        broker().message(position, replies::add);
        broker().offsetAtOrAfter(topic, 0, 0, replies::add);
        broker().firstStoreMs(topic, 0, replies::add);
        broker().finder().byKey(KeyQuery.of(topic, "k", KeyQuery.Kind.KEY, 10), replies::add);
        List<Runnable> overtaken = List.copyOf(machine.heldReads);
        machine.heldReads.clear();
        assertEquals(5, overtaken.size());
        machine.holdReads = false;
        machine.advanceMs(HOUR_MS + 60_000);
        long first = broker().firstOffset(topic, 0);
        assertTrue(first > 0, "nothing has expired");
        overtaken.forEach(Runnable::run);
        machine.time.run();
        assertEquals(5, replies.size());
        Outcome.Done<?> pulled = assertInstanceOf(Outcome.Done.class, replies.get(0));
        assertEquals(
                new Pull.Pulled(
                        Pull.Found.OUT_OF_RANGE,
                        0,
                        ByteBuffer.allocate(0),
                        first,
                        first,
                        broker().endOffset(topic, 0)),
                pulled.value());
        assertEquals(Refusal.MESSAGE_UNKNOWN, refusal(replies.get(1)));
        assertEquals(Outcome.done(first), replies.get(2));
        assertInstanceOf(Outcome.Done.class, replies.get(3));
        assertEquals(Outcome.done(new Found(List.of(), List.of(), Found.END)), replies.get(4));
    }

    @Test
    void shouldRefuseWhatWasPutAsideWhenStopped() {
        machine.start();
        Topic topic = machine.topic("orders", 1);
        List<Outcome<Appended>> replies = new ArrayList<>();
        int sent = 0;
        while (replies.size() == sent) {
            assertTrue(sent++ < 100, "nothing was ever put aside");
            Message message = Machine.message(topic, "x".repeat(15_000), "");
            broker().append(topic, 0, List.of(message), 0, replies::add);
            machine.time.run();
        }
        List<String> stopped = new ArrayList<>();
        broker().stop(() -> stopped.add("stopped"));
        machine.time.run();
        assertEquals(List.of("stopped"), stopped);
        assertEquals(sent, replies.size());
        assertEquals(Refusal.STOPPING, refusal(replies.getLast()));
    }

    @Test
    void shouldAnswerAThousandParkedPullsOfAsManyQueues() {
        machine.start();
        Topic topic = machine.topic("wide", 1_000);
        List<Outcome<Pull.Pulled>> replies = new ArrayList<>();
        for (int queue = 0; queue < topic.queues(); queue++) {
            broker().pull(machine.pull(topic, queue, 0, 10_000, TagFilter.ALL, replies::add));
            broker().pull(machine.pull(topic, queue, 0, 20_000, TagFilter.ALL, replies::add));
        }
        machine.time.run();
        machine.send(topic, 77, "news");
        assertEquals(2, replies.size());
        machine.advanceMs(10_000);
        assertEquals(1_001, replies.size());
        machine.advanceMs(10_000);
        assertEquals(2_000, replies.size());
        long found =
                replies.stream()
                        .map(reply -> assertInstanceOf(Outcome.Done.class, reply).value())
                        .filter(value -> ((Pull.Pulled) value).found() == Pull.Found.MESSAGES)
                        .count();
        assertEquals(2, found);
    }

    // Parts that fail alone.

    @Test
    void shouldKeepWhatExpiredIfThatIsNotDurable() {
        startKeeping(HOUR_MS);
        Topic topic = machine.topic("orders", 1);
        fill(topic, "filler");
        machine.logDisk.fault((call, name) -> {
            if (call == MemoryDirectory.Call.WRITE) {
                throw new IOException("injected");
            }
        });
        machine.advanceMs(HOUR_MS + 60_000);
        assertTrue(broker().failure() != null, "retention wrote nothing");
        assertEquals(1, machine.log().firstSegment());
        machine.logDisk.fault((call, name) -> {});
        machine.retentionMs = 72 * HOUR_MS;
        machine.losePowerAndRestart(new Random(1));
        assertEquals(500, machine.bodies(machine.existing("orders"), 0).size());
    }

    @Test
    void shouldExpireWhileFootersCannotBeWritten() {
        startKeeping(HOUR_MS);
        Topic topic = machine.topic("orders", 1);
        fill(topic, "sealed");
        int sealed = segments();
        machine.logDisk.fault((call, name) -> {
            if (call == MemoryDirectory.Call.WRITE && name.contains(".footer")) {
                throw new IOException("injected");
            }
        });
        fill(topic, "unsealed");
        machine.advanceMs(HOUR_MS + 60_000);
        assertTrue(machine.log().firstSegment() >= sealed, "nothing was deleted");
        machine.logDisk.fault((call, name) -> {});
        machine.advanceMs(10_000);
        List<String> left = machine.bodies(topic, 0);
        machine.killAndRestart();
        assertEquals(left, machine.bodies(machine.existing("orders"), 0));
    }

    @Test
    void shouldComeBackTheSameWhenTheFooterOfAMiddleSegmentIsDamaged() throws IOException {
        startKeeping(HOUR_MS);
        Topic topic = machine.topic("orders", 1);
        for (int i = 0; i < 10; i++) {
            fill(topic, "filler" + i);
            schedule(topic, "due" + i, machine.time.wallMs() + HOUR_MS / 2 + i);
        }
        List<String> sent = machine.bodies(topic, 0);
        ByteBuffer before = broker().checkpoint();
        List<String> footers =
                machine.logDisk.list().stream().filter(name -> name.endsWith(".footer")).toList();
        machine.logDisk.flipBit(footers.get(footers.size() / 2), 7);
        machine.killAndRestart();
        assertEquals(before, broker().checkpoint());
        assertEquals(sent, machine.bodies(machine.existing("orders"), 0));
        machine.advanceMs(HOUR_MS / 2 + 10_000);
        List<String> all = machine.bodies(machine.existing("orders"), 0);
        assertEquals(10, all.stream().filter(body -> body.startsWith("due")).count());
        int last = segments();
        machine.advanceMs(2 * HOUR_MS);
        assertTrue(machine.log().firstSegment() >= last - 1, "segments were forgotten");
    }

    @Test
    void shouldLetReadersWaitAfterStorageHasFailed() {
        machine.start();
        Topic topic = machine.topic("orders", 1);
        machine.send(topic, 0, "kept");
        machine.logDisk.fault((call, name) -> {
            if (call == MemoryDirectory.Call.WRITE) {
                throw new IOException("injected");
            }
        });
        Message lost = Machine.message(topic, "lost", "");
        assertEquals(Refusal.STORAGE_FAILED, refusal(append(topic, List.of(lost), 0)));
        List<Outcome<Pull.Pulled>> replies = new ArrayList<>();
        broker().pull(machine.pull(topic, 0, 1, 15_000, TagFilter.ALL, replies::add));
        machine.advanceMs(14_999);
        assertEquals(0, replies.size());
        machine.advanceMs(1);
        assertEquals(1, replies.size());
    }

    // Clocks that jump.

    @Test
    void shouldEndALockInTimeAlthoughTheClockWasSetBack() {
        machine.start();
        Topic topic = machine.topic("orders", 1);
        Group group = machine.group("billing");
        List<QueueRef> queue = List.of(new QueueRef(topic.id(), 0));
        assertEquals(queue, lock(group, "a", queue));
        machine.time.jumpWallMs(-HOUR_MS);
        machine.advanceMs(59_000);
        assertEquals(List.of(), lock(group, "b", queue));
        machine.advanceMs(1_001);
        assertEquals(queue, lock(group, "b", queue));
    }

    private List<QueueRef> lock(Group group, String client, List<QueueRef> queues) {
        return machine.ask((Consumer<Outcome<List<QueueRef>>> reply) ->
                broker().lockQueues(group, client, queues, reply));
    }

    @Test
    void shouldNeverStoreBackInTime() {
        machine.start();
        Topic topic = machine.topic("orders", 1);
        long start = machine.time.wallMs();
        Random random = new Random(5);
        for (int i = 0; i < 300; i++) {
            machine.send(topic, 0, "x".repeat(200));
            machine.time.jumpWallMs(random.nextInt(-20_000, 20_000));
            if (i % 100 == 99) {
                machine.killAndRestart();
                topic = machine.existing("orders");
            }
        }
        Topic last = topic;
        long before = -1;
        for (long ms = start - 300_000; ms < start + 600_000; ms += 5_000) {
            long at = ms;
            long offset = machine.ask(reply -> broker().offsetAtOrAfter(last, 0, at, reply));
            assertTrue(offset >= before, "the offset of a later time is lower");
            before = offset;
        }
        assertEquals(300, machine.bodies(last, 0).size());
    }

    @Test
    void shouldNotStoreWhatIsDueBeforeItsTimeAlthoughTheClockIsSetBack() {
        machine.start();
        Topic topic = machine.topic("orders", 1);
        long dueMs = machine.time.wallMs() + 10_000;
        schedule(topic, "due", dueMs);
        fill(topic, "filler"); // so that it has to be read from storage
        machine.holdReads = true;
        machine.advanceMs(6_000);
        assertFalse(machine.heldReads.isEmpty(), "it was still in memory");
        machine.time.jumpWallMs(-5_000);
        machine.releaseReads();
        machine.advanceMs(20_000);
        List<ByteBuffer> all = new ArrayList<>();
        for (long at = 480; at < broker().endOffset(topic, 0); at += 32) {
            all.addAll(Machine.messages(machine.pull(topic, 0, at)));
        }
        ByteBuffer due = all.stream().filter(m -> Machine.body(m).equals("due")).findAny().get();
        assertTrue(StoredMessage.storeMs(due, 0) >= dueMs, "stored before it was due");
    }

    @Test
    void shouldNotHoldBackOthersForADueMessageThatIsDamaged() {
        machine.start();
        Topic topic = machine.topic("orders", 1);
        long dueMs = machine.time.wallMs() + 60_000;
        schedule(topic, "damaged", dueMs);
        schedule(topic, "whole", dueMs + 1);
        fill(topic, "filler"); // so that they have to be read from storage
        String segment = "0000000001.log";
        String content = new String(machine.logDisk.content(segment), StandardCharsets.ISO_8859_1);
        machine.logDisk.flipBit(segment, 8L * content.indexOf("damaged"));
        machine.advanceMs(61_000);
        List<String> bodies = machine.bodies(topic, 0);
        assertTrue(bodies.contains("whole"), "held back");
        assertFalse(bodies.stream().anyMatch(body -> body.endsWith("amaged")), "delivered");
    }

    @Test
    void shouldTellWhoWaitsThatTheTopicIsGoneNotThatItsOffsetIsOutOfRange() {
        machine.start();
        Topic topic = machine.topic("orders", 1);
        machine.send(topic, 0, "unwanted");
        List<Outcome<Pull.Pulled>> answers = new ArrayList<>();
        TagFilter filter = TagFilter.of(List.of("wanted"));
        broker().pull(machine.pull(topic, 0, 0, 15_000, filter, answers::add));
        machine.time.run();
        assertEquals(List.of(), answers, "it waits beyond what it does not want");
        machine.delete("orders");
        machine.advanceMs(15_000);
        assertEquals(Refusal.TOPIC_UNKNOWN, refusal(answers.getFirst()));
    }
}
