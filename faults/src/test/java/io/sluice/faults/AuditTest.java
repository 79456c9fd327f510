package io.sluice.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.compat.harness.RawConnection;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The checker is checked: every way in which a server can break its word is noticed. */
@Timeout(30)
class AuditTest {
    private static final int PLAIN = 0;
    private static final int DELAYED = 6;
    private static final int BODY = 100;
    private static final long NOW_MS = 1_800_000_000_000L;

    private final Violations violations = new Violations();
    private final Ledger ledger = new Ledger(Plan.usual(), violations);
    private final Ledger.Sender sender = ledger.newSender();
    private final QueueName queue = ledger.queues.getFirst();
    private final QueueName retries = ledger.queues.get(ledger.plan.plainQueues());
    private final QueueName deadLetters =
            ledger.queues.get(ledger.plan.plainQueues() + ledger.plan.groups().size());
    private final Audit audit = new Audit(ledger, 1);
    private final Set<Long> delayed = new HashSet<>();
    private ScriptedServer server;
    private RawConnection connection;

    @BeforeEach
    void connect() throws IOException {
        server = new ScriptedServer();
        connection = RawConnection.open(server.port());
    }

    @AfterEach
    void close() throws IOException {
        connection.close();
        server.close();
    }

    @Test
    void shouldFindNothingWhereEveryPromiseWasKept() {
        for (int offset = 0; offset < 5; offset++) {
            acknowledged(store(queue, send()), offset);
        }
        long unanswered = store(queue, send());
        store(queue, sendDelayed());
        audit.run(connection, true);
        assertEquals(List.of(), violations.kept());
        assertEquals(7, ledger.tally().audited());
        assertEquals(5, Payload.sequence(unanswered));
    }

    @Test
    void shouldFindALostMessage() {
        acknowledged(store(queue, send()), 0);
        acknowledged(send(), 1);
        assertBroken("has to reach to 2");
    }

    @Test
    void shouldFindAMessageInAnothersPlace() {
        long first = store(queue, send());
        long second = store(queue, send());
        acknowledged(second, 0);
        acknowledged(first, 1);
        assertBroken("was acknowledged, ");
    }

    @Test
    void shouldFindAnAlteredBody() {
        acknowledged(store(queue, send()), 0);
        server.queue(queue).getFirst()[88 + 40] ^= 1;
        assertBroken("not one we sent");
    }

    @Test
    void shouldFindAnAlteredProperty() {
        acknowledged(store(queue, send()), 0);
        byte[] message = server.queue(queue).getFirst();
        message[message.length - 3] ^= 1;
        assertBroken("was sent otherwise");
    }

    @Test
    void shouldFindAMessageThatIsStoredTwice() {
        long id = store(queue, send());
        store(queue, id, PLAIN);
        acknowledged(id, 0);
        assertBroken("comes after message 0");
    }

    @Test
    void shouldFindMessagesThatOvertookOneAnother() {
        long first = send();
        store(queue, send());
        store(queue, first, PLAIN);
        assertBroken("message 0 of sender 1 comes after message 1");
    }

    @Test
    void shouldFindAPhantom() {
        store(queue, Payload.id(sender.number, 7), PLAIN);
        assertBroken("never sent");
    }

    @Test
    void shouldFindARefusedMessage() {
        long id = send();
        ledger.refused(sender, id, true);
        store(queue, id, PLAIN);
        assertBroken("was refused");
    }

    @Test
    void shouldFindAMessageThatAppearsAfterAllWasRead() {
        long id = send();
        audit.run(connection, true);
        store(queue, id, PLAIN);
        assertBroken("not there when all was read before");
    }

    @Test
    void shouldFindAMessageInAQueueItWasNotSentTo() {
        store(ledger.queues.get(1), send());
        assertBroken("was sent otherwise");
    }

    @Test
    void shouldFindAGapInTheOffsets() {
        store(queue, send());
        store(queue, send());
        server.queue(queue).removeFirst();
        assertBroken("offset 1 follows -1");
    }

    @Test
    void shouldFindThatAConsumerWasGivenSomethingElse() {
        store(queue, send());
        assertTrue(ledger.queue(queue.index()).deliver(0, 42));
        assertBroken("a consumer was given another");
    }

    @Test
    void shouldFindThatWhatAConsumerWasGivenIsGone() {
        assertTrue(ledger.queue(queue.index()).deliver(0, 42));
        assertBroken("has to reach to 1");
    }

    @Test
    void shouldFindAFallingStoreTime() {
        store(queue, send());
        store(queue, send());
        ByteBuffer first = ByteBuffer.wrap(server.queue(queue).getFirst());
        first.putLong(56, NOW_MS + 10_000);
        assertBroken("before its predecessor");
    }

    @Test
    void shouldFindAnOffsetAcknowledgedTwice() {
        acknowledged(send(), 0);
        acknowledged(send(), 0);
        assertEquals(1, violations.count());
    }

    @Test
    void shouldFindADelayedMessageThatIsEarlyOrComesTwiceOrNever() {
        long early = sendDelayed(NOW_MS + 5_000);
        store(queue, early, DELAYED);
        assertBroken("5100 ms early");
        store(queue, early, DELAYED);
        assertBroken("came before");
        ledger.delayedAcknowledged(sendDelayed());
        assertEquals(1, ledger.awaited());
        ledger.checkNothingAwaited();
        assertTrue(violations.kept().getLast().contains("never came"));
    }

