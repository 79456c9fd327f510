package io.sluice.compat.grpc.crash;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.compat.grpc.Grpc;
import io.sluice.compat.harness.AgainstServer;
import io.sluice.compat.harness.Await;
import io.sluice.compat.harness.Feature;
import io.sluice.compat.harness.Target;
import io.sluice.compat.harness.crash.Kills;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A server is killed with SIGKILL at random moments while the 5.x client sends normal, ordered,
 * delayed and transactional messages and receives them. Whatever was acknowledged has to come,
 * unaltered, from the one place where it was stored; in order within its message group; not before
 * it is due; not if it was rolled back; not again once it was consumed.
 *
 * <p>{@code -Dcompat.kills} says how often, {@code -Dcompat.seed} at which moments.
 */
@AgainstServer
@Feature("Durability: kills under load")
class CrashTest {

    private static final int KILLS = 15;
    private static final int ACKNOWLEDGED_MAX = 1_000;
    private static final int RETRIES = 1_000;

    /** More than there are in the time of a test: nobody gives a transaction up. */
    private static final Map<String, String> CHECKS =
            Map.of(
                    "transaction-check-first", "500ms",
                    "transaction-check-interval", "500ms",
                    "transaction-checks", "1000");

    private final Kills kills = new Kills(KILLS, ACKNOWLEDGED_MAX);
    private final List<Book> books = Stream.of(Kind.values()).map(Book::new).toList();

    @Test
    @Timeout(value = 4, unit = TimeUnit.HOURS)
    void shouldKeepEverythingAcknowledgedThroughKills() throws Exception {
        try (Target server = Target.launch("grpc-crash", CHECKS)) {
            for (Kind kind : Kind.values()) {
                Grpc.topic(server, kind.topic(), Kind.QUEUES, kind.name());
                Grpc.group(server, kind.group(), kind == Kind.FIFO, RETRIES);
            }
            List<Reader> readers = new ArrayList<>();
            try (Writers writers = new Writers(server, books)) {
                for (Book book : books) {
                    readers.add(new Reader(server, book));
                }
                readers.forEach(Reader::start);
                writers.start();
                kills.run(server, new Running());
                writers.finish();
                books.forEach(CrashTest::awaitReceived);
                books.forEach(book -> awaitEachOnce(server, book));
            } finally {
                close(readers);
            }
            books.forEach(Book::check);
        }
        System.out.printf("%d kills: all is there of %s%n", kills.count(), counts());
        assertTrue(books.stream().allMatch(book -> book.acknowledgedCount() > 0), counts());
    }

    /** However slow the machine is: it goes on as long as more comes. */
    private static void awaitReceived(Book book) {
        for (int owed = book.owed(); owed > 0; owed = book.owed()) {
            int before = owed;
            Await.until(book::owing, () -> book.owed() < before);
        }
    }

    /** What is stored is what was received: nothing lies there twice. */
    private static void awaitEachOnce(Target server, Book book) {
        String topic = book.kind().topic();
        Await.until(
                () ->
                        "%s: %d stored, %d received"
                                .formatted(
                                        topic,
                                        Grpc.stored(server, topic, Kind.QUEUES),
                                        book.receivedCount()),
                () -> Grpc.stored(server, topic, Kind.QUEUES) == book.receivedCount());
    }

    private String counts() {
        return books.stream()
                .map(book -> book.acknowledgedCount() + " " + book.kind())
                .collect(Collectors.joining(", "));
    }

    private static void close(List<Reader> readers) throws IOException {
        readers.forEach(Reader::end);
        for (Reader reader : readers) {
            reader.close();
        }
    }

    /** Everybody, as those see it who kill the server. */
    private final class Running implements Kills.Load {

        @Override
        public long acknowledged() {
            return books.stream().mapToLong(Book::acknowledgedCount).sum();
        }

        @Override
        public Callable<Boolean> goesOn() {
            int[] sent = books.stream().mapToInt(Book::acknowledgedCount).toArray();
            int[] received = books.stream().mapToInt(Book::receivedCount).toArray();
            return () ->
                    IntStream.range(0, books.size())
                            .allMatch(i ->
                                    books.get(i).acknowledgedCount() > sent[i]
                                            && books.get(i).receivedCount() > received[i]);
        }

        @Override
        public Runnable known() {
            return () -> books.forEach(Book::check);
        }
    }
}
