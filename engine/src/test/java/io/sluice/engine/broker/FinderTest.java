package io.sluice.engine.broker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.engine.catalog.Group;
import io.sluice.engine.catalog.Topic;
import io.sluice.engine.group.Skips.Skipped;
import io.sluice.engine.message.Message;
import io.sluice.engine.message.Properties;
import io.sluice.engine.message.StoredMessage;
import io.sluice.engine.queue.QueueRef;
import io.sluice.engine.shard.Appended;
import io.sluice.engine.shard.Outcome;
import io.sluice.engine.shard.Refusal;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Finding messages, and telling what became of them, through a whole engine. */
final class FinderTest {
    private static final Why.Audience ONLINE =
            new Why.Audience(true, false, false, List.of(new Why.Subscribed("c1", "*", true)));

    private final Machine machine = new Machine().start();
    private final Topic topic = machine.topic("orders", 2);

    private Broker broker() {
        return machine.broker();
    }

    private Topic topic() {
        return machine.existing("orders");
    }

    private Group group() {
        Group known = broker().catalog().group("billing");
        return known == null ? machine.group("billing") : known;
    }

    private static String properties(int number) {
        return "UNIQ_KEY\1u%d\2KEYS\1k all\2TAGS\1%s\2"
                .formatted(number, number % 3 == 0 ? "red" : "blue");
    }

    private void sendMany(int count) {
        for (int i = 0; i < count; i++) {
            machine.send(topic(), i % 2, "m" + i, properties(i));
            machine.advanceMs(10);
        }
    }

    private Found byKey(KeyQuery query) {
        return machine.ask(reply -> broker().finder().byKey(query, reply));
    }

    private static List<String> bodies(Found found) {
        return found.messages().stream().map(Machine::body).toList();
    }

    @Test
    void shouldGiveAllMessagesOfAKeyPageByPageNewestFirst() {
        sendMany(700);
        List<String> got = new ArrayList<>();
        long before = Long.MAX_VALUE;
        int pages = 0;
        while (before != Found.END) {
            Found page =
                    byKey(
                            new KeyQuery(
                                    topic(),
                                    "all",
                                    KeyQuery.Kind.KEY,
                                    before,
                                    64,
                                    Long.MAX_VALUE,
                                    0,
                                    Long.MAX_VALUE));
            assertTrue(page.messages().size() <= 64);
            got.addAll(bodies(page));
            before = page.next();
            pages++;
        }
        List<String> expected = new ArrayList<>();
        for (int i = 699; i >= 0; i--) {
            expected.add("m" + i);
        }
        assertEquals(expected, got);
        assertEquals(11, pages);
    }

    @Test
    void shouldEndAPageAtItsSizeAndGiveOneMessageWhateverItsSize() {
        sendMany(5);
        Found page =
                byKey(
                        new KeyQuery(
                                topic(),
                                "all",
                                KeyQuery.Kind.KEY,
                                Long.MAX_VALUE,
                                64,
                                1,
                                0,
                                Long.MAX_VALUE));
        assertEquals(List.of("m4"), bodies(page));
        assertTrue(page.next() > 0);
    }

    @Test
    void shouldFindByTheServersClock() {
        sendMany(10);
        long start = StoredMessage.storeMs(bodyOf("m0"), 0);
        Found some =
                byKey(
                        new KeyQuery(
                                topic(),
                                "all",
                                KeyQuery.Kind.KEY,
                                Long.MAX_VALUE,
                                64,
                                Long.MAX_VALUE,
                                start + 20,
                                start + 40));
        assertEquals(List.of("m4", "m3", "m2"), bodies(some));
    }

