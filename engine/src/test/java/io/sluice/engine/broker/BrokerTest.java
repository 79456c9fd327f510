package io.sluice.engine.broker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.engine.catalog.Group;
import io.sluice.engine.catalog.Names;
import io.sluice.engine.catalog.Topic;
import io.sluice.engine.group.Offsets;
import io.sluice.engine.log.MemoryDirectory;
import io.sluice.engine.message.Message;
import io.sluice.engine.message.Properties;
import io.sluice.engine.message.StoredMessage;
import io.sluice.engine.queue.QueueRef;
import io.sluice.engine.queue.TagFilter;
import io.sluice.engine.shard.Appended;
import io.sluice.engine.shard.Outcome;
import io.sluice.engine.shard.Refusal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The engine through its entrance: every promise of a reply, a pull, a retry, a restart. */
final class BrokerTest {
    private static final long HOUR_MS = 3_600_000;

    private final Machine machine = new Machine().start();
    private final Broker broker = machine.broker();

    private static <T> Refusal refusal(Outcome<T> outcome) {
        return assertInstanceOf(Outcome.Refused.class, outcome).refusal();
    }

    @Test
    void shouldServeExactlyWhatWasSentInOrder() {
        Topic topic = machine.topic("orders", 4);
        List<String> sent = IntStream.range(0, 100).mapToObj(i -> "body " + i).toList();
        for (int i = 0; i < sent.size(); i++) {
            Appended appended = machine.send(topic, 2, sent.get(i), "TAGS\1a\2");
            assertEquals(i, appended.offset());
        }
        assertEquals(sent, machine.bodies(topic, 2));
        ByteBuffer first = Machine.messages(machine.pull(topic, 2, 0)).getFirst();
        assertEquals("orders", new String(StoredMessage.topic(first, 0), UTF_8));
        assertEquals("TAGS\1a\2", new String(StoredMessage.properties(first, 0), UTF_8));
        assertEquals(3, StoredMessage.flag(first, 0));
        assertTrue(
                StoredMessage.hasIntactBody(
                        first, 0, first.capacity(), StoredMessage.position(first, 0)));
        assertEquals(12345, StoredMessage.bornMs(first, 0));
        assertEquals(2, StoredMessage.queueId(first, 0));
        assertEquals(machine.time.wallMs(), StoredMessage.storeMs(first, 0));
    }

    @Test
    void shouldNeitherReplyNorShowBeforeTheBatchIsDurable() {
        Topic topic = machine.topic("orders", 1);
        List<Outcome<Appended>> replies = new ArrayList<>();
        Message message = Machine.message(topic, "x", "");
        broker.append(topic, 0, List.of(message), 0, replies::add);
        long calls = machine.logDisk.calls();
        while (machine.logDisk.calls() == calls) {
            assertEquals(0, replies.size());
            assertEquals(0, broker.endOffset(topic, 0));
            assertTrue(machine.time.runOne(), "the write never came");
        }
        machine.time.run();
        assertEquals(1, replies.size());
        assertEquals(1, broker.endOffset(topic, 0));
    }

    @Test
    void shouldRefuseAndShowNothingWhenTheWriteFails() {
        Topic topic = machine.topic("orders", 1);
        machine.send(topic, 0, "kept");
        machine.logDisk.fault((call, name) -> {
            if (call == MemoryDirectory.Call.WRITE) {
                throw new IOException("injected");
            }
        });
        Message message = Machine.message(topic, "lost", "");
        Outcome<Appended> failed =
                machine.outcome(reply -> broker.append(topic, 0, List.of(message), 0, reply));
        assertEquals(Refusal.STORAGE_FAILED, refusal(failed));
        machine.logDisk.fault((call, name) -> {});
        Outcome<Appended> after =
                machine.outcome(reply -> broker.append(topic, 0, List.of(message), 0, reply));
        assertEquals(Refusal.STORAGE_FAILED, refusal(after));
        assertEquals(List.of("kept"), machine.bodies(topic, 0));
        assertNotNull(broker.failure());
    }

    @Test
    void shouldAcknowledgeEarlyOnlyWhereAskedAndCountIt() {
        machine.async = true;
        machine.killAndRestart();
        Topic topic = machine.topic("logs", 1);
        List<Outcome<Appended>> replies = new ArrayList<>();
        Message message = Machine.message(topic, "x", "");
        machine.broker().append(topic, 0, List.of(message), 0, replies::add);
        machine.time.runOne();
        assertEquals(1, replies.size());
        assertEquals(1, machine.broker().acknowledgedNotDurable());
        assertEquals(0, machine.broker().endOffset(topic, 0));
        machine.time.run();
        assertEquals(0, machine.broker().acknowledgedNotDurable());
        assertEquals(List.of("x"), machine.bodies(topic, 0));
    }

