package io.sluice.engine.broker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.sluice.engine.catalog.Topic;
import io.sluice.engine.message.Message;
import io.sluice.engine.shard.Appended;
import io.sluice.engine.shard.Outcome;
import io.sluice.engine.shard.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RecallTest {
    private static final long HOUR_MS = 3_600_000;

    private final Machine machine = new Machine().start();
    private Topic topic = machine.topic("reminders", 1);

    private Appended schedule(String body, long delayMs) {
        Message message = Machine.message(topic, body, "");
        long dueMs = machine.time.wallMs() + delayMs;
        return machine.ask(
                reply -> machine.broker().append(topic, 0, List.of(message), dueMs, reply));
    }

    private Outcome<Long> recall(Appended scheduled) {
        return recall(scheduled.dueMs(), scheduled.positions()[0]);
    }

    private Outcome<Long> recall(long dueMs, long position) {
        return machine.outcome(
                reply -> machine.broker().delays().recall(topic, dueMs, position, reply));
    }

    private static void assertDone(Outcome<Long> outcome) {
        assertInstanceOf(Outcome.Done.class, outcome);
    }

    private static void assertNotPending(Outcome<Long> outcome) {
        assertEquals(
                Refusal.NOT_PENDING, assertInstanceOf(Outcome.Refused.class, outcome).refusal());
    }

    private List<String> bodies() {
        return machine.bodies(topic, 0);
    }

    @Test
    void shouldNeverDeliverWhatWasRecalled() {
        Appended first = schedule("first", 1_000);
        schedule("second", 1_000);
        Appended third = schedule("third", 2_000);
        assertDone(recall(first));
        assertDone(recall(third));
        machine.advanceMs(5_000);
        assertEquals(List.of("second"), bodies());
    }

    @Test
    void shouldAnswerARepeatedRecallAlike() {
        Appended scheduled = schedule("once", 1_000);
        assertDone(recall(scheduled));
        assertDone(recall(scheduled));
        machine.advanceMs(5_000);
        assertEquals(List.of(), bodies());
    }

    @Test
    void shouldRefuseWhatWasDue() {
        Appended scheduled = schedule("fired", 1_000);
        machine.advanceMs(5_000);
        assertNotPending(recall(scheduled));
        assertEquals(List.of("fired"), bodies());
    }

    @Test
    void shouldRefuseHandlesThatNameNothing() {
        Appended scheduled = schedule("stays", 1_000);
        long dueMs = scheduled.dueMs();
        long position = scheduled.positions()[0];
        Topic other = machine.topic("other", 1);
        assertNotPending(recall(dueMs + 1, position));
        assertNotPending(recall(dueMs, position + 4));
        assertNotPending(recall(dueMs, machine.send(topic, 0, "now").positions()[0]));
        for (long nonsense : new long[] {0, -1, Long.MIN_VALUE}) {
            assertNotPending(recall(dueMs, nonsense));
        }
        assertInstanceOf(Outcome.Refused.class, recall(dueMs, Long.MAX_VALUE));
        assertNotPending(
                machine.outcome(
                        reply -> machine.broker().delays().recall(other, dueMs, position, reply)));
        machine.advanceMs(5_000);
        assertEquals(List.of("now", "stays"), bodies());
    }

    @Test
    void shouldRememberRecallsAcrossPowerLoss() {
        Appended scheduled = schedule("recalled", HOUR_MS);
        schedule("kept", HOUR_MS);
        assertDone(recall(scheduled));
        machine.losePowerAndRestart(new Random(1));
        topic = machine.existing("reminders");
        machine.advanceMs(2 * HOUR_MS);
        assertEquals(List.of("kept"), bodies());
    }

    /** Their segments expire before they are due, so the timers are written anew further on. */
    @Test
    void shouldRecallWhatWasMovedSinceItWasScheduled() {
        machine.retentionMs = 60_000;
        machine.killAndRestart();
        topic = machine.existing("reminders");
        List<Appended> all = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            all.add(schedule("m" + i, HOUR_MS));
        }
        passSegments();
        assertDone(recall(all.get(3)));
        assertDone(recall(all.get(3)));
        machine.killAndRestart();
        topic = machine.existing("reminders");
        passSegments();
        assertDone(recall(all.get(5)));
        machine.killAndRestart();
        topic = machine.existing("reminders");
        machine.advanceMs(HOUR_MS);
        List<String> delivered =
                bodies().stream().filter(body -> body.startsWith("m")).sorted().toList();
        assertEquals(List.of("m0", "m1", "m2", "m4", "m6", "m7", "m8", "m9"), delivered);
    }

    /** Fills segments and lets them expire. */
    private void passSegments() {
        int before = machine.log().firstSegment();
        for (int i = 0; i < 20 || machine.log().firstSegment() <= before + 3; i++) {
            for (int j = 0; j < 10; j++) {
                machine.send(topic, 0, "x".repeat(2_000));
            }
            machine.advanceMs(20_000);
        }
    }

    @Test
    void shouldRefuseWhatIsDueInMoreThanAYear() {
        Message message = Machine.message(topic, "far", "");
        long dueMs = machine.time.wallMs() + 366L * 24 * HOUR_MS;
        Outcome<Appended> outcome =
                machine.outcome(
                        reply -> machine.broker().append(topic, 0, List.of(message), dueMs, reply));
        assertEquals(
                Refusal.TOO_FAR_AHEAD, assertInstanceOf(Outcome.Refused.class, outcome).refusal());
    }

    @Test
    void shouldStoreAtOnceWhatWasDueBefore() {
        Appended appended = schedule("late", -5);
        assertEquals(0, appended.dueMs());
        assertEquals(List.of("late"), bodies());
    }

    /** A message counts as stored when it is due, not when it was sent. */
    @Test
    void shouldKeepADelayedMessageFromTheTimeWhenItIsDue() {
        machine.retentionMs = 60_000;
        machine.killAndRestart();
        topic = machine.existing("reminders");
        schedule("delayed", 10 * 60_000);
        machine.advanceMs(10 * 60_000 + 1_000);
        machine.advanceMs(30_000);
        assertEquals(List.of("delayed"), bodies());
    }
}