    @Test
    void shouldFollowWhatIsGivenBackToItsRetriesAndToTheDeadLetters() {
        long id = store(queue, send());
        giveBack(id, 0, false, NOW_MS);
        giveBack(id, 1, true, NOW_MS);
        storeAgain(retries, id, 1);
        storeAgain(deadLetters, id, 2);
        audit.run(connection, true);
        assertEquals(List.of(), violations.kept());
        assertEquals(0, ledger.awaited());
    }

    @Test
    void shouldFindARetryThatWasNotAskedForOrIsEarlyOrInTheWrongPlace() {
        long id = store(queue, send());
        storeAgain(retries, id, 1);
        assertBroken("was not given back");
        giveBack(id, 1, false, NOW_MS + 5_000);
        storeAgain(retries, id, 2);
        assertBroken("5000 ms early");
        giveBack(id, 2, true, NOW_MS);
        storeAgain(retries, id, 3);
        assertBroken("dead letter should be true");
    }

    @Test
    void shouldFindARetryThatNeverComes() {
        giveBack(store(queue, send()), 0, false, NOW_MS);
        audit.run(connection, true);
        ledger.checkNothingAwaited();
        assertTrue(violations.kept().getFirst().contains("never came again"));
    }

    @Test
    void shouldFindACommittedOffsetThatWentBackOrThatNobodyCommitted() {
        String group = ledger.plan.groups().getFirst();
        ledger.committing(0, 0, 3);
        ledger.committed(0, 0, 3);
        server.committed(group, queue, 2);
        assertBroken("had committed 3");
        server.committed(group, queue, 4);
        assertBroken("never committed more than 3");
    }

    @Test
    void shouldFindATopicThatIsGoneOrIsBack() {
        String unanswered = ledger.catalog().creating();
        String made = ledger.catalog().creating();
        ledger.catalog().created(made);
        assertBroken("acknowledged as THERE");
        assertEquals(List.of("made-0", "made-1"), List.of(unanswered, made));
        String deleted = ledger.catalog().creating();
        ledger.catalog().deleted(deleted);
        server.topics().add(deleted);
        assertBroken("acknowledged as GONE");
    }

    @Test
    void shouldFindThatAMessageReadBeforeHasChanged() {
        for (int i = 0; i < QueueLedger.BLOCK; i++) {
            store(queue, send());
        }
        audit.run(connection, true);
        audit.rereadAll(connection);
        assertEquals(List.of(), violations.kept());
        server.queue(queue).get(17)[100] ^= 1;
        audit.rereadAll(connection);
        assertEquals(1, violations.count());
    }

    /** Of what is new since the last audit. */
    private void assertBroken(String part) {
        int before = violations.kept().size();
        audit.run(connection, false);
        List<String> found = violations.kept().subList(before, violations.kept().size());
        assertTrue(found.stream().anyMatch(text -> text.contains(part)), found::toString);
    }

    private long send() {
        return Payload.id(sender.number, sender.framed++);
    }

    private long sendDelayed() {
        return sendDelayed(NOW_MS - 10_000);
    }

    private long sendDelayed(long atMs) {
        long id = send();
        delayed.add(id);
        ledger.delayedSent(id, atMs + ledger.templates.get(DELAYED).shape.delayMs());
        return id;
    }

    private void acknowledged(long id, long offset) {
        ledger.acknowledged(id, queue.index(), offset);
    }

    private void giveBack(long id, int times, boolean dead, long earliestMs) {
        Ledger.Return what = new Ledger.Return(id, 0, times);
        ledger.returning(what, dead, earliestMs);
        ledger.returned(what);
    }

    private long store(QueueName name, long id) {
        store(name, id, delayed.contains(id) ? DELAYED : PLAIN);
        return id;
    }

    private void store(QueueName name, long id, int template) {
        store(name, id, ledger.templates.get(template), 0);
    }

    private void storeAgain(QueueName name, long id, int times) {
        store(name, id, ledger.templates.get(PLAIN), times);
    }

    private void store(QueueName name, long id, Template template, int times) {
        List<byte[]> stored = server.queue(name);
        byte[] topic = name.topic().getBytes(StandardCharsets.UTF_8);
        byte[] properties = new byte[template.batchedSizeBytes(0) - 22];
        ByteBuffer batched = ByteBuffer.allocate(22 + properties.length);
        var _ = template.writeBatched(batched, 0, id, 0);
        batched.get(22, properties);
        int size = 88 + BODY + 1 + topic.length + 2 + properties.length;
        ByteBuffer out = ByteBuffer.allocate(size);
        out.putInt(size).putInt(0xDAA320A7).putInt(0).putInt(name.queueId()).putInt(0);
        out.putLong(stored.size()).putLong(0).putInt(0).putLong(NOW_MS).putLong(0);
        out.putLong(NOW_MS).putLong(0).putInt(times).putLong(0).putInt(BODY);
        Payload.write(
                out,
                out.position(),
                BODY,
                id,
                template.index,
                queue.index(),
                template.shape.delayMs(),
                NOW_MS);
        out.position(out.position() + BODY);
        out.put((byte) topic.length).put(topic);
        out.putShort((short) properties.length).put(properties);
        stored.add(out.array());
    }
}
