package io.sluice.engine.broker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.engine.catalog.Topic;
import io.sluice.engine.message.Message;
import io.sluice.engine.message.StoredMessage;
import io.sluice.engine.schedule.TransactionRules;
import io.sluice.engine.schedule.Transactions;
import io.sluice.engine.schedule.Transactions.Decision;
import io.sluice.engine.shard.HalfMessage;
import io.sluice.engine.shard.Outcome;
import io.sluice.engine.shard.Refusal;
import io.sluice.engine.shard.TransactionCheck;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Transactions in a whole engine, with time moved by hand. */
final class TransactionTest {
    private static final TransactionRules RULES =
            new TransactionRules(6_000, 30_000, 3, 3_600_000, 5);

    private final Machine machine = new Machine();
    private final List<TransactionCheck> checks = new ArrayList<>();
    private Topic topic;

    TransactionTest() {
        machine.transactionRules = RULES;
        machine.start();
        topic = machine.topic("orders", 2);
    }

    @BeforeEach
    void ask() {
        machine.broker().transactions().checkWith(checks::add);
        machine.time.run();
    }

    private void restart() {
        machine.killAndRestart();
        topic = machine.existing("orders");
        ask();
    }

    private long prepare(String body) {
        return prepare(body, TransactionDesk.BY_RULE, 0);
    }

    private long prepare(String body, long firstCheckMs, int delayLevel) {
        Outcome<Long> outcome = tryPrepare(body, firstCheckMs, delayLevel);
        return assertInstanceOf(Outcome.Done.class, outcome).value() instanceof Long id ? id : 0;
    }

    private Outcome<Long> tryPrepare(String body, long firstCheckMs, int delayLevel) {
        Message message = Machine.message(topic, body, "KEYS\1k\2PGROUP\1payers\2");
        return machine.outcome((Consumer<Outcome<Long>> reply) ->
                machine.broker()
                        .transactions()
                        .prepare(topic, 1, message, firstCheckMs, delayLevel, reply));
    }

    private Outcome<Decision> end(long id, @Nullable String group, boolean commit) {
        return machine.outcome((Consumer<Outcome<Decision>> reply) ->
                machine.broker().transactions().end(id, group, commit, reply));
    }

    private Decision decide(long id, boolean commit) {
        return machine.ask((Consumer<Outcome<Decision>> reply) ->
                machine.broker().transactions().end(id, "payers", commit, reply));
    }

    private List<Transactions.Open> open() {
        return machine.ask((Consumer<Outcome<List<Transactions.Open>>> reply) ->
                machine.broker().transactions().list(0, 100, reply));
    }

    private List<String> bodies() {
        return machine.bodies(topic, 1);
    }

    private static void refused(Refusal why, Outcome<?> outcome) {
        Outcome.Refused<?> refused = assertInstanceOf(Outcome.Refused.class, outcome);
        assertEquals(why, refused.refusal());
        assertFalse(refused.detail().isEmpty());
    }

    // Deciding.

    @Test
    void shouldShowAMessageOnceItIsCommitted() {
        long id = prepare("paid");
        var _ = prepare("open");
        assertEquals(List.of(), bodies());
        assertEquals(0, machine.broker().endOffset(topic, 1));
        assertEquals(List.of(), found());
        refused(
                Refusal.MESSAGE_UNKNOWN,
                machine.outcome((Consumer<Outcome<ByteBuffer>> reply) ->
                        machine.broker().message(id, reply)));

        assertEquals(Decision.COMMITTED, decide(id, true));
        assertEquals(List.of("paid"), bodies());
        ByteBuffer stored = Machine.messages(machine.pull(topic, 1, 0)).getFirst();
        assertEquals(8, StoredMessage.systemFlag(stored, 0));
        assertEquals(id, StoredMessage.preparedOffset(stored, 0));
        assertEquals(List.of("paid"), found());
        assertEquals(1, open().size());
    }

    private List<String> found() {
        KeyQuery query = KeyQuery.of(topic, "k", KeyQuery.Kind.KEY, 9);
        Found found = machine.ask(reply -> machine.broker().finder().byKey(query, reply));
        return found.messages().stream().map(Machine::body).toList();
    }

    @Test
    void shouldNeverFindAHalfMessageByAnyPosition() {
        long id = prepare("secret");
        for (long position = id; position < id + 200; position++) {
            long at = position;
            refused(
                    Refusal.MESSAGE_UNKNOWN,
                    machine.outcome((Consumer<Outcome<ByteBuffer>> reply) ->
                            machine.broker().message(at, reply)));
        }
    }

