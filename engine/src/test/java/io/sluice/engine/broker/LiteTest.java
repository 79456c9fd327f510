package io.sluice.engine.broker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.sluice.engine.broker.Receive.Received;
import io.sluice.engine.catalog.Change;
import io.sluice.engine.catalog.Group;
import io.sluice.engine.catalog.GroupSettings;
import io.sluice.engine.catalog.Topic;
import io.sluice.engine.catalog.TopicSettings;
import io.sluice.engine.group.Ordering;
import io.sluice.engine.queue.TagFilter;
import io.sluice.engine.shard.Appended;
import io.sluice.engine.shard.LiteAction;
import io.sluice.engine.shard.LiteStart;
import io.sluice.engine.shard.LiteTaken;
import io.sluice.engine.shard.Outcome;
import io.sluice.engine.shard.Refusal;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Lite topics: who gets what, and when they come and go. */
class LiteTest {
    private static final long HOLD_MS = 10_000;
    private static final long HOUR_MS = 3_600_000;

    private final Machine machine = new Machine().start();
    private Topic topic = machine.lite("chats", Map.of(TopicSettings.LITE_EXPIRATION, "60"));
    private Group group = machine.group("workers");

    @BeforeEach
    void subscribeOne() {
        add("client", "a");
    }

    private Outcome<Appended> sending(String name, String body) {
        return machine.outcome(reply ->
                machine.broker()
                        .lites()
                        .append(topic, name, List.of(Machine.message(topic, body, "")), 0, reply));
    }

    private Appended send(String name, String body) {
        return ((Outcome.Done<Appended>) sending(name, body)).value();
    }

    private Outcome<List<LiteTaken>> wanting(
            Group of,
            String clientId,
            LiteAction action,
            @Nullable LiteStart start,
            String... names) {
        Set<String> all = new LinkedHashSet<>(List.of(names));
        return machine.outcome(reply ->
                machine.broker().lites().subscribe(of, topic, clientId, action, all, start, reply));
    }

    private List<LiteTaken> add(String clientId, String... names) {
        return ((Outcome.Done<List<LiteTaken>>)
                        wanting(group, clientId, LiteAction.ADD, null, names))
                .value();
    }

    private Receive request(
            Group of, String clientId, long suspendMs, Consumer<Outcome<Received>> reply) {
        return new Receive(
                        of,
                        topic,
                        0,
                        32,
                        1 << 20,
                        TagFilter.ALL,
                        HOLD_MS,
                        Ordering.NONE,
                        false,
                        suspendMs,
                        ByteBuffer::allocate,
                        Asker.staying(machine.time.executor()),
                        null,
                        reply)
                .ofLites(clientId);
    }

    private Received receive(Group of, String clientId) {
        return machine.ask(
                reply -> machine.broker().receiver().receive(request(of, clientId, 0, reply)));
    }

    private List<String> received(String clientId) {
        return Receiving.bodies(receive(group, clientId));
    }

    private void acknowledge(Group of, Received received) {
        int count =
                machine.ask(reply ->
                        machine.broker()
                                .receiver()
                                .acknowledge(
                                        of,
                                        topic,
                                        received.queueId(),
                                        received.number(),
                                        received.offsets(),
                                        reply));
        assertEquals(received.offsets().length, count);
    }

    /** All that there is for a client, by receiving and acknowledging until there is nothing. */
    private List<String> drain(Group of, String clientId) {
        List<String> bodies = new ArrayList<>();
        Received received = receive(of, clientId);
        while (received.queueId() >= 0) {
            bodies.addAll(Receiving.bodies(received));
            acknowledge(of, received);
            received = receive(of, clientId);
        }
        return bodies;
    }

    @Test
    void shouldGiveAClientTheMessagesOfWhatItWants() {
        send("a", "1");
        send("b", "2");
        send("a", "3");
        assertEquals(List.of("1", "3"), drain(group, "client"));
        assertEquals(List.of(), drain(group, "other"));
        add("client", "b");
        assertEquals(List.of("2"), drain(group, "client"));
    }