    private ByteBuffer bodyOf(String body) {
        return byKey(KeyQuery.of(topic(), "all", KeyQuery.Kind.KEY, 1000)).messages().stream()
                .filter(message -> Machine.body(message).equals(body))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void shouldGiveAMessageOnceThatHasAKeyTwice() {
        machine.send(topic, 0, "once", "UNIQ_KEY\1same\2KEYS\1same same\2");
        Found found = byKey(KeyQuery.of(topic, "same", KeyQuery.Kind.KEY, 10));
        assertEquals(List.of("once"), bodies(found));
    }

    @Test
    void shouldNotTakeAKeyForAUniqueKey() {
        machine.send(topic, 0, "named", "KEYS\1u1\2");
        machine.send(topic, 0, "unique", "UNIQ_KEY\1u1\2");
        Found found = byKey(KeyQuery.of(topic, "u1", KeyQuery.Kind.UNIQUE_KEY, 10));
        assertEquals(List.of("unique"), bodies(found));
    }

    @Test
    void shouldTellThatAMessageOfAKeyIsDamaged() {
        machine.send(topic, 0, "other", properties(0));
        long position = machine.send(topic, 0, "precious", "KEYS\1p\2").positions()[0];
        sendMany(800);
        machine.advanceMs(5_000);
        machine.killAndRestart();
        int body = (int) position + 48 + 8 + 8 + 8 + 4 + 8 + 4;
        machine.logDisk.flipBit("0000000001.log", body * 8L + 3);
        machine.killAndRestart();
        Found found = byKey(KeyQuery.of(topic(), "p", KeyQuery.Kind.KEY, 10));
        assertEquals(List.of(), found.messages());
        assertEquals(List.of(position), found.damaged());
        assertEquals(List.of(), byKey(KeyQuery.of(topic(), "u1", KeyQuery.Kind.KEY, 10)).damaged());
    }

    @Test
    void shouldFindByTagOldestFirstPageByPage() {
        sendMany(700);
        List<String> got = new ArrayList<>();
        long after = 0;
        while (after != Found.END) {
            TagQuery query =
                    new TagQuery(topic(), "red", after, 50, Long.MAX_VALUE, 0, Long.MAX_VALUE);
            Found page = machine.ask(reply -> broker().finder().byTag(query, reply));
            got.addAll(bodies(page));
            after = page.next();
        }
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 700; i += 3) {
            expected.add("m" + i);
        }
        assertEquals(expected, got);
    }

    @Test
    void shouldFindAMessageThatIsNotDueByItsKeyAndByItsPlace() {
        long due = machine.time.wallMs() + 60_000;
        long position = delay(topic, "later", properties(7), due);
        Located byKey = machine.ask(reply -> broker().finder().byAnyKey(topic, "u7", reply));
        assertEquals(due, byKey.dueMs());
        assertEquals("later", Machine.body(byKey.message()));
        Located byPlace = machine.ask(reply -> broker().finder().byPosition(position, reply));
        assertEquals(due, byPlace.dueMs());
        assertEquals(new Why.NotYetDue(due), why(byKey, Why.Audience.NOBODY));
        assertEquals(List.of(), byKey(KeyQuery.of(topic, "u7", KeyQuery.Kind.KEY, 10)).messages());
        machine.advanceMs(61_000);
        Located now = machine.ask(reply -> broker().finder().byAnyKey(topic, "u7", reply));
        assertTrue(now.isStored());
        Located byOldPlace = machine.ask(reply -> broker().finder().byPosition(position, reply));
        assertTrue(byOldPlace.isStored(), "the place that its sender was told leads to it still");
        assertEquals(now.position(), byOldPlace.position());
    }

    @Test
    void shouldStillFindWhatIsNotDueAfterARestartAndManySegments() {
        long due = machine.time.wallMs() + 3_600_000;
        delay(topic, "later", properties(9_999), due);
        sendMany(900);
        machine.advanceMs(5_000);
        machine.killAndRestart();
        Located found = machine.ask(reply -> broker().finder().byAnyKey(topic(), "u9999", reply));
        assertEquals(new Why.NotYetDue(due), why(found, Why.Audience.NOBODY));
        Finder.Waiting waiting = machine.ask(reply -> broker().finder().nextDue(10, reply));
        assertEquals(1, waiting.pending());
        assertEquals("later", Machine.body(waiting.next().getFirst().message()));
    }

    @Test
    void shouldTellThatAMessageWasTakenBack() {
        long due = machine.time.wallMs() + 60_000;
        long position = delay(topic, "later", properties(7), due);
        long recalled = machine.ask(reply -> broker().delays().recall(topic, due, position, reply));
        assertEquals(position, recalled);
        Located byKey = machine.ask(reply -> broker().finder().byAnyKey(topic, "u7", reply));
        assertEquals(new Why.Recalled(due), why(byKey, ONLINE));
        machine.advanceMs(5_000);
        machine.killAndRestart();
        Located byPlace = machine.ask(reply -> broker().finder().byPosition(position, reply));
        assertEquals(new Why.Recalled(due), why(byPlace, ONLINE));
    }

    private long delay(Topic to, String body, String properties, long dueMs) {
        Message message = Machine.message(to, body, properties);
        Appended appended =
                machine.ask(reply -> broker().append(to, 0, List.of(message), dueMs, reply));
        return appended.positions()[0];
    }

