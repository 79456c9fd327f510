package io.sluice.engine.group;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.engine.group.Leases.Lease;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Who holds what, until when, and how far the group is by that. */
final class LeasesTest {
    private static final int GROUP = 1;
    private static final int TOPIC = 2;

    private final Leases leases = new Leases();

    private static ByteBuffer checkpoint(Leases leases) {
        ByteBuffer out = ByteBuffer.allocate(leases.checkpointSizeBytes());
        leases.writeTo(out);
        assertFalse(out.hasRemaining());
        return out.flip();
    }

    private long lease(long committed, long deadlineMs, long cursor, long... offsets) {
        long number = leases.nextNumber();
        return leases.leased(GROUP, TOPIC, 0, committed, number, deadlineMs, cursor, offsets);
    }

    private long acknowledge(long committed, long... offsets) {
        return leases.acknowledged(GROUP, TOPIC, 0, committed, offsets);
    }

    private List<Lease> available(Ordering ordering, long nowMs, int countMax) {
        return leases.in(GROUP, TOPIC, 0).available(ordering, nowMs, countMax);
    }

    private Lease held(long offset) {
        return requireNonNull(leases.lease(GROUP, TOPIC, 0, offset));
    }

    @Test
    void shouldAdvanceOverAnUnbrokenRunOfAcknowledgedMessages() {
        assertEquals(10, lease(10, 100, 15, 10, 11, 12, 13, 14));
        assertEquals(10, acknowledge(10, 12, 11));
        assertEquals(13, acknowledge(10, 10));
        assertEquals(15, leases.cursor(GROUP, TOPIC, 0, 13));
        assertEquals(13, acknowledge(13, 14));
        assertEquals(15, acknowledge(13, 13));
        assertEquals(0, leases.open(GROUP, TOPIC, 0));
        assertEquals(15, leases.cursor(GROUP, TOPIC, 0, 15));
        assertEquals(12, checkpoint(leases).remaining());
    }

    @Test
    void shouldTakeWhatIsNotWantedForAcknowledged() {
        assertEquals(3, lease(0, 100, 8, 3, 6));
        assertEquals(6, acknowledge(3, 3));
        assertEquals(8, acknowledge(6, 6));
        assertEquals(20, lease(8, 100, 20));
    }

    @Test
    void shouldCountAttemptsAndGiveEachHandingOutANumberOfItsOwn() {
        lease(0, 100, 2, 0, 1);
        Lease first = held(1);
        lease(0, 200, 2, 1);
        Lease second = held(1);
        assertEquals(1, first.attempt());
        assertEquals(2, second.attempt());
        assertTrue(second.number() > first.number());
        assertEquals(1, held(0).attempt());
        acknowledge(0, 0, 1);
        lease(2, 300, 3, 2);
        assertTrue(held(2).number() > second.number());
    }

    @Test
    void shouldFindWhatHasRunOutTheFirstOneFirst() {
        lease(0, 300, 2, 0, 1);
        lease(0, 100, 4, 2, 3);
        assertEquals(List.of(), offsets(available(Ordering.NONE, 99, 9)));
        assertEquals(List.of(2L, 3L), offsets(available(Ordering.NONE, 100, 9)));
        assertEquals(List.of(2L, 3L, 0L), offsets(available(Ordering.NONE, 300, 3)));
        assertEquals(List.of(), offsets(available(Ordering.QUEUE, 299, 9)));
        assertEquals(List.of(0L, 1L, 2L), offsets(available(Ordering.QUEUE, 300, 3)));
        assertEquals(100, leases.nextDeadlineMs(GROUP, TOPIC, 0, 99));
        assertEquals(300, leases.nextDeadlineMs(GROUP, TOPIC, 0, 100));
        assertEquals(Long.MAX_VALUE, leases.nextDeadlineMs(GROUP, TOPIC, 0, 300));
        leases.extended(GROUP, TOPIC, 0, 2, 400);
        assertEquals(List.of(3L), offsets(available(Ordering.NONE, 100, 9)));
        assertEquals(1, held(2).attempt());
    }

    private static List<Long> offsets(List<Lease> leases) {
        return leases.stream().map(Lease::offset).toList();
    }

    @Test
    void shouldLetGoOfWhatTheGroupCommittedByItself() {
        lease(0, 100, 10, 0, 3, 5);
        assertEquals(3, leases.committed(GROUP, TOPIC, 0, 2));
        assertNull(leases.lease(GROUP, TOPIC, 0, 0));
        assertEquals(5, leases.committed(GROUP, TOPIC, 0, 4));
        assertEquals(10, leases.committed(GROUP, TOPIC, 0, 7));
        lease(10, 100, 12, 10, 11);
        assertEquals(4, leases.committed(GROUP, TOPIC, 0, 4));
        assertEquals(0, leases.open(GROUP, TOPIC, 0));
    }