    @Test
    void shouldNeverShowARolledBackMessage() {
        long id = prepare("not paid");
        assertEquals(Decision.ROLLED_BACK, decide(id, false));
        machine.advanceMs(100_000);
        assertEquals(List.of(), bodies());
        assertEquals(List.of(), open());
        assertEquals(List.of(), checks);
    }

    @Test
    void shouldAnswerEveryLaterDecisionWithTheFirst() {
        long paid = prepare("paid");
        long not = prepare("not paid");
        assertEquals(Decision.COMMITTED, decide(paid, true));
        assertEquals(Decision.ROLLED_BACK, decide(not, false));
        for (int i = 0; i < 2; i++) {
            assertEquals(Decision.COMMITTED, decide(paid, true));
            assertEquals(Decision.COMMITTED, decide(paid, false));
            assertEquals(Decision.ROLLED_BACK, decide(not, true));
            assertEquals(Decision.ROLLED_BACK, decide(not, false));
            restart();
        }
        assertEquals(List.of("paid"), bodies());
    }

    @Test
    void shouldStoreOnceWhatIsCommittedTwiceAtTheSameTime() {
        long id = prepare("paid");
        List<Outcome<Decision>> answers = new ArrayList<>();
        machine.broker().transactions().end(id, "payers", true, answers::add);
        machine.broker().transactions().end(id, "payers", true, answers::add);
        machine.broker().transactions().end(id, null, true, answers::add);
        machine.time.run();
        assertEquals(3, answers.size());
        answers.forEach(answer -> assertEquals(Outcome.done(Decision.COMMITTED), answer));
        assertEquals(List.of("paid"), bodies());
    }

    @Test
    void shouldRefuseAnotherGroupAndAnUnknownTransaction() {
        long id = prepare("paid");
        refused(Refusal.TRANSACTION_UNKNOWN, end(id, "thieves", true));
        refused(Refusal.TRANSACTION_UNKNOWN, end(id + 1, "payers", true));
        refused(Refusal.TRANSACTION_UNKNOWN, end(-1, "payers", false));
        assertEquals(List.of(), bodies());
        assertEquals(Decision.COMMITTED, decide(id, true));
    }

    @Test
    void shouldLetAnOperatorDecide() {
        long id = prepare("paid");
        assertEquals(Outcome.done(Decision.COMMITTED), end(id, null, true));
        assertEquals(List.of("paid"), bodies());
    }

    @Test
    void shouldDelayTheMessageFromTheCommitOn() {
        long id = prepare("later", TransactionDesk.BY_RULE, 2);
        machine.advanceMs(60_000);
        assertEquals(Decision.COMMITTED, decide(id, true));
        machine.advanceMs(4_900);
        assertEquals(List.of(), bodies());
        restart();
        machine.advanceMs(200);
        assertEquals(List.of("later"), bodies());
    }

    // Recovery.

    @Test
    void shouldKnowAnOpenTransactionAfterAKillAndAPowerFailure() {
        long id = prepare("paid");
        List<Transactions.Open> before = open();
        restart();
        assertEquals(before, open());
        machine.losePowerAndRestart(new Random(1));
        topic = machine.existing("orders");
        assertEquals(before, open());
        assertEquals(Decision.COMMITTED, decide(id, true));
        restart();
        assertEquals(List.of("paid"), bodies());
        assertEquals(List.of(), open());
    }

    @Test
    void shouldReadWhatIsCommittedFromStorage() {
        long id = prepare("paid");
        fill(200);
        machine.holdReads = true;
        AtomicReference<@Nullable Outcome<Decision>> answer = new AtomicReference<>();
        machine.broker().transactions().end(id, "payers", true, answer::set);
        machine.time.run();
        assertNull(answer.get(), "the shard did not read by itself");
        machine.releaseReads();
        assertEquals(Outcome.done(Decision.COMMITTED), answer.get());
        assertEquals(List.of("paid"), bodies());
    }

    @Test
    void shouldLetADecisionThatComesWhileACommitIsReadBeTheFirst() {
        long id = prepare("not paid");
        fill(200);
        machine.holdReads = true;
        AtomicReference<@Nullable Outcome<Decision>> answer = new AtomicReference<>();
        machine.broker().transactions().end(id, "payers", true, answer::set);
        machine.time.run();
        assertEquals(Decision.ROLLED_BACK, decide(id, false));
        machine.releaseReads();
        assertEquals(Outcome.done(Decision.ROLLED_BACK), answer.get());
        assertEquals(List.of(), bodies());
    }