    @Test
    void shouldGiveEachGroupAllMessages() {
        Group others = machine.group("others");
        wanting(others, "client", LiteAction.ADD, null, "a");
        send("a", "1");
        assertEquals(List.of("1"), drain(group, "client"));
        assertEquals(List.of("1"), drain(others, "client"));
    }

    @Test
    void shouldKeepTheOrderOfEachLiteTopicAndLetOthersGoOn() {
        add("client", "b");
        send("a", "a1");
        Received first = receive(group, "client");
        send("a", "a2");
        send("b", "b1");
        assertEquals(List.of("b1"), received("client"));
        assertEquals(List.of(), received("client"));
        acknowledge(group, first);
        assertEquals(List.of("a2"), received("client"));
    }

    @Test
    void shouldHandOutAgainInPlaceWhatWasNotAcknowledged() {
        send("a", "1");
        assertEquals(List.of("1"), received("client"));
        machine.advanceMs(HOLD_MS);
        Received again = receive(group, "client");
        assertEquals(List.of("1"), Receiving.bodies(again));
        acknowledge(group, again);
        assertEquals(List.of(), received("client"));
    }

    @Test
    void shouldWakeWhoWaitsForALiteTopicThatIsNotThereYet() {
        List<Outcome<Received>> answers = new ArrayList<>();
        machine.broker().receiver().receive(request(group, "client", 60_000, answers::add));
        machine.time.run();
        send("b", "not wanted");
        assertEquals(0, answers.size());
        send("a", "1");
        machine.time.run();
        assertEquals(1, answers.size());
        assertEquals(
                List.of("1"),
                Receiving.bodies(((Outcome.Done<Received>) answers.getFirst()).value()));
    }

    @Test
    void shouldWakeWhoWaitsWhenTheTimeOfWhatOthersHoldIsOver() {
        add("second", "a");
        send("a", "1");
        assertEquals(List.of("1"), received("client"));
        List<Outcome<Received>> answers = new ArrayList<>();
        machine.broker().receiver().receive(request(group, "second", 60_000, answers::add));
        machine.advanceMs(HOLD_MS - 1_000);
        assertEquals(0, answers.size());
        machine.advanceMs(2_000);
        assertEquals(1, answers.size());
    }

    @Test
    void shouldTellWhoWaitsThatThereIsNothingInTime() {
        List<Outcome<Received>> answers = new ArrayList<>();
        machine.broker().receiver().receive(request(group, "client", 5_000, answers::add));
        machine.advanceMs(5_001);
        assertEquals(1, answers.size());
    }

    @Test
    void shouldAnswerWhoWaitsWhenTheEngineStops() {
        List<Outcome<Received>> answers = new ArrayList<>();
        machine.broker().receiver().receive(request(group, "client", 60_000, answers::add));
        machine.time.run();
        machine.broker().stop(() -> {});
        machine.time.run();
        assertEquals(1, answers.size());
    }

    @Test
    void shouldStoreAResendOnceInEachLiteTopic() {
        for (String name : List.of("a", "a", "b", "b")) {
            machine.<Appended>ask(reply ->
                    machine.broker()
                            .lites()
                            .append(
                                    topic,
                                    name,
                                    List.of(Machine.message(topic, "same", "UNIQ_KEY\1u\2")),
                                    1,
                                    reply));
        }
        assertEquals(List.of("same"), drain(group, "client"));
        add("second", "b");
        assertEquals(List.of("same"), drain(group, "second"));
    }

    // Coming and going.

    @Test
    void shouldExpireALiteTopicAfterATimeWithoutMessages() {
        send("a", "old");
        machine.advanceMs(HOUR_MS / 2);
        send("b", "kept");
        machine.advanceMs(HOUR_MS / 2 + 5_000);
        assertEquals(List.of(), received("client"));
        add("client", "b");
        assertEquals(List.of("kept"), received("client"));
    }