    @Test
    void shouldLetGoOfWhatHasExpired() {
        lease(0, 100, 10, 0, 3, 5);
        List<Long> moved = new ArrayList<>();
        leases.expired(TOPIC, 1, 99, (group, offset) -> moved.add(offset));
        leases.expired(TOPIC, 0, 4, (group, offset) -> moved.add(offset));
        leases.expired(TOPIC, 0, 4, (group, offset) -> moved.add(offset));
        leases.expired(TOPIC, 0, 12, (group, offset) -> moved.add(offset));
        assertEquals(List.of(5L, 12L), moved);
        assertEquals(0, leases.open(GROUP, TOPIC, 0));
    }

    @Test
    void shouldForgetOneGroupOrTopicOrQueueAndNoOther() {
        for (int group = 1; group <= 3; group++) {
            for (int topic = 1; topic <= 3; topic++) {
                for (int queue = 0; queue < 2; queue++) {
                    leases.leased(group, topic, queue, 0, 1, 100, 1, new long[] {0});
                }
            }
        }
        leases.forgetGroup(2);
        leases.forgetTopic(1);
        leases.forgetQueue(3, 2, 1);
        assertEquals(0, leases.open(2, 2, 0));
        assertEquals(0, leases.open(1, 1, 0));
        assertEquals(0, leases.open(3, 2, 1));
        assertEquals(1, leases.open(3, 2, 0));
        assertEquals(1, leases.open(1, 3, 1));
    }

    /** Against a list of offsets and what became of each. */
    @Test
    void shouldAgreeWithASimpleModelAndComeBackFromACheckpoint() {
        Random random = new Random(3);
        TreeMap<Long, Boolean> open = new TreeMap<>(); // handed out and not acknowledged
        long cursor = 0;
        long committed = 0;
        for (int step = 0; step < 5_000; step++) {
            if (random.nextInt(3) == 0) {
                long next = cursor + random.nextInt(5);
                List<Long> wanted = new ArrayList<>();
                for (long offset = cursor; offset < next; offset++) {
                    if (random.nextBoolean()) {
                        wanted.add(offset);
                    }
                }
                wanted.forEach(offset -> open.put(offset, true));
                cursor = next;
                long[] all = wanted.stream().mapToLong(Long::longValue).toArray();
                committed = lease(committed, random.nextInt(1000), cursor, all);
            } else if (!open.isEmpty()) {
                long near = open.firstKey() + random.nextInt(10);
                Long offset = open.floorKey(near);
                committed = acknowledge(committed, offset == null ? near : offset);
                if (offset != null) {
                    open.remove(offset);
                }
            }
            assertEquals(open.isEmpty() ? cursor : open.firstKey(), committed);
            assertEquals(open.size(), leases.open(GROUP, TOPIC, 0));
            assertEquals(cursor, leases.cursor(GROUP, TOPIC, 0, committed));
        }
        Leases restored = new Leases();
        restored.readFrom(checkpoint(leases));
        assertEquals(checkpoint(leases), checkpoint(restored));
        assertEquals(leases.nextNumber(), restored.nextNumber());
        assertEquals(
                available(Ordering.NONE, 5_000, 99_999),
                restored.in(GROUP, TOPIC, 0).available(Ordering.NONE, 5_000, 99_999));
    }

    @Test
    void shouldRefuseACheckpointThatMakesNoSense() {
        lease(0, 100, 2, 0, 1);
        ByteBuffer bytes = checkpoint(leases);
        bytes.putInt(12 + 20, 77_777);
        assertThrows(IllegalArgumentException.class, () -> new Leases().readFrom(bytes));
    }

    private long defer(long committed, long cursor, long[] offsets, long... marks) {
        return leases.deferred(GROUP, TOPIC, 0, committed, cursor, offsets, marks);
    }