    private void fill(int count) {
        for (int i = 0; i < count; i++) {
            machine.send(topic, 0, "x".repeat(900));
        }
    }

    @Test
    void shouldMoveOpenTransactionsOutOfSegmentsThatExpire() {
        machine.retentionMs = 20_000;
        restart();
        long id = prepare("paid");
        fill(300);
        machine.advanceMs(60_000);
        fill(300);
        machine.advanceMs(60_000);
        assertTrue(machine.log().firstSegment() > machine.log().segmentOf(id), "not trimmed");
        restart();
        assertEquals(id, open().getFirst().id());
        assertEquals(Decision.COMMITTED, decide(id, true));
        assertEquals(List.of("paid"), bodies());
    }

    @Test
    void shouldForgetTheTransactionsOfADeletedTopic() {
        long id = prepare("paid");
        machine.delete("orders");
        machine.advanceMs(1_000);
        assertEquals(List.of(), open());
        refused(Refusal.TRANSACTION_UNKNOWN, end(id, "payers", true));
        refused(Refusal.TOPIC_UNKNOWN, tryPrepare("late", TransactionDesk.BY_RULE, 0));
        topic = machine.topic("orders", 2);
        assertEquals(List.of(), bodies());
    }

    // Checking.

    @Test
    void shouldAskAfterTheFirstTimeAndThenAtIntervals() {
        long id = prepare("paid");
        machine.advanceMs(5_900);
        assertEquals(List.of(), checks);
        machine.advanceMs(200);
        assertEquals(List.of(new TransactionCheck(id, "payers", 1)), checks);
        machine.advanceMs(29_000);
        assertEquals(1, checks.size());
        machine.advanceMs(1_100);
        assertEquals(2, checks.size());
    }

    @Test
    void shouldAskFirstWhenTheMessageSaysSo() {
        var _ = prepare("paid", 20_000, 0);
        machine.advanceMs(19_000);
        assertEquals(List.of(), checks);
        machine.advanceMs(1_100);
        assertEquals(1, checks.size());
    }

    @Test
    void shouldCountChecksOverRestartsAndThenGiveUp() {
        long id = prepare("paid");
        machine.advanceMs(7_000);
        restart();
        machine.advanceMs(31_000);
        restart();
        machine.advanceMs(31_000);
        restart();
        assertEquals(List.of(1, 2, 3), checks.stream().map(TransactionCheck::times).toList());
        machine.advanceMs(300_000);
        assertEquals(3, checks.size());
        assertTrue(open().getFirst().isGivenUp());
        assertEquals(List.of(), bodies());
        restart();
        assertTrue(open().getFirst().isGivenUp());
        assertEquals(Decision.COMMITTED, decide(id, true));
        assertEquals(List.of("paid"), bodies());
    }

    @Test
    void shouldAskAnewWhenAnOperatorWantsIt() {
        long id = prepare("paid");
        machine.advanceMs(200_000);
        checks.clear();
        assertTrue(open().getFirst().isGivenUp());
        long resumed =
                machine.ask((Consumer<Outcome<Long>> reply) ->
                        machine.broker().transactions().resume(id, reply));
        assertEquals(id, resumed);
        machine.advanceMs(100);
        assertEquals(List.of(new TransactionCheck(id, "payers", 1)), checks);
    }

    @Test
    void shouldDropWhatNobodyEverDecides() {
        long id = prepare("paid");
        machine.advanceMs(3_600_000);
        assertEquals(List.of(), open());
        assertEquals(Decision.EXPIRED, decide(id, true));
        assertEquals(List.of(), bodies());
    }

    @Test
    void shouldHandOutTheHalfMessageToThoseWhoAsk() {
        long id = prepare("paid");
        HalfMessage half =
                machine.ask((Consumer<Outcome<HalfMessage>> reply) ->
                        machine.broker().transactions().read(id, reply));
        assertEquals("paid", Machine.body(half.stored()));
        assertEquals("payers", half.transaction().group());
    }

    @Test
    void shouldRefuseMoreThanAreAllowedUntilSomeAreDecided() {
        long id = prepare("0");
        for (int i = 1; i < RULES.openMax(); i++) {
            var _ = prepare("" + i);
        }
        refused(Refusal.BUSY, tryPrepare("too many", TransactionDesk.BY_RULE, 0));
        assertEquals(Decision.ROLLED_BACK, decide(id, false));
        var _ = prepare("again");
    }
}