    @Test
    void shouldNotBelieveAPositionInTheMiddleOfAMessage() {
        long position = machine.send(topic, 0, "x".repeat(300), "").positions()[0];
        for (long at = position + 1; at < position + 300; at++) {
            long named = at;
            Outcome<Located> outcome =
                    machine.outcome(reply -> broker().finder().byPosition(named, reply));
            assertEquals(
                    Refusal.MESSAGE_UNKNOWN,
                    assertInstanceOf(Outcome.Refused.class, outcome).refusal());
        }
    }

    @Test
    void shouldNotBelieveAPlaceThatIsInNoSegment() {
        long position = machine.send(topic, 0, "x").positions()[0];
        for (int i = 0; i < 30; i++) {
            machine.send(topic, 0, "y".repeat(8_000));
        }
        machine.killAndRestart();
        for (long named : List.of(position | 1L << 31, position + (1L << 30), -position)) {
            Outcome<Located> outcome =
                    machine.outcome(reply -> broker().finder().byPosition(named, reply));
            assertEquals(
                    Refusal.MESSAGE_UNKNOWN,
                    assertInstanceOf(Outcome.Refused.class, outcome).refusal());
            Outcome<Long> recalled =
                    machine.outcome(reply -> broker().delays().recall(topic(), 5, named, reply));
            assertEquals(
                    Refusal.NOT_PENDING,
                    assertInstanceOf(Outcome.Refused.class, recalled).refusal());
        }
    }

    // Why.

    private Located locate(int queueId, long offset) {
        ByteBuffer message = Machine.messages(machine.pull(topic(), queueId, offset)).getFirst();
        return Located.stored(topic(), message);
    }

    private Why why(Located message, Why.Audience audience) {
        return machine.ask(reply -> broker().finder().why(message, group(), audience, reply));
    }

    private void commit(Topic of, int queueId, long offset) {
        long done =
                machine.ask(
                        reply -> broker().commitOffset(group(), of, queueId, offset, false, reply));
        assertEquals(offset, done);
    }

    private void giveBack(ByteBuffer message, int level) {
        Appended back =
                machine.ask(reply ->
                        broker().sendBack(
                                        group(),
                                        StoredMessage.position(message, 0),
                                        level,
                                        -1,
                                        "7F00000100002A9F%016X"
                                                .formatted(StoredMessage.position(message, 0)),
                                        reply));
        assertNotNull(back);
    }

    @Test
    void shouldTellEachStepOfAMessageInAGroup() {
        machine.send(topic, 0, "first", properties(1));
        machine.send(topic, 0, "second", properties(2));
        Located second = locate(0, 1);
        assertEquals(new Why.NeverConsumed(true), why(second, ONLINE));
        commit(topic, 0, 0);
        assertEquals(new Why.NotReached(0, 1, true), why(second, ONLINE));
        giveBack(second.message(), 0);
        long due = machine.time.wallMs() + 10_000;
        assertEquals(new Why.WaitingForRetry(1, due), why(second, ONLINE));
        commit(topic, 0, 2);
        assertEquals(new Why.WaitingForRetry(1, due), why(second, ONLINE), "though committed");
        assertEquals(new Why.Acknowledged(2, 0), why(locate(0, 0), ONLINE));
        machine.advanceMs(10_500);
        assertEquals(new Why.RetryNotReached(1, 0, true), why(second, ONLINE));
        Topic retries = machine.existing("%RETRY%billing");
        ByteBuffer retry = Machine.messages(machine.pull(retries, 0, 0)).getFirst();
        commit(retries, 0, 1);
        assertEquals(new Why.Acknowledged(1, 1), why(second, ONLINE));
        giveBack(retry, -1);
        Why.DeadLettered dead = assertInstanceOf(Why.DeadLettered.class, why(second, ONLINE));
        assertEquals(2, dead.attempts());
        machine.killAndRestart();
        assertEquals(dead, why(locate(0, 1), ONLINE));
    }

    @Test
    void shouldFindTheRetriesOfAMessageWithoutAUniqueKeyByWhereItLies() {
        machine.send(topic, 0, "first", "");
        machine.send(topic, 0, "second", "");
        giveBack(locate(0, 1).message(), 0);
        long due = machine.time.wallMs() + 10_000;
        assertEquals(new Why.WaitingForRetry(1, due), why(locate(0, 1), ONLINE));
        assertEquals(new Why.NeverConsumed(true), why(locate(0, 0), ONLINE));
        machine.advanceMs(10_500);
        assertEquals(new Why.RetryNotReached(1, 0, true), why(locate(0, 1), ONLINE));
    }