    @Test
    void shouldBeginAnewAfterItExpired() {
        send("a", "old");
        Received held = receive(group, "client");
        machine.advanceMs(HOUR_MS + 5_000);
        send("a", "new");
        assertEquals(List.of("new"), drain(group, "client"));
        assertInstanceOf(
                Outcome.Refused.class,
                machine.<Integer>outcome(reply ->
                        machine.broker()
                                .receiver()
                                .acknowledge(
                                        group,
                                        topic,
                                        held.queueId(),
                                        held.number(),
                                        held.offsets(),
                                        reply)));
    }

    @Test
    void shouldNotGiveWhatCameIntoAQueueThatWasAnotherLiteTopic() {
        int before = send("a", "old").queueId();
        machine.advanceMs(HOUR_MS + 5_000);
        Appended other = send("b", "of another");
        assertEquals(before, other.queueId());
        assertNotEquals(0, other.offset());
        assertEquals(List.of(), received("client"));
        add("second", "b");
        assertEquals(List.of("of another"), received("second"));
    }

    @Test
    void shouldKeepALiteTopicForEverIfItsTopicSaysSo() {
        topic = machine.lite("for-ever", Map.of());
        add("client", "a");
        send("a", "1");
        machine.advanceMs(48 * HOUR_MS);
        assertEquals(List.of("1"), received("client"));
    }

    @Test
    void shouldBeTheSameAfterARestart() {
        add("client", "b");
        send("a", "1");
        send("b", "2");
        acknowledge(group, receive(group, "client"));
        machine.advanceMs(HOUR_MS + 5_000);
        send("b", "3");
        ByteBuffer before = machine.broker().checkpoint();
        machine.killAndRestart();
        assertEquals(before, machine.broker().checkpoint());
        topic = machine.existing("chats");
        group = machine.group("workers");
        assertEquals(List.of(), received("client"));
        add("client", "a", "b");
        assertEquals(List.of("3"), drain(group, "client"));
    }

    @Test
    void shouldGoOnWhereTheGroupWasAfterSegmentsWereSealed() {
        String body = "x".repeat(8_000);
        for (int i = 0; i < 100; i++) {
            send("n" + i % 10, i + body);
        }
        add("client", "n3");
        acknowledge(group, receive(group, "client"));
        send("n3", "last");
        machine.killAndRestart();
        topic = machine.existing("chats");
        group = machine.group("workers");
        add("client", "n3");
        assertEquals(List.of("last"), drain(group, "client").reversed().subList(0, 1));
        assertEquals(List.of(), drain(group, "client"));
    }

    // Bounds and rules.

    private static void refused(Refusal why, Outcome<?> outcome) {
        assertEquals(why, assertInstanceOf(Outcome.Refused.class, outcome).refusal());
    }

    @Test
    void shouldRefuseMoreLiteTopicsThanATopicMayHave() {
        topic = machine.lite("few", Map.of(TopicSettings.LITE_TOPICS_MAX, "2"));
        send("a", "1");
        send("b", "2");
        refused(Refusal.TOO_MANY_LITE_TOPICS, sending("c", "3"));
        send("a", "4");
    }

    @Test
    void shouldRefuseMoreThanAClientMayWant() {
        group = machine.attributes("workers", Map.of(GroupSettings.LITE_QUOTA, "2"));
        add("client", "b");
        refused(
                Refusal.TOO_MANY_LITE_SUBSCRIPTIONS,
                wanting(group, "client", LiteAction.ADD, null, "c"));
        wanting(group, "client", LiteAction.REMOVE, null, "a");
        assertEquals(List.of(), add("client", "c"));
        refused(
                Refusal.TOO_MANY_LITE_SUBSCRIPTIONS,
                wanting(group, "client", LiteAction.REPLACE, null, "x", "y", "z"));
    }