    @Test
    void shouldStoreABatchUnderConsecutiveOffsets() {
        Topic topic = machine.topic("orders", 1);
        machine.send(topic, 0, "first");
        List<Message> batch =
                List.of(
                        Machine.message(topic, "a", ""),
                        Machine.message(topic, "b", ""),
                        Machine.message(topic, "c", ""));
        Appended appended = machine.ask(reply -> broker.append(topic, 0, batch, 0, reply));
        assertEquals(1, appended.offset());
        assertEquals(3, appended.positions().length);
        assertEquals(List.of("first", "a", "b", "c"), machine.bodies(topic, 0));
    }

    @Test
    void shouldRefuseWhatBreaksALimitAndChangeNothing() {
        Topic topic = machine.topic("orders", 1);
        Message large = Machine.message(topic, "x".repeat(Broker.BODY_SIZE_BYTES_MAX + 1), "");
        assertEquals(Refusal.TOO_LARGE, refusedAppend(topic, 0, large));
        Message wide = Machine.message(topic, "x", "k\1" + "v".repeat(40_000));
        assertEquals(Refusal.TOO_LARGE, refusedAppend(topic, 0, wide));
        Message good = Machine.message(topic, "x", "");
        assertEquals(Refusal.QUEUE_UNKNOWN, refusedAppend(topic, 1, good));
        assertEquals(List.of(), machine.bodies(topic, 0));
    }

    private Refusal refusedAppend(Topic topic, int queueId, Message message) {
        Outcome<Appended> outcome =
                machine.outcome(reply -> broker.append(topic, queueId, List.of(message), 0, reply));
        return refusal(outcome);
    }

    @Test
    void shouldParkAPullUntilAMessageComes() {
        Topic topic = machine.topic("orders", 1);
        List<Outcome<Pull.Pulled>> replies = new ArrayList<>();
        broker.pull(machine.pull(topic, 0, 0, 15_000, TagFilter.ALL, replies::add));
        machine.advanceMs(14_000);
        assertEquals(0, replies.size());
        machine.send(topic, 0, "news");
        assertEquals(1, replies.size());
        Pull.Pulled pulled = done(replies.getFirst());
        assertEquals("news", Machine.body(Machine.messages(pulled).getFirst()));
        machine.advanceMs(60_000);
        assertEquals(1, replies.size());
    }

    @Test
    void shouldAnswerAParkedPullAtItsDeadline() {
        Topic topic = machine.topic("orders", 1);
        List<Outcome<Pull.Pulled>> replies = new ArrayList<>();
        broker.pull(machine.pull(topic, 0, 0, 15_000, TagFilter.ALL, replies::add));
        machine.time.run();
        machine.advanceMs(14_999);
        assertEquals(0, replies.size());
        machine.advanceMs(1);
        assertEquals(Pull.Found.END, done(replies.getFirst()).found());
    }

    @Test
    void shouldStayParkedWhileOnlyUnwantedMessagesCome() {
        Topic topic = machine.topic("orders", 1);
        List<Outcome<Pull.Pulled>> replies = new ArrayList<>();
        TagFilter wanted = TagFilter.of(Set.of("wanted"));
        broker.pull(machine.pull(topic, 0, 0, 15_000, wanted, replies::add));
        machine.send(topic, 0, "1", "TAGS\1other\2");
        machine.send(topic, 0, "2", "");
        assertEquals(0, replies.size());
        machine.send(topic, 0, "3", "TAGS\1wanted\2");
        Pull.Pulled pulled = done(replies.getFirst());
        assertEquals(List.of("3"), Machine.messages(pulled).stream().map(Machine::body).toList());
        assertEquals(3, pulled.nextOffset());
    }

    @Test
    void shouldTellHowFarItLookedWhenNothingMatchedInTime() {
        Topic topic = machine.topic("orders", 1);
        machine.send(topic, 0, "1", "TAGS\1other\2");
        List<Outcome<Pull.Pulled>> replies = new ArrayList<>();
        TagFilter wanted = TagFilter.of(Set.of("wanted"));
        broker.pull(machine.pull(topic, 0, 0, 1_000, wanted, replies::add));
        machine.time.run();
        machine.advanceMs(1_000);
        assertEquals(Pull.Found.NO_MATCH, done(replies.getFirst()).found());
        assertEquals(1, done(replies.getFirst()).nextOffset());
    }

