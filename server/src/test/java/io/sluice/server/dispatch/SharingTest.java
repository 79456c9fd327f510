package io.sluice.server.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Every queue has one client that pulls it, and as many more as share it when they pop. */
final class SharingTest {
    private static final List<Integer> QUEUES = List.of(0, 1, 2, 3, 4, 5, 6, 7);
    private static final List<String> CLIENTS = List.of("a", "b", "c");

    @Test
    void shouldGiveNeighboursToEachClient() {
        assertEquals(List.of(0, 1, 2), Sharing.share("AVG", QUEUES, CLIENTS, 0));
        assertEquals(List.of(3, 4, 5), Sharing.share("AVG", QUEUES, CLIENTS, 1));
        assertEquals(List.of(6, 7), Sharing.share("AVG", QUEUES, CLIENTS, 2));
        assertEquals(List.of(), Sharing.share("AVG", QUEUES, CLIENTS, -1));
        assertEquals(List.of(), Sharing.share("AVG", List.of(0), CLIENTS, 1));
    }

    @Test
    void shouldGoRoundInACircle() {
        assertEquals(List.of(0, 3, 6), Sharing.share("AVG_BY_CIRCLE", QUEUES, CLIENTS, 0));
        assertEquals(List.of(2, 5), Sharing.share("AVG_BY_CIRCLE", QUEUES, CLIENTS, 2));
    }

    @Test
    void shouldAddTheQueuesOfThoseThatFollow() {
        assertEquals(List.of(6, 7, 0, 1, 2), Sharing.shareWith(1, "AVG", QUEUES, CLIENTS, 2));
        assertEquals(List.of(1), Sharing.shareWith(1, "AVG", List.of(0, 1), CLIENTS, 1));
        assertEquals(List.of(0), Sharing.shareWith(1, "AVG", List.of(0, 1), CLIENTS, 2));
        assertEquals(List.of(), Sharing.shareWith(1, "AVG", QUEUES, CLIENTS, -1));
    }
}
