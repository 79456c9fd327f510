package io.sluice.server.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sluice.engine.catalog.Group;
import io.sluice.engine.catalog.GroupSettings;
import io.sluice.engine.catalog.Topic;
import io.sluice.engine.catalog.TopicSettings;
import io.sluice.engine.shard.Outcome;
import io.sluice.engine.shard.Refusal;
import io.sluice.engine.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What push consumers hold is prolonged as long as they are there, on a clock moved by hand. */
class RenewalsTest {
    private static final Group GROUP = new Group("readers", 1, 0, GroupSettings.DEFAULT);
    private static final Topic TOPIC =
            new Topic("orders", 2, false, 0, List.of(new Topic.Growth(1, 0)), TopicSettings.of(1));
    private static final Receipt ONE = new Receipt(1, 2, 0, 7, 9);

    private long nowMs = -5_000;
    private Outcome<Long> answer = Outcome.done(0L);
    private final List<Long> held = new ArrayList<>();
    private final Renewals renewals =
            new Renewals(
                    (group, topic, receipt, ms, reply) -> {
                        assertEquals(ONE, receipt);
                        held.add(ms);
                        reply.accept(answer);
                    },
                    new Clock() {
                        @Override
                        public long nanos() {
                            return TimeUnit.MILLISECONDS.toNanos(nowMs);
                        }

                        @Override
                        public long wallMs() {
                            return 0;
                        }
                    });

    private void hand() {
        renewals.add("client", GROUP, TOPIC, List.of(ONE));
    }

    /** Lets time pass, round by round. */
    private void pass(Duration time, boolean isHere) {
        for (long ms = 0; ms < time.toMillis(); ms += Renewals.EVERY_MS) {
            nowMs += Renewals.EVERY_MS;
            renewals.renew(client -> isHere && client.equals("client"));
        }
    }

    @Test
    void shouldProlongBeforeTheTimeRunsOut() {
        hand();
        pass(Duration.ofSeconds(30), true);
        assertEquals(List.of(), held);
        pass(Duration.ofMinutes(10), true);
        assertEquals(1, renewals.size());
        assertEquals(Renewals.LEASE_MS, held.getFirst());
        assertEquals(15, held.size(), "each 40 s");
    }

    @Test
    void shouldLetGoWhatAClientHoldsThatIsGone() {
        hand();
        pass(Duration.ofMinutes(2), false);
        assertEquals(List.of(), held);
        assertEquals(0, renewals.size());
    }

    @Test
    void shouldGoOnForAClientThatComesBackInTime() {
        hand();
        pass(Duration.ofSeconds(40), false);
        pass(Duration.ofSeconds(60), true);
        assertEquals(1, renewals.size());
    }

    @Test
    void shouldEndWithWhatTheClientSays() {
        hand();
        renewals.remove(ONE);
        pass(Duration.ofMinutes(5), true);
        assertEquals(List.of(), held);
    }

    @Test
    void shouldEndWithALeaseThatIsGone() {
        answer = Outcome.refused(Refusal.LEASE_GONE, "gone");
        hand();
        pass(Duration.ofMinutes(5), true);
        assertEquals(1, held.size());
        assertEquals(0, renewals.size());
    }

    @Test
    void shouldTryOnceMoreIfTheServerIsBusy() {
        answer = Outcome.refused(Refusal.BUSY, "busy");
        hand();
        pass(Duration.ofSeconds(40), true);
        answer = Outcome.done(0L);
        pass(Duration.ofMinutes(5), true);
        assertEquals(1, renewals.size());
    }

    @Test
    void shouldNotProlongForEver() {
        hand();
        pass(Duration.ofMinutes(181), true);
        assertEquals(0, renewals.size());
    }

    @Test
    void shouldGiveBackWhenTheClientTakesItsLeave() {
        hand();
        renewals.giveBack("other");
        assertEquals(List.of(), held);
        renewals.giveBack("client");
        assertEquals(List.of(1_000L), held);
        assertEquals(0, renewals.size());
    }
}