    @Test
    void shouldNotBeFooledByTagsOfEqualHash() {
        assertEquals("Aa".hashCode(), "BB".hashCode());
        Topic topic = machine.topic("orders", 1);
        machine.send(topic, 0, "1", "TAGS\1Aa\2");
        machine.send(topic, 0, "2", "TAGS\1BB\2");
        TagFilter filter = TagFilter.of(Set.of("BB"));
        Pull.Pulled pulled =
                machine.ask(reply -> broker.pull(machine.pull(topic, 0, 0, 0, filter, reply)));
        assertEquals(List.of("2"), Machine.messages(pulled).stream().map(Machine::body).toList());
    }

    @Test
    void shouldSendAPullOutsideOfTheQueueToItsEnds() {
        Topic topic = machine.topic("orders", 1);
        machine.send(topic, 0, "x");
        assertEquals(Pull.Found.OUT_OF_RANGE, machine.pull(topic, 0, 5).found());
        assertEquals(1, machine.pull(topic, 0, 5).nextOffset());
    }

    @Test
    void shouldRetrySixteenTimesOnScheduleAndThenDeadLetter() {
        Topic topic = machine.topic("orders", 1);
        Group group = machine.group("billing");
        Topic retry = machine.existing(Names.retryTopic("billing"));
        long position = machine.send(topic, 0, "poison", "KEYS\1k\2").positions()[0];
        for (int n = 1; n <= 16; n++) {
            giveBack(group, position, 0);
            long waitMs = Machine.DELAYS_MS.get(n + 2 - 1);
            machine.advanceMs(waitMs - 1);
            assertEquals(n - 1, broker.endOffset(retry, 0), "early at retry " + n);
            machine.advanceMs(2);
            assertEquals(n, broker.endOffset(retry, 0), "late at retry " + n);
            ByteBuffer again = Machine.messages(machine.pull(retry, 0, n - 1)).getFirst();
            assertEquals(n, StoredMessage.reconsumeTimes(again, 0));
            byte[] properties = StoredMessage.properties(again, 0);
            assertEquals("orders", Properties.text(properties, Properties.RETRY_TOPIC));
            assertEquals("ID", Properties.text(properties, Properties.ORIGIN_MESSAGE_ID));
            assertEquals("poison", Machine.body(again));
            position = StoredMessage.position(again, 0);
        }
        giveBack(group, position, 0);
        Topic dead = machine.existing(Names.deadLetterTopic("billing"));
        ByteBuffer letter = Machine.messages(machine.pull(dead, 0, 0)).getFirst();
        assertEquals("poison", Machine.body(letter));
        assertEquals(
                "orders",
                Properties.text(StoredMessage.properties(letter, 0), Properties.DLQ_ORIGIN_TOPIC));
        machine.advanceMs(3 * HOUR_MS);
        assertEquals(16, broker.endOffset(retry, 0));
    }

    private void giveBack(Group group, long position, int delayLevel) {
        machine.ask((Consumer<Outcome<Appended>> reply) ->
                broker.sendBack(group, position, delayLevel, -1, "ID", reply));
    }

    @Test
    void shouldRefuseToTakeBackWhatWasNeverStored() {
        Topic topic = machine.topic("orders", 1);
        long position = machine.send(topic, 0, "x").positions()[0];
        Group group = machine.group("billing");
        for (long wrong : new long[] {-1, 0, position + 1, position - 8, Long.MAX_VALUE}) {
            Outcome<Appended> outcome =
                    machine.outcome(reply -> broker.sendBack(group, wrong, 0, -1, "ID", reply));
            assertEquals(Refusal.MESSAGE_UNKNOWN, refusal(outcome), "position " + wrong);
        }
    }

    @Test
    void shouldFireWhatFellDueWhileTheServerWasDown() {
        Topic topic = machine.topic("orders", 1);
        Message message = Machine.message(topic, "later", "");
        long dueMs = machine.time.wallMs() + 30_000;
        machine.ask((Consumer<Outcome<Appended>> reply) ->
                broker.append(topic, 0, List.of(message), dueMs, reply));
        machine.advanceMs(20_000);
        machine.killAndRestart();
        assertEquals(List.of(), machine.bodies(machine.existing("orders"), 0));
        machine.advanceMs(10_001);
        assertEquals(List.of("later"), machine.bodies(machine.existing("orders"), 0));
        machine.killAndRestart();
        machine.advanceMs(60_000);
        assertEquals(List.of("later"), machine.bodies(machine.existing("orders"), 0));
    }

