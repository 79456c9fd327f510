package io.sluice.engine.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.sluice.engine.schedule.Transactions.Decision;
import io.sluice.engine.schedule.Transactions.Open;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

final class TransactionsTest {
    private final Transactions transactions = new Transactions();

    private static Open open(long id, int topicId, long nextMs) {
        return new Open(id, id, 300, topicId, 2, "grüppe", 10, 20, 0, nextMs, false);
    }

    private static ByteBuffer checkpoint(Transactions from) {
        ByteBuffer bytes = ByteBuffer.allocate(from.checkpointSizeBytes());
        from.writeTo(bytes);
        assertEquals(0, bytes.remaining());
        return bytes.flip();
    }

    @Test
    void shouldShowWhatIsDueEarliestFirst() {
        transactions.prepared(open(1, 7, 300));
        transactions.prepared(open(2, 7, 100));
        transactions.prepared(open(3, 7, 200));
        assertEquals(100, transactions.nextMs());
        assertEquals(List.of(), transactions.due(99, 9));
        assertEquals(List.of(2L, 3L), transactions.due(250, 9).stream().map(Open::id).toList());
        assertEquals(1, transactions.due(250, 1).size());
        transactions.checked(2, 1, 400, false);
        assertEquals(200, transactions.nextMs());
        transactions.decided(3, Decision.COMMITTED, 250);
        assertEquals(300, transactions.nextMs());
        assertEquals(List.of(1L, 2L), transactions.openAfter(0, 9).stream().map(Open::id).toList());
        assertEquals(List.of(2L), transactions.openAfter(1, 9).stream().map(Open::id).toList());
    }

    @Test
    void shouldKeepTheFirstDecision() {
        transactions.prepared(open(1, 7, 300));
        transactions.decided(1, Decision.ROLLED_BACK, 5);
        transactions.decided(1, Decision.COMMITTED, 6);
        transactions.decided(2, Decision.COMMITTED, 6);
        assertEquals(Decision.ROLLED_BACK, transactions.decision(1));
        assertNull(transactions.decision(2));
        assertNull(transactions.open(1));
    }

    @Test
    void shouldRememberSoManyDecisionsForSoLong() {
        for (long id = 1; id <= Transactions.DECIDED_MAX + 1L; id++) {
            transactions.prepared(open(id, 7, 300));
            transactions.decided(id, Decision.COMMITTED, 1_000 + id);
        }
        assertNull(transactions.decision(1));
        assertEquals(Decision.COMMITTED, transactions.decision(2));
        long last = Transactions.DECIDED_MAX + 5L;
        transactions.prepared(open(last, 7, 300));
        transactions.decided(last, Decision.EXPIRED, 1_100 + Transactions.DECIDED_MS);
        assertNull(transactions.decision(99));
        assertEquals(Decision.COMMITTED, transactions.decision(100));
        assertEquals(Decision.EXPIRED, transactions.decision(last));
    }

    @Test
    void shouldComeBackFromItsCheckpointToTheByte() {
        transactions.prepared(open(5, 7, 300));
        transactions.prepared(open(3, 8, 200));
        transactions.prepared(open(4, 9, 100));
        transactions.moved(3, 1 << 20, 400);
        transactions.checked(5, 15, 999, true);
        transactions.decided(4, Decision.COMMITTED, 1);
        Transactions other = new Transactions();
        other.readFrom(checkpoint(transactions));
        assertEquals(checkpoint(transactions), checkpoint(other));
        assertEquals(transactions.openAfter(0, 9), other.openAfter(0, 9));
        assertEquals(Decision.COMMITTED, other.decision(4));
        assertEquals(List.of(7, 8), other.topicIds());
        assertEquals(1, other.openAt(position -> position == 1 << 20, 0, 9).size());
    }

    @Test
    void shouldForgetATopic() {
        transactions.prepared(open(1, 7, 300));
        transactions.prepared(open(2, 8, 300));
        transactions.forgetTopic(7);
        assertNull(transactions.open(1));
        assertEquals(1, transactions.openCount());
        assertEquals(2, transactions.due(300, 9).getFirst().id());
    }

    @Test
    void shouldRefuseACheckpointThatMakesNoSense() {
        transactions.prepared(open(1, 7, 300));
        transactions.prepared(open(2, 8, 300));
        transactions.decided(2, Decision.COMMITTED, 1);
        ByteBuffer bytes = checkpoint(transactions);
        assertThrows(
                BufferUnderflowException.class,
                () -> new Transactions().readFrom(bytes.slice(0, bytes.limit() - 1)));
        ByteBuffer negative = ByteBuffer.allocate(200).putInt(1).putLong(-1).clear();
        assertThrows(IllegalArgumentException.class, () -> new Transactions().readFrom(negative));
        int decision = bytes.limit() - 9;
        bytes.put(decision, (byte) 9);
        assertThrows(IllegalArgumentException.class, () -> new Transactions().readFrom(bytes));
    }
}