    @Test
    void shouldReplaceAllThatAClientWants() {
        wanting(group, "client", LiteAction.REPLACE, null, "b", "c");
        send("a", "1");
        send("c", "2");
        assertEquals(List.of("2"), drain(group, "client"));
    }

    @Test
    void shouldTakeNeitherOrdinaryMessagesNorOrdinaryReceivers() {
        refused(
                Refusal.INVALID,
                machine.<Appended>outcome(reply ->
                        machine.broker()
                                .append(
                                        topic,
                                        0,
                                        List.of(Machine.message(topic, "x", "")),
                                        0,
                                        reply)));
        Topic ordinary = machine.topic("ordinary", 1);
        Topic lites = topic;
        topic = ordinary;
        refused(Refusal.INVALID, sending("a", "1"));
        topic = lites;
        for (String name : List.of("", " ", "a b", "a%", "a|b", "x".repeat(65))) {
            refused(Refusal.INVALID, sending(name, "1"));
        }
    }

    @Test
    void shouldNotBecomeAnotherTypeOfTopic() {
        var change =
                machine.broker()
                        .catalog()
                        .updateTopic("chats", s -> s.withAttributes(Map.of()))
                        .toCompletableFuture();
        machine.time.run();
        assertInstanceOf(Change.Refused.class, change.join());
    }

    @Test
    void shouldForgetTheLiteTopicsOfADeletedTopic() {
        send("a", "1");
        machine.delete("chats");
        topic = machine.lite("chats", Map.of());
        add("client", "a");
        assertEquals(List.of(), received("client"));
        assertEquals(0, send("a", "2").queueId());
        assertEquals(List.of("2"), received("client"));
    }

    // One client at a time.

    @Test
    void shouldTakeFromOthersWhatIsOneClients() {
        group = machine.attributes("workers", Map.of(GroupSettings.LITE_MODEL, "Exclusive"));
        send("a", "1");
        assertEquals(List.of(new LiteTaken("client", "a")), add("second", "a"));
        assertEquals(List.of(), received("client"));
        assertEquals(
                Outcome.done(List.of(new LiteTaken("client", "a"))),
                wanting(group, "client", LiteAction.REPLACE, null, "a", "b"));
        send("b", "2");
        assertEquals(List.of("2"), received("client"));
        assertEquals(List.of("1"), received("second"));
    }

    @Test
    void shouldBeginAnewInWhatIsTakenIfTheGroupWantsThat() {
        group =
                machine.attributes(
                        "workers",
                        Map.of(
                                GroupSettings.LITE_MODEL,
                                "Exclusive",
                                GroupSettings.LITE_START_OVER_WHEN_TAKEN,
                                "true"));
        send("a", "1");
        send("a", "2");
        assertEquals(List.of("1", "2"), drain(group, "client"));
        add("second", "a");
        assertEquals(List.of("1", "2"), drain(group, "second"));
    }

    // Where a group goes on.

    private List<String> from(LiteStart.From from, long value) {
        wanting(group, "client", LiteAction.REMOVE, null, "a");
        wanting(group, "client", LiteAction.ADD, new LiteStart(from, value), "a");
        return drain(group, "client");
    }

    @Test
    void shouldGoOnWhereAClientWantsTo() {
        IntStream.range(0, 5).forEach(i -> send("a", "" + i));
        assertEquals(List.of("3", "4"), from(LiteStart.From.OFFSET, 3));
        assertEquals(List.of("4"), from(LiteStart.From.BACK, 1));
        assertEquals(List.of("0", "1", "2", "3", "4"), from(LiteStart.From.FIRST, 0));
        assertEquals(List.of(), from(LiteStart.From.OFFSET, 99));
        assertEquals(List.of("0", "1", "2", "3", "4"), from(LiteStart.From.BACK, 99));
        from(LiteStart.From.FIRST, 0);
        send("a", "5");
        assertEquals(List.of(), from(LiteStart.From.END, 0));
    }
}