    @Test
    void shouldKeepEverythingOverSegmentsAndRestarts() {
        Topic topic = machine.topic("orders", 3);
        List<List<String>> sent = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        for (int i = 0; i < 1_500; i++) {
            String body = "body " + i + "x".repeat(i % 300);
            machine.send(topic, i % 3, body, "KEYS\1key" + i + "\2");
            sent.get(i % 3).add(body);
        }
        machine.advanceMs(5_000);
        assertTrue(machine.log().segmentOf(machine.log().durablePosition()) > 5, "one segment");
        checkAll(topic, sent);
        ByteBuffer before = checkpoint();
        machine.killAndRestart();
        assertEquals(before, checkpoint());
        checkAll(machine.existing("orders"), sent);
    }

    @Test
    void shouldSayThatAMessageIsDamagedOnDiskAndNotServeIt() {
        Topic topic = machine.topic("orders", 1);
        long position = machine.send(topic, 0, "precious").positions()[0];
        sendMany(topic, "filler", 800);
        machine.advanceMs(5_000);
        machine.killAndRestart();
        Topic same = machine.existing("orders");
        assertEquals("precious", machine.bodies(same, 0).getFirst());
        int body = (int) position + 48 + 8 + 8 + 8 + 4 + 8 + 4;
        machine.logDisk.flipBit("0000000001.log", body * 8L + 3);
        machine.killAndRestart();
        Outcome<Pull.Pulled> outcome =
                machine.outcome(reply ->
                        machine.broker()
                                .pull(
                                        machine.pull(
                                                machine.existing("orders"),
                                                0,
                                                0,
                                                0,
                                                TagFilter.ALL,
                                                reply)));
        assertEquals(Refusal.STORAGE_FAILED, refusal(outcome));
        assertTrue(((Outcome.Refused<?>) outcome).detail().contains("damaged"));
    }

    private void checkAll(Topic topic, List<List<String>> sent) {
        for (int queue = 0; queue < sent.size(); queue++) {
            assertEquals(sent.get(queue), machine.bodies(topic, queue));
        }
        for (int i = 0; i < 1_500; i += 131) {
            List<ByteBuffer> found = byKey(topic, "key" + i);
            assertEquals(1, found.size(), "key" + i);
            assertTrue(Machine.body(found.getFirst()).startsWith("body " + i));
        }
        assertEquals(0, byKey(topic, "key1500").size());
    }

    private List<ByteBuffer> byKey(Topic topic, String key) {
        KeyQuery query = KeyQuery.of(topic, key, KeyQuery.Kind.KEY, 10);
        Found found = machine.ask(reply -> machine.broker().finder().byKey(query, reply));
        return found.messages();
    }

    private ByteBuffer checkpoint() {
        return machine.broker().checkpoint();
    }

    @Test
    void shouldFindTheOffsetOfATime() {
        Topic topic = machine.topic("orders", 1);
        long start = machine.time.wallMs();
        for (int i = 0; i < 600; i++) {
            machine.send(topic, 0, "x".repeat(200));
            machine.advanceMs(10);
        }
        machine.advanceMs(5_000);
        for (int i : new int[] {0, 1, 77, 300, 598, 599}) {
            assertEquals(i, offsetAt(topic, start + i * 10L));
            assertEquals(i, offsetAt(topic, start + i * 10L - 5));
        }
        assertEquals(600, offsetAt(topic, start + 6_000));
        assertEquals(0, offsetAt(topic, 0));
        long first = machine.ask(reply -> broker.firstStoreMs(topic, 0, reply));
        assertEquals(start, first);
    }

    private long offsetAt(Topic topic, long ms) {
        return machine.ask(reply -> broker.offsetAtOrAfter(topic, 0, ms, reply));
    }

    @Test
    void shouldLeaveTheStartToANewGroupAndReadAddedQueuesFromTheBeginning() {
        Topic topic = machine.topic("orders", 2);
        Group group = machine.group("billing");
        machine.send(topic, 0, "x");
        assertEquals(Offsets.NONE, start(group, topic, 0));
        commit(group, topic, 0, 1);
        assertEquals(1, start(group, topic, 0));
        assertEquals(Offsets.NONE, start(group, topic, 1));
        Topic grown = machine.grow("orders", 4);
        assertEquals(Offsets.NONE, start(group, grown, 1));
        assertEquals(0, start(group, grown, 2));
        assertEquals(0, start(group, grown, 3));
        machine.killAndRestart();
        Group known = assertNotNullGroup("billing");
        assertEquals(1, start(known, machine.existing("orders"), 0));
        assertEquals(0, start(known, machine.existing("orders"), 3));
        assertEquals(Offsets.NONE, start(machine.group("other"), machine.existing("orders"), 3));
    }

