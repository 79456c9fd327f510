package io.sluice.engine.group;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.sluice.engine.group.RetryPolicy.Again;
import io.sluice.engine.group.RetryPolicy.DeadLetter;
import java.util.List;
import org.junit.jupiter.api.Test;

/** When a message comes again, and when no more. */
final class RetryPolicyTest {
    private final RetryPolicy policy = new RetryPolicy(List.of(1L, 5L, 10L, 30L, 60L));

    @Test
    void shouldBeginWithTheThirdLevelAndStayAtTheLast() {
        assertEquals(new Again(10), policy.decide(0, 16, 0));
        assertEquals(new Again(30), policy.decide(1, 16, 0));
        assertEquals(new Again(60), policy.decide(2, 16, 0));
        assertEquals(new Again(60), policy.decide(15, 16, 0));
    }

    @Test
    void shouldTakeTheLevelThatTheConsumerNames() {
        assertEquals(new Again(1), policy.decide(7, 16, 1));
        assertEquals(new Again(60), policy.decide(7, 16, 1_000));
        assertEquals(new Again(60), policy.decide(7, 16, Integer.MAX_VALUE));
    }

    @Test
    void shouldGiveUpAfterTheLastAttemptOrIfAsked() {
        assertEquals(new DeadLetter(), policy.decide(16, 16, 0));
        assertEquals(new DeadLetter(), policy.decide(16, 16, 3));
        assertEquals(new DeadLetter(), policy.decide(0, 0, 0));
        assertEquals(new DeadLetter(), policy.decide(0, 16, -1));
        assertEquals(new Again(60), policy.decide(Integer.MAX_VALUE - 1, Integer.MAX_VALUE, 0));
    }

    @Test
    void shouldNeedALevel() {
        assertThrows(IllegalArgumentException.class, () -> new RetryPolicy(List.of()));
    }
}
