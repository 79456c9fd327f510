package io.sluice.engine.broker;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sluice.engine.broker.Why.Audience;
import io.sluice.engine.broker.Why.Copy;
import io.sluice.engine.broker.Why.Facts;
import io.sluice.engine.broker.Why.Subscribed;
import io.sluice.engine.group.Leases.Lease;
import io.sluice.engine.group.Offsets;
import io.sluice.engine.group.Skips.Skipped;
import io.sluice.engine.schedule.Transactions.Decided;
import io.sluice.engine.schedule.Transactions.Decision;
import io.sluice.engine.schedule.Transactions.Open;
import io.sluice.engine.shard.Standing;
import io.sluice.engine.shard.Standing.Barrier;
import io.sluice.engine.shard.Standing.Timer;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The answer follows from the facts alone: what happened last counts, then what lies before. */
final class WhyTest {
    private static final Subscribed WANTS = new Subscribed("a", "*", true);
    private static final Subscribed DOES_NOT = new Subscribed("b", "red", false);
    private static final Skipped SKIPPED = new Skipped(3, 8, 99);
    private static final Standing NOWHERE = standing(Offsets.NONE, null, Timer.NONE);

    private static Audience audience(Subscribed... members) {
        return new Audience(members.length > 0, false, false, List.of(members));
    }

    private static Standing standing(long start, @Nullable Skipped skipped, Timer timer) {
        return standing(true, start, start, null, null, skipped, timer);
    }

    private static Standing standing(
            boolean joined,
            long start,
            long cursor,
            @Nullable Lease lease,
            @Nullable Barrier barrier,
            @Nullable Skipped skipped,
            Timer timer) {
        return new Standing(
                joined, start, 0, cursor, lease, "c1", barrier, skipped, timer, null, null, 1000);
    }

    /** Of the message at offset 5. */
    private static Facts facts(Standing here, @Nullable Copy copy, Audience audience) {
        return new Facts(0, 0, 5, false, true, true, 0, here, copy, 7, audience);
    }

    private static Facts facts(
            long start, @Nullable Skipped skipped, @Nullable Copy copy, Audience audience) {
        return facts(standing(start, skipped, Timer.NONE), copy, audience);
    }

    private static Why waiting(Timer timer) {
        Standing here = standing(9, SKIPPED, timer);
        return Why.of(
                new Facts(1234, 0, 0, false, true, true, 0, here, null, 7, audience(DOES_NOT)));
    }

    @Test
    void shouldPutWhatIsInNoQueueBeforeAllElse() {
        assertEquals(new Why.NotYetDue(1234), waiting(Timer.PENDING));
        assertEquals(new Why.Recalled(1234), waiting(Timer.RECALLED));
        assertEquals(new Why.Expired(), waiting(Timer.FIRED));
    }

    @Test
    void shouldTellATransactionThatIsUndecidedFromOneThatWasNotCommitted() {
        Open open = new Open(77, 77, 100, 7, 0, "payers", 5, 0, 2, 60, false);
        assertEquals(new Why.NotDecided(open), ofTransaction(open, null));
        Decided rolledBack = new Decided(Decision.ROLLED_BACK, 500);
        assertEquals(new Why.NotCommitted(rolledBack), ofTransaction(null, rolledBack));
        assertEquals(new Why.NotCommitted(null), ofTransaction(null, null));
    }

    private static Why ofTransaction(@Nullable Open open, @Nullable Decided decided) {
        Standing here =
                new Standing(
                        true, 9, 0, 9, null, null, null, SKIPPED, Timer.NONE, open, decided, 1000);
        return Why.of(new Facts(0, 77, 0, false, true, true, 0, here, null, 7, audience(WANTS)));
    }

    @Test
    void shouldPutTheNewestCopyBeforeTheOffset() {
        Copy pending = new Copy(Copy.Kind.PENDING, 3, 500, 77, 0);
        assertEquals(
                new Why.WaitingForRetry(3, 500),
                Why.of(facts(9, SKIPPED, pending, audience(WANTS))));
        Copy retry = new Copy(Copy.Kind.RETRY, 2, 500, 77, 7);
        assertEquals(
                new Why.RetryNotReached(2, 0, true),
                Why.of(facts(9, null, retry, audience(WANTS))));
        Copy done = new Copy(Copy.Kind.RETRY, 2, 500, 77, 6);
        assertEquals(new Why.Acknowledged(7, 2), Why.of(facts(9, null, done, audience(WANTS))));
        Copy dead = new Copy(Copy.Kind.DEAD, 17, 500, 77, 0);
        assertEquals(
                new Why.DeadLettered(17, 500, 77), Why.of(facts(9, null, dead, audience(WANTS))));
    }