    private Group assertNotNullGroup(String name) {
        Group group = machine.broker().catalog().group(name);
        assertNotNull(group);
        return group;
    }

    private long start(Group group, Topic topic, int queueId) {
        return machine.ask(
                reply -> machine.broker().startOffset(group, topic, queueId, true, reply));
    }

    private void commit(Group group, Topic topic, int queueId, long offset) {
        machine.ask((Consumer<Outcome<Long>> reply) ->
                machine.broker().commitOffset(group, topic, queueId, offset, false, reply));
    }

    @Test
    void shouldNotCommitBeyondTheQueueNorLowerAPiggybackedOffset() {
        Topic topic = machine.topic("orders", 1);
        Group group = machine.group("billing");
        machine.send(topic, 0, "1");
        machine.send(topic, 0, "2");
        commit(group, topic, 0, 2);
        Outcome<Long> beyond =
                machine.outcome(reply -> broker.commitOffset(group, topic, 0, 3, false, reply));
        assertEquals(Refusal.INVALID, refusal(beyond));
        long kept = machine.ask(reply -> broker.commitOffset(group, topic, 0, 1, true, reply));
        assertEquals(2, kept);
        commit(group, topic, 0, 1);
        assertEquals(1, start(group, topic, 0));
    }

    @Test
    void shouldStartCleanWhenATopicIsDeletedAndCreatedAnew() {
        Topic old = machine.topic("orders", 1);
        Group group = machine.group("billing");
        machine.send(old, 0, "old", "KEYS\1k\2");
        commit(group, old, 0, 1);
        machine.delete("orders");
        Topic fresh = machine.topic("orders", 1);
        assertEquals(0, broker.endOffset(fresh, 0));
        assertEquals(Offsets.NONE, start(group, fresh, 0));
        assertEquals(0, byKey(fresh, "k").size());
        machine.send(fresh, 0, "new");
        machine.killAndRestart();
        assertEquals(List.of("new"), machine.bodies(machine.existing("orders"), 0));
    }

    @Test
    void shouldGiveAQueueLockToOneClientAtATime() {
        Topic topic = machine.topic("orders", 1);
        Group group = machine.group("billing");
        List<QueueRef> queue = List.of(new QueueRef(topic.id(), 0));
        assertEquals(queue, lock(group, "a", queue));
        assertEquals(List.of(), lock(group, "b", queue));
        machine.advanceMs(59_000);
        assertEquals(queue, lock(group, "a", queue));
        machine.advanceMs(59_000);
        assertEquals(List.of(), lock(group, "b", queue));
        machine.advanceMs(1_000);
        assertEquals(queue, lock(group, "b", queue));
        machine.ask((Consumer<Outcome<Integer>> reply) -> broker.unlockClient(group, "b", reply));
        assertEquals(queue, lock(group, "a", queue));
        machine.ask((Consumer<Outcome<Integer>> reply) ->
                broker.unlockQueues(group, "b", queue, reply));
        assertEquals(List.of(), lock(group, "b", queue));
    }

    private List<QueueRef> lock(Group group, String clientId, List<QueueRef> queues) {
        return machine.ask(reply -> broker.lockQueues(group, clientId, queues, reply));
    }

    @Test
    void shouldExpireByTimeAndDeleteSegmentsButNothingYounger() {
        machine.retentionMs = HOUR_MS;
        machine.killAndRestart();
        Topic topic = machine.topic("orders", 1);
        sendMany(topic, "old", 800);
        machine.advanceMs(HOUR_MS / 2);
        sendMany(topic, "young", 800);
        int before = machine.log().firstSegment();
        machine.advanceMs(HOUR_MS / 2 + 60_000);
        assertTrue(machine.log().firstSegment() > before, "nothing was deleted");
        List<String> left = machine.bodies(topic, 0);
        assertEquals(800, left.stream().filter(body -> body.startsWith("young")).count());
        assertTrue(left.size() < 1_600, "nothing has expired");
        long first = machine.broker().firstOffset(topic, 0);
        Pull.Pulled below = machine.pull(topic, 0, first - 1);
        assertEquals(Pull.Found.OUT_OF_RANGE, below.found());
        assertEquals(first, below.nextOffset());
        machine.killAndRestart();
        assertEquals(left, machine.bodies(machine.existing("orders"), 0));
    }