    @Test
    void shouldKeepWhatIsDeferredOpenWithoutCountingAnAttempt() {
        assertEquals(1, defer(0, 5, new long[] {1, 3, 4}, 0, 9, 5));
        assertEquals(5, leases.cursor(GROUP, TOPIC, 0, 1));
        assertEquals(3, leases.in(GROUP, TOPIC, 0).deferredCount());
        assertTrue(held(3).isDeferred());
        assertEquals(Long.MAX_VALUE, leases.nextDeadlineMs(GROUP, TOPIC, 0, 50));
        assertEquals(List.of(3L, 4L, 1L), offsets(available(Ordering.NONE, 50, 9)));
        lease(1, 100, 5, 4);
        assertEquals(1, held(4).attempt());
        assertEquals(5, held(4).mark());
        assertEquals(List.of(3L, 1L), offsets(available(Ordering.NONE, 50, 9)));
        assertEquals(List.of(3L, 4L, 1L), offsets(available(Ordering.NONE, 100, 9)));
        assertEquals(List.of(3L), offsets(available(Ordering.NONE, 100, 1)));
        assertEquals(3, acknowledge(1, 1));
    }

    @Test
    void shouldFindTheNextDeadlineOfAnyPriority() {
        defer(0, 3, new long[] {0, 1, 2}, 9, 0, 4);
        lease(0, 300, 3, 0);
        lease(0, 200, 3, 1);
        lease(0, 100, 3, 2);
        assertEquals(100, leases.nextDeadlineMs(GROUP, TOPIC, 0, 99));
        assertEquals(200, leases.nextDeadlineMs(GROUP, TOPIC, 0, 100));
        assertEquals(300, leases.nextDeadlineMs(GROUP, TOPIC, 0, 200));
        assertTrue(leases.in(GROUP, TOPIC, 0).anyHeld(299));
        assertFalse(leases.in(GROUP, TOPIC, 0).anyHeld(300));
    }

    @Test
    void shouldOfferTheFirstOfMessageGroupsThatNobodyHolds() {
        long a = -1;
        long b = -2;
        defer(0, 6, new long[] {0, 1, 2, 3, 4, 5}, a, b, a, b, -3, a);
        assertEquals(List.of(0L, 2L, 5L, 1L), offsets(available(Ordering.MESSAGE_GROUP, 0, 4)));
        lease(0, 100, 6, 0, 2);
        assertEquals(List.of(1L, 3L, 4L), offsets(available(Ordering.MESSAGE_GROUP, 99, 9)));
        acknowledge(0, 0);
        assertEquals(List.of(1L, 3L, 4L), offsets(available(Ordering.MESSAGE_GROUP, 99, 9)));
        assertEquals(
                List.of(2L, 5L, 1L, 3L, 4L), offsets(available(Ordering.MESSAGE_GROUP, 100, 9)));
        acknowledge(1, 2);
        assertEquals(List.of(1L, 3L, 4L, 5L), offsets(available(Ordering.MESSAGE_GROUP, 0, 9)));
        MessageGroups groups = leases.in(GROUP, TOPIC, 0).groups();
        assertTrue(groups.begins(b, List.of(1L), 0));
        assertFalse(groups.begins(b, List.of(3L), 0));
        assertFalse(groups.begins(b, List.of(3L, 1L), 0));
        lease(1, 100, 6, 1);
        assertFalse(groups.begins(b, List.of(1L), 99));
        leases.committed(GROUP, TOPIC, 0, 4);
        assertEquals(0, groups.leaseCount(b));
        assertEquals(List.of(4L, 5L), offsets(available(Ordering.MESSAGE_GROUP, 0, 9)));
    }

    @Test
    void shouldComeBackFromACheckpointWithMarksAndWhatIsDeferred() {
        Random random = new Random(4);
        long cursor = 0;
        for (int step = 0; step < 400; step++) {
            defer(0, cursor + 1, new long[] {cursor}, random.nextInt(14) - 4);
            if (random.nextBoolean()) {
                lease(0, random.nextInt(1_000), cursor + 1, random.nextLong(cursor + 1));
            }
            acknowledge(0, random.nextLong(++cursor));
        }
        Leases restored = new Leases();
        restored.readFrom(checkpoint(leases));
        assertEquals(checkpoint(leases), checkpoint(restored));
        for (Ordering ordering : Ordering.values()) {
            for (long nowMs = 0; nowMs < 1_100; nowMs += 100) {
                assertEquals(
                        available(ordering, nowMs, 999),
                        restored.in(GROUP, TOPIC, 0).available(ordering, nowMs, 999));
            }
        }
    }

    @Test
    void shouldRefuseACheckpointWithAMarkThatCannotBe() {
        defer(0, 1, new long[] {0}, 9);
        ByteBuffer bytes = checkpoint(leases);
        bytes.putLong(bytes.limit() - Long.BYTES, 10);
        assertThrows(IllegalArgumentException.class, () -> new Leases().readFrom(bytes));
    }
}
