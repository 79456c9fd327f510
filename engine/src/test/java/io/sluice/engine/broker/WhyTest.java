package io.sluice.engine.broker;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sluice.engine.broker.Why.Audience;
import io.sluice.engine.broker.Why.Copy;
import io.sluice.engine.broker.Why.Facts;
import io.sluice.engine.broker.Why.Subscribed;
import io.sluice.engine.group.Leases.Lease;
import io.sluice.engine.group.Offsets;
import io.sluice.engine.group.Skips.Skipped;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The answer follows from the facts alone: what happened last counts, then what lies before. */
final class WhyTest {
    private static final Subscribed WANTS = new Subscribed("a", "*", true);
    private static final Subscribed DOES_NOT = new Subscribed("b", "red", false);
    private static final Skipped SKIPPED = new Skipped(3, 8, 99);

    private static Audience audience(Subscribed... members) {
        return new Audience(members.length > 0, false, false, List.of(members));
    }

    private static Facts facts(
            long start, @Nullable Skipped skipped, @Nullable Copy copy, Audience audience) {
        return new Facts(0, 5, true, true, start, 0, start, null, null, skipped, copy, 7, audience);
    }

    @Test
    void shouldPutWhatIsNotDueBeforeAllElse() {
        Facts facts =
                new Facts(
                        1234,
                        0,
                        true,
                        true,
                        9,
                        0,
                        9,
                        null,
                        null,
                        SKIPPED,
                        null,
                        Offsets.NONE,
                        audience(DOES_NOT));
        assertEquals(new Why.NotYetDue(1234), Why.of(facts));
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
                Why.of(new Facts(0, 5, false, true, 2, 0, 2, null, null, null, null, 0, nobody)));
        assertEquals(
                new Why.NeverConsumed(false),
                Why.of(new Facts(0, 5, true, false, -1, 0, -1, null, null, null, null, 0, nobody)));
        Audience broadcasting = new Audience(true, false, true, List.of(WANTS));
        assertEquals(new Why.Broadcast(), Why.of(facts(2, null, null, broadcasting)));
    }

    @Test
    void shouldTellWhatIsLeasedFromWhatWasAcknowledgedBehindALease() {
        Lease lease = new Lease(5, 1, 777, 2);
        Facts leased =
                new Facts(0, 5, true, true, 3, 0, 8, lease, null, null, null, 0, audience(WANTS));
        assertEquals(new Why.Leased(777, 2), Why.of(leased));
        Facts acknowledged =
                new Facts(0, 5, true, true, 3, 0, 8, null, null, null, null, 0, audience(WANTS));
        assertEquals(new Why.Acknowledged(8, 0), Why.of(acknowledged));
    }
}
