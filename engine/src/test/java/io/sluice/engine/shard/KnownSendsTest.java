package io.sluice.engine.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

class KnownSendsTest {
    private static final long WINDOW_MS = KnownSends.WINDOW_MS;

    private final KnownSends known = new KnownSends();

    private void add(long nowMs, long key) {
        known.add(nowMs, key, -key, 3, key * 10, key * 100, 0);
    }

    private boolean find(long nowMs, long key) {
        known.forgetUpTo(nowMs);
        return known.find(key, -key);
    }

    @Test
    void shouldTellWhereASendIs() {
        known.add(1, 5, 6, 65_535, 1L << 40, 77, 0);
        known.add(1, 5, 7, 0, 9, 78, 4_000_000_000_000L);
        assertTrue(known.find(5, 6));
        assertEquals(65_535, known.queueId());
        assertEquals(1L << 40, known.offset());
        assertEquals(77, known.position());
        assertEquals(0, known.dueMs());
        assertTrue(known.find(5, 7));
        assertEquals(0, known.queueId());
        assertEquals(0, known.offset());
        assertEquals(78, known.position());
        assertEquals(4_000_000_000_000L, known.dueMs());
        assertFalse(known.find(6, 7));
        assertFalse(known.find(5, 8));
    }

    @Test
    void shouldKnowASendForOneToTwoWindows() {
        for (long ms = 0; ms < 5 * WINDOW_MS; ms += 100) {
            add(ms, ms + 1);
            for (long before = Math.max(0, ms - WINDOW_MS + 100); before <= ms; before += 100) {
                assertTrue(find(ms, before + 1), "sent at " + before + ", asked at " + ms);
            }
            assertFalse(ms >= 2 * WINDOW_MS && find(ms, ms - 2 * WINDOW_MS + 1));
        }
    }

    @Test
    void shouldForgetWhenNothingIsSent() {
        add(0, 1);
        assertTrue(find(WINDOW_MS - 1, 1));
        assertFalse(find(2 * WINDOW_MS, 1));
    }

    @Test
    void shouldKnowTheLastOfMoreThanItHolds() {
        Random random = new Random(1);
        long[] keys = new long[2 * KnownSends.ENTRIES_MAX];
        for (int i = 0; i < keys.length; i++) {
            keys[i] = random.nextLong() | 1;
            known.add(1, keys[i], i, 1, i, i, 0);
        }
        for (int i = keys.length - KnownSends.ENTRIES_MAX; i < keys.length; i++) {
            assertTrue(known.find(keys[i], i));
            assertEquals(i, known.position());
        }
    }

    @Test
    void shouldTakeWhatCameBeforeBehindWhatCameLater() {
        known.add(100_000, 1, 1, 0, 10, 100, 0);
        assertFalse(known.reachesBack(100_000));
        known.addEarlier(100_000, 1, 1, 0, 5, 50, 0);
        known.addEarlier(100_000, 2, 2, 0, 4, 40, 0);
        assertTrue(known.find(1, 1));
        assertEquals(100, known.position());
        assertTrue(known.find(2, 2));
        assertEquals(40, known.position());
        known.forgetUpTo(100_000 + WINDOW_MS - 1);
        assertTrue(known.find(2, 2));
        known.forgetUpTo(100_000 + WINDOW_MS);
        assertTrue(known.find(1, 1));
    }
}