    @Test
    void shouldTellAResetFromAnAcknowledgement() {
        for (int i = 0; i < 6; i++) {
            machine.send(topic, 0, "m" + i, properties(i));
        }
        commit(topic, 0, 2);
        reset(5);
        long at = machine.time.wallMs();
        var skipped = new Skipped(2, 5, at);
        assertEquals(new Why.ResetPast(skipped), why(locate(0, 2), ONLINE));
        assertEquals(new Why.ResetPast(skipped), why(locate(0, 4), ONLINE));
        assertEquals(new Why.Acknowledged(5, 0), why(locate(0, 1), ONLINE));
        machine.killAndRestart();
        assertEquals(new Why.ResetPast(skipped), why(locate(0, 4), ONLINE));
        reset(3);
        assertEquals(new Why.NotReached(3, 1, true), why(locate(0, 4), ONLINE));
        commit(topic(), 0, 6);
        assertEquals(new Why.Acknowledged(6, 0), why(locate(0, 4), ONLINE));
        assertInstanceOf(Why.ResetPast.class, why(locate(0, 2), ONLINE));
    }

    private void reset(long offset) {
        var steps = List.of(new Replay.Step(0, 0, 0, 0, offset));
        int count = machine.ask(reply -> broker().replay().reset(group(), topic(), steps, reply));
        assertEquals(1, count);
    }

    @Test
    void shouldTellWhoHoldsTheQueueOfABlockedMessage() {
        machine.send(topic, 0, "first", properties(1));
        machine.send(topic, 0, "second", properties(2));
        commit(topic, 0, 0);
        List<QueueRef> held =
                machine.ask(reply ->
                        broker().lockQueues(
                                        group(),
                                        "client-1",
                                        List.of(new QueueRef(topic.id(), 0)),
                                        reply));
        assertEquals(1, held.size());
        Why.Audience ordered = new Why.Audience(true, true, false, List.of());
        assertEquals(new Why.BehindOrdered(0, "client-1"), why(locate(0, 1), ordered));
        assertEquals(new Why.NotReached(0, 0, true), why(locate(0, 0), ordered));
    }

    @Test
    void shouldGiveAResentMessageToOneGroupOnlyAndRememberItsOrigin() {
        machine.send(topic, 1, "again", properties(5));
        machine.send(topic, 1, "never", properties(6));
        Located message = locate(1, 0);
        Appended copy =
                machine.ask(reply ->
                        Resending.toGroup(
                                broker(),
                                group(),
                                message.message(),
                                "7F00000100002A9F%016X".formatted(message.position()),
                                reply));
        assertEquals(0, copy.offset());
        Topic retries = machine.existing("%RETRY%billing");
        ByteBuffer resent = Machine.messages(machine.pull(retries, 0, 0)).getFirst();
        byte[] properties = StoredMessage.properties(resent, 0);
        assertEquals("orders", Properties.text(properties, Properties.RETRY_TOPIC));
        assertEquals("u5", Properties.text(properties, Properties.UNIQUE_KEY));
        assertEquals(message.position(), Properties.originPosition(properties));
        assertEquals(0, StoredMessage.reconsumeTimes(resent, 0));
        assertEquals(new Why.RetryNotReached(0, 0, true), why(message, ONLINE));
        assertEquals(2, broker().endOffset(topic, 1), "the topic itself has nothing new");
    }

    @Test
    void shouldNameTheGroupsThatReadATopic() {
        machine.send(topic, 0, "m", "");
        commit(topic, 0, 1);
        Group other = machine.group("audit");
        long looked = machine.ask(reply -> broker().startOffset(other, topic, 0, false, reply));
        assertEquals(-1, looked);
        List<Group> groups = machine.ask(reply -> broker().finder().groupsOf(topic, reply));
        assertEquals(List.of("billing"), groups.stream().map(Group::name).toList());
    }

    @Test
    void shouldCreateTheTopicOfTracesWhenFirstNeeded() {
        Topic traces = machine.ask(reply -> broker().topicForSend("RMQ_SYS_TRACE_TOPIC", reply));
        assertTrue(traces.system());
        assertEquals(1, traces.queues());
        Set<String> keys = new TreeSet<>();
        for (int i = 0; i < 200; i++) {
            keys.add("id" + i);
        }
        machine.send(traces, 0, "trace", "KEYS\1" + String.join(" ", keys) + "\2");
        for (String key : List.of("id0", "id77", "id199")) {
            assertEquals(
                    List.of("trace"),
                    bodies(byKey(KeyQuery.of(traces, key, KeyQuery.Kind.KEY, 10))));
        }
    }
}