    @Test
    void shouldTellWhatNobodyWantsFromWhatSomeWant() {
        assertEquals(
                new Why.FilteredOut("b", "red"), Why.of(facts(9, null, null, audience(DOES_NOT))));
        assertEquals(
                new Why.ConflictingSubscription(List.of(WANTS, DOES_NOT)),
                Why.of(facts(2, null, null, audience(WANTS, DOES_NOT))));
        assertEquals(
                new Why.ResetPast(SKIPPED),
                Why.of(facts(9, SKIPPED, null, audience(DOES_NOT))),
                "nobody was asked whether they wanted it");
    }

    @Test
    void shouldTellHowFarTheGroupIs() {
        assertEquals(new Why.Acknowledged(6, 0), Why.of(facts(6, null, null, audience(WANTS))));
        assertEquals(new Why.NotReached(5, 0, true), Why.of(facts(5, null, null, audience(WANTS))));
        assertEquals(
                new Why.NotReached(Offsets.NONE, 5, false),
                Why.of(facts(Offsets.NONE, null, null, audience())));
        assertEquals(
                new Why.Acknowledged(9, 0),
                Why.of(facts(9, new Skipped(6, 8, 1), null, audience(WANTS))),
                "skipped was what comes after");
    }

    @Test
    void shouldTellAGroupThatMayNotOrDoesNotConsume() {
        Audience nobody = audience();
        assertEquals(
                new Why.Disabled(),
                Why.of(new Facts(0, 0, 5, false, true, false, 0, NOWHERE, null, 7, nobody)));
        assertEquals(
                new Why.NotReadable(),
                Why.of(new Facts(0, 0, 5, false, false, true, 0, NOWHERE, null, 7, nobody)));
        assertEquals(
                new Why.Outlived(),
                Why.of(new Facts(0, 0, 5, true, true, true, 0, NOWHERE, null, 7, nobody)));
        Standing stranger = standing(false, -1, -1, null, null, null, Timer.NONE);
        assertEquals(new Why.NeverConsumed(false), Why.of(facts(stranger, null, nobody)));
        Audience broadcasting = new Audience(true, false, true, List.of(WANTS));
        assertEquals(new Why.Broadcast(), Why.of(facts(2, null, null, broadcasting)));
    }

    @Test
    void shouldTellUntilWhenAGroupIsHeldBackByItsRate() {
        Standing here = standing(true, 3, 3, null, null, null, Timer.NONE);
        Audience ordered = new Audience(true, true, false, List.of(WANTS));
        assertEquals(
                new Why.HeldByRate(1700, 2),
                Why.of(new Facts(0, 0, 5, false, true, true, 1700, here, null, 7, ordered)));
    }

    @Test
    void shouldTellWhatExpiredBeforeTheGroupCameToIt() {
        Standing here =
                new Standing(true, 2, 6, 2, null, null, null, null, Timer.NONE, null, null, 1000);
        assertEquals(new Why.Expired(), Why.of(facts(here, null, audience(WANTS))));
    }

    @Test
    void shouldTellWhatIsLeasedFromWhatWasAcknowledgedBehindALease() {
        assertEquals(new Why.Leased(1777, 2, true), leased(new Lease(5, 1, 1777, 2, 0)));
        assertEquals(new Why.Leased(777, 2, false), leased(new Lease(5, 1, 777, 2, 0)));
        assertEquals(new Why.Deferred(true), leased(Lease.deferred(5, -1)));
        assertEquals(new Why.Deferred(false), leased(Lease.deferred(5, 9)));
        assertEquals(new Why.Acknowledged(8, 0), leased(null));
    }

    private static Why leased(@Nullable Lease lease) {
        return Why.of(
                facts(standing(true, 3, 8, lease, null, null, Timer.NONE), null, audience(WANTS)));
    }

    @Test
    void shouldNameABarrierOnlyWhereTheGroupHasCome() {
        Barrier barrier = new Barrier(4, 1, 10, 12);
        Audience ordered = new Audience(true, true, false, List.of(WANTS));
        Standing before = standing(true, 3, 3, null, barrier, null, Timer.NONE);
        assertEquals(new Why.BehindOrdered(3, "c1"), Why.of(facts(before, null, ordered)));
        Standing there = standing(true, 4, 4, null, barrier, null, Timer.NONE);
        assertEquals(new Why.BehindBarrier(barrier), Why.of(facts(there, null, ordered)));
    }
}