    @Test
    void shouldExpireByATopicsOwnSize() {
        Topic small = machine.topic("small", 1);
        Topic other = machine.topic("other", 1);
        machine.retain("small", 0, 20_000);
        sendMany(small, "s", 800);
        sendMany(other, "o", 800);
        machine.advanceMs(60_000);
        assertEquals(800, machine.bodies(other, 0).size());
        int left = machine.bodies(small, 0).size();
        assertTrue(left < 800, "nothing has expired");
        assertTrue(left * 300 >= 20_000 || left == 0, left + " left");
    }

    private void sendMany(Topic topic, String body, int count) {
        for (int i = 0; i < count; i++) {
            machine.send(topic, 0, body + i + "x".repeat(200));
        }
    }

    @Test
    void shouldMoveTimersOutOfAnExpiringSegment() {
        machine.retentionMs = HOUR_MS;
        machine.killAndRestart();
        Topic topic = machine.topic("orders", 1);
        Message message = Machine.message(topic, "far", "");
        long dueMs = machine.time.wallMs() + 4 * HOUR_MS;
        machine.ask((Consumer<Outcome<Appended>> reply) ->
                machine.broker().append(topic, 0, List.of(message), dueMs, reply));
        sendMany(topic, "filler", 800);
        machine.advanceMs(2 * HOUR_MS);
        assertTrue(machine.log().firstSegment() > 1, "the segment with the timer is still there");
        machine.killAndRestart();
        machine.advanceMs(2 * HOUR_MS + 1_000);
        List<String> left = machine.bodies(machine.existing("orders"), 0);
        assertEquals(1, left.stream().filter(body -> body.equals("far")).count());
    }

    @Test
    void shouldRefuseWhenTheDiskIsFullServeReadersAndHeal() {
        Topic topic = machine.topic("orders", 1);
        Group group = machine.group("billing");
        machine.send(topic, 0, "first");
        machine.logDisk.capacityBytes(machine.logDisk.usedBytes());
        int stored = 1;
        Outcome<Appended> outcome;
        do {
            Message message = Machine.message(topic, "x".repeat(500), "");
            outcome = machine.outcome(reply -> broker.append(topic, 0, List.of(message), 0, reply));
        } while (outcome instanceof Outcome.Done<?> && stored++ < 2_000);
        assertEquals(Refusal.STORAGE_FULL, refusal(outcome));
        assertEquals(stored, machine.bodies(topic, 0).size());
        commit(group, topic, 0, stored);
        machine.logDisk.capacityBytes(Long.MAX_VALUE);
        machine.advanceMs(3_000);
        machine.send(topic, 0, "after");
        assertEquals(stored + 1, machine.bodies(topic, 0).size());
        machine.killAndRestart();
        assertEquals(stored + 1, machine.bodies(machine.existing("orders"), 0).size());
    }

    @Test
    void shouldFinishWhatIsUnderWayWhenStopped() {
        Topic topic = machine.topic("orders", 1);
        List<Outcome<Appended>> sends = new ArrayList<>();
        List<Outcome<Pull.Pulled>> pulls = new ArrayList<>();
        List<String> stopped = new ArrayList<>();
        broker.pull(machine.pull(topic, 0, 0, 15_000, TagFilter.ALL, pulls::add));
        machine.time.run();
        Message message = Machine.message(topic, "last", "");
        broker.append(topic, 0, List.of(message), 0, sends::add);
        broker.stop(() -> stopped.add("stopped"));
        machine.time.run();
        assertInstanceOf(Outcome.Done.class, sends.getFirst());
        assertEquals(1, pulls.size());
        assertEquals(List.of("stopped"), stopped);
        Outcome<Appended> late =
                machine.outcome(reply -> broker.append(topic, 0, List.of(message), 0, reply));
        assertEquals(Refusal.STOPPING, refusal(late));
        assertFalse(broker.failure() != null);
    }

    private static Pull.Pulled done(Outcome<Pull.Pulled> outcome) {
        return switch (outcome) {
            case Outcome.Done<Pull.Pulled>(Pull.Pulled pulled) -> pulled;
            case Outcome.Refused<Pull.Pulled> refused -> throw new AssertionError(refused);
        };
    }
}
