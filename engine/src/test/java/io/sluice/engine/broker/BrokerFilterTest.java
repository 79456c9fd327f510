package io.sluice.engine.broker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.engine.broker.Pull.Found;
import io.sluice.engine.broker.Pull.Pulled;
import io.sluice.engine.catalog.Topic;
import io.sluice.engine.filter.SqlExpression;
import io.sluice.engine.filter.SqlSyntaxException;
import io.sluice.engine.queue.SqlFilter;
import io.sluice.engine.shard.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Pulls with an SQL filter. */
final class BrokerFilterTest {
    private final Machine machine = new Machine().start();
    private Topic topic = machine.topic("orders", 1);

    private static SqlFilter sql(String expression) {
        try {
            return new SqlFilter(SqlExpression.compile(expression));
        } catch (SqlSyntaxException e) {
            throw new AssertionError(e);
        }
    }

    private Pulled pull(String expression, long offset) {
        return machine.ask(reply ->
                machine.broker().pull(machine.pull(topic, 0, offset, 0, sql(expression), reply)));
    }

    private static List<String> bodies(Pulled pulled) {
        return Machine.messages(pulled).stream().map(Machine::body).toList();
    }

    private void send(int from, int to) {
        for (int i = from; i < to; i++) {
            machine.send(
                    topic, 0, "m" + i, "n\1%d\2TAGS\1%s\2".formatted(i, i % 2 == 0 ? "a" : "b"));
        }
    }

    @Test
    void shouldGiveWhatTheExpressionIsTrueOfAndGoOnBehindIt() {
        send(0, 50);
        Pulled pulled = pull("TAGS = 'a' AND n > 40", 0);
        assertEquals(List.of("m42", "m44", "m46", "m48"), bodies(pulled));
        assertEquals(50, pulled.nextOffset());
        assertEquals(32, pull("n >= 0", 0).count());
        assertEquals(32, pull("n >= 0", 0).nextOffset());
    }

    @Test
    void shouldFilterTheSameFromStorageAndAfterARestart() {
        send(0, 400);
        List<String> expected = List.of("m5", "m100", "m399");
        String expression = "n IN ('5', '100', '399')";
        assertEquals(expected, all(expression));
        machine.killAndRestart();
        topic = machine.existing("orders");
        assertEquals(expected, all(expression));
        send(400, 2_000);
        assertEquals(expected, all(expression));
    }

    private List<String> all(String expression) {
        List<String> bodies = new ArrayList<>();
        long offset = 0;
        Pulled pulled = pull(expression, offset);
        while (pulled.found() == Found.MESSAGES || pulled.found() == Found.NO_MATCH) {
            assertTrue(pulled.nextOffset() > offset, "it goes forward");
            offset = pulled.nextOffset();
            bodies.addAll(bodies(pulled));
            pulled = pull(expression, offset);
        }
        assertEquals(Found.END, pulled.found());
        return bodies;
    }

    @Test
    void shouldLookPastLargeBodies() {
        String large = "x".repeat(6_000);
        for (int i = 0; i < 8; i++) {
            machine.send(topic, 0, large + i, "n\1" + i + "\2");
        }
        assertEquals(List.of(large + 3), bodies(pull("n = 3", 0)));
        Topic longName = machine.topic("t".repeat(127), 1);
        machine.send(longName, 0, large, "n\0011\2");
        Pulled pulled =
                machine.ask(reply ->
                        machine.broker()
                                .pull(machine.pull(longName, 0, 0, 0, sql("n = 1"), reply)));
        assertEquals(List.of(large), bodies(pulled));
    }

    @Test
    void shouldStopAfterABoundedEffortAndSayWhereToGoOn() {
        String value = "x".repeat(2_000);
        for (int i = 0; i < 60; i++) {
            machine.send(topic, 0, "", "a\1" + value + "\2");
        }
        String costly =
                String.join(
                        " OR ",
                        IntStream.range(0, 100).mapToObj(i -> "a CONTAINS 'y" + i + "'").toList());
        Pulled pulled = pull(costly, 0);
        assertEquals(Found.NO_MATCH, pulled.found());
        assertTrue(pulled.nextOffset() > 0 && pulled.nextOffset() < 20, "" + pulled.nextOffset());
        assertEquals(List.of(), all(costly));
    }

    @Test
    void shouldStayParkedWhileTheExpressionIsNotTrue() {
        List<Outcome<Pulled>> replies = new ArrayList<>();
        machine.broker().pull(machine.pull(topic, 0, 0, 15_000, sql("n = 3"), replies::add));
        send(0, 3);
        assertEquals(0, replies.size());
        send(3, 4);
        Outcome.Done<?> done = assertInstanceOf(Outcome.Done.class, replies.getFirst());
        Pulled pulled = (Pulled) done.value();
        assertEquals(List.of("m3"), bodies(pulled));
        assertEquals(4, pulled.nextOffset());
    }

    @Test
    void shouldNotWaitForStorageOnTheCallersThread() {
        send(0, 2_000);
        machine.holdReads = true;
        List<Outcome<Pulled>> replies = new ArrayList<>();
        machine.broker().pull(machine.pull(topic, 0, 0, 0, sql("n = 7"), replies::add));
        machine.time.run();
        assertEquals(0, replies.size());
        machine.releaseReads();
        Outcome.Done<?> done = assertInstanceOf(Outcome.Done.class, replies.getFirst());
        assertEquals(List.of("m7"), bodies((Pulled) done.value()));
    }
}
