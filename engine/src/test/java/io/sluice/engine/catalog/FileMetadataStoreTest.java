package io.sluice.engine.catalog;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.engine.catalog.MetadataStore.PutOutcome;
import io.sluice.engine.catalog.MetadataStore.Versioned;
import io.sluice.engine.log.CorruptLogException;
import io.sluice.engine.time.ManualTime;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class FileMetadataStoreTest extends MetadataStoreContractTest {
    private ManualTime time = new ManualTime();
    private MemoryDirectory directory = new MemoryDirectory();

    @Override
    MetadataStore open() {
        return new FileMetadataStore(directory, time.executor());
    }

    @Override
    void settle() {
        time.run();
    }

    @Test
    void shouldShareOneSyncAmongChangesThatQueuedUp() throws IOException {
        MetadataStore store = loaded();
        int before = directory.syncs;
        List<CompletionStage<PutOutcome>> stages = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            stages.add(store.put("topic/" + i, new byte[100], MetadataStore.ABSENT));
        }
        settle();

        stages.forEach(this::version);
        assertEquals(1, directory.syncs - before);
        assertEquals(10_000, open().load().size());
    }

    @Test
    void shouldNotGrowWithTheNumberOfChanges() throws IOException {
        MetadataStore store = loaded();
        long version = MetadataStore.ABSENT;
        for (int i = 0; i < 200; i++) {
            version = version(store.put("a", new byte[100_000], version));
        }

        assertEquals(List.of(FileMetadataStore.FILE), directory.list());
        assertTrue(directory.bytes(FileMetadataStore.FILE).length < 2 << 20);
        assertEquals(version, entry(open().load(), "a").version());
    }

    @Test
    void shouldKeepVersionsRisingWhenCompactionDropsTheNewest() throws IOException {
        MetadataStore store = loaded();
        long removed = 0;
        for (int i = 0; i < 30; i++) {
            long put = version(store.put("a", new byte[100_000], MetadataStore.ABSENT));
            removed = version(store.remove("a", put));
        }
        store = loaded();

        assertTrue(version(store.put("a", bytes(""), MetadataStore.ABSENT)) > removed);
    }

    @Test
    void shouldRefuseWhenStorageIsFullAndHeal() throws IOException {
        MetadataStore store = loaded();
        directory.usableBytes = 0;
        assertInstanceOf(PutOutcome.Failed.class, outcome(store.put("a", bytes("1"), 0)));
        directory.usableBytes = Long.MAX_VALUE;

        version(store.put("a", bytes("1"), MetadataStore.ABSENT));
    }

    @Test
    void shouldEndAtTheFirstFailedWrite() throws IOException {
        MetadataStore store = loaded();
        directory.failAfter = 0;
        assertInstanceOf(PutOutcome.Failed.class, outcome(store.put("a", bytes("1"), 0)));
        directory.failAfter = Integer.MAX_VALUE;

        assertInstanceOf(PutOutcome.Failed.class, outcome(store.put("a", bytes("1"), 0)));
        assertTrue(open().load().size() <= 1); // unknown whether the first took place
    }

    @Test
    void shouldMakeDurableWhatItLoadsAfterAFailedSync() throws IOException {
        for (int seed = 0; seed < 20; seed++) {
            directory = new MemoryDirectory();
            MetadataStore store = loaded();
            version(store.put("a", bytes("1"), MetadataStore.ABSENT));
            directory.failAfter = 1; // the write passes, its sync does not
            assertInstanceOf(PutOutcome.Failed.class, outcome(store.put("b", bytes("2"), 0)));
            directory.failAfter = Integer.MAX_VALUE;

            Map<String, Versioned> seen = new TreeMap<>(open().load());
            directory = directory.crash(new Random(seed));

            assertEquals(seen.keySet(), open().load().keySet(), "seed " + seed);
        }
    }

    @Test
    void shouldNotLoseWhatItAppendsToAFileWhoseRenameWasNotSynced() throws IOException {
        for (int seed = 0; seed < 20; seed++) {
            directory = new MemoryDirectory();
            MetadataStore store = loaded();
            long version = MetadataStore.ABSENT;
            for (int i = 0; i < 10; i++) {
                version = version(store.put("a", new byte[100_000], version));
            }
            directory.failAfter = 5; // of the eleventh put and the compaction after it the last
            outcome(store.put("a", new byte[100_000], version));
            assertTrue(directory.bytes(FileMetadataStore.FILE).length < 200_000);
            directory.failAfter = Integer.MAX_VALUE;

            version(loaded().put("b", bytes("2"), MetadataStore.ABSENT));
            directory = directory.crash(new Random(seed));

            assertTrue(open().load().containsKey("b"), "seed " + seed);
        }
    }

    @Test
    void shouldCutATailAtEveryPoint() throws IOException {
        byte[] whole = threeEntries();
        for (int size = EntryFile.HEADER_SIZE_BYTES; size < whole.length; size++) {
            directory = new MemoryDirectory();
            directory.put(FileMetadataStore.FILE, Arrays.copyOf(whole, size));
            MetadataStore store = open();
            Map<String, Versioned> left = store.load();

            assertTrue(left.size() < 3);
            assertTrue(List.of("a", "b", "c").subList(0, left.size()).containsAll(left.keySet()));
            version(store.put("d", bytes("4"), MetadataStore.ABSENT));
            assertEquals(left.size() + 1, open().load().size());
        }
    }

    @Test
    void shouldRefuseEveryFlippedBitBelowTheLastGroup() throws IOException {
        byte[] whole = threeEntries();
        int lastGroup = whole.length - EntryFile.entrySizeBytes(1, 1);
        for (int bit = 0; bit < lastGroup * 8; bit++) {
            byte[] damaged = whole.clone();
            damaged[bit / 8] ^= (byte) (1 << bit % 8);
            directory = new MemoryDirectory();
            directory.put(FileMetadataStore.FILE, damaged);

            assertThrows(CorruptLogException.class, () -> open().load(), "bit " + bit);
            assertArrayEquals(damaged, directory.bytes(FileMetadataStore.FILE));
        }
    }

    @Test
    void shouldRefuseEveryDamageAfterASecondOrTwoWithoutChanges() throws IOException {
        int sizeBytes = threeEntries().length;
        time.advanceMs(2_000); // of a second that has begun before the last change, it is the next
        requireProven(sizeBytes);
    }

    @Test
    void shouldRefuseEveryDamageOnceItIsClosed() throws IOException {
        MetadataStore store = loaded();
        for (String key : List.of("a", "b", "c")) {
            version(store.put(key, bytes("1".repeat(300)), MetadataStore.ABSENT));
        }
        int sizeBytes = directory.bytes(FileMetadataStore.FILE).length;
        store.close();
        settle();
        requireProven(sizeBytes);
    }

    /** Whatever is damaged of so much is noticed; what says that it was durable may go. */
    private void requireProven(int sizeBytes) throws IOException {
        byte[] whole = directory.bytes(FileMetadataStore.FILE).clone();
        for (int bit = 0; bit < whole.length * 8; bit++) {
            byte[] damaged = whole.clone();
            damaged[bit / 8] ^= (byte) (1 << bit % 8);
            requireProven(damaged, bit < sizeBytes * 8, "bit " + bit);
        }
        for (int from = 0; from < whole.length; from += 512) {
            byte[] damaged = whole.clone();
            Arrays.fill(damaged, from, Math.min(from + 512, whole.length), (byte) 0);
            requireProven(damaged, from < sizeBytes, "zeroes from " + from);
        }
    }

    private void requireProven(byte[] damaged, boolean isNoticed, String what) throws IOException {
        directory = new MemoryDirectory();
        directory.put(FileMetadataStore.FILE, damaged);
        if (isNoticed) {
            assertThrows(CorruptLogException.class, () -> open().load(), what);
        } else {
            assertEquals(3, open().load().size(), what);
        }
    }

    @Test
    void shouldMarkOnceHoweverLongNothingChanges() throws IOException {
        threeEntries();
        time.advanceMs(2_000);
        int marked = directory.bytes(FileMetadataStore.FILE).length;
        time.advanceMs(100_000);
        assertEquals(marked, directory.bytes(FileMetadataStore.FILE).length);
    }

    @Test
    void shouldRefuseDamageInACompactedFileEvenAtItsEnd() throws IOException {
        MetadataStore store = loaded();
        long version = MetadataStore.ABSENT;
        for (int i = 0; i < 11; i++) {
            version = version(store.put("a", new byte[100_000], version));
        }
        byte[] compacted = directory.bytes(FileMetadataStore.FILE);
        assertTrue(compacted.length < 200_000);
        compacted[compacted.length - 1] ^= 1;

        assertThrows(CorruptLogException.class, () -> open().load());
    }

    @Test
    void shouldKeepEverythingAcknowledgedThroughRandomCrashes() throws IOException {
        for (int seed = 0; seed < 100; seed++) {
            Random random = new Random(seed);
            directory = new MemoryDirectory();
            Map<String, Long> acknowledged = new TreeMap<>();
            for (int life = 0; life < 5; life++) {
                liveAndCrash(random, acknowledged, "seed " + seed + " life " + life);
            }
        }
    }

    private void liveAndCrash(Random random, Map<String, Long> acknowledged, String where)
            throws IOException {
        MetadataStore store = open();
        Map<String, Versioned> found = store.load();
        for (Map.Entry<String, Long> each : acknowledged.entrySet()) {
            assertTrue(entry(found, each.getKey()).version() >= each.getValue(), where);
        }
        directory.failAfter = random.nextInt(80);
        acknowledged.clear();
        found.forEach((key, value) -> acknowledged.put(key, value.version()));
        for (int i = random.nextInt(40); i > 0; i--) {
            String key = "k" + random.nextInt(5);
            long version = acknowledged.getOrDefault(key, MetadataStore.ABSENT);
            byte[] value = new byte[random.nextInt(120_000)];
            store.put(key, value, version)
                    .thenAccept(outcome -> {
                        if (outcome instanceof PutOutcome.Stored(long stored)) {
                            acknowledged.put(key, stored);
                        }
                    });
            if (random.nextBoolean()) {
                settle();
            }
        }
        directory = directory.crash(random);
        time = new ManualTime(); // what had not run yet never does
    }

    private byte[] threeEntries() throws IOException {
        MetadataStore store = loaded();
        version(store.put("a", bytes("1"), MetadataStore.ABSENT));
        version(store.put("b", bytes("2"), MetadataStore.ABSENT));
        version(store.put("c", bytes("3"), MetadataStore.ABSENT));
        return directory.bytes(FileMetadataStore.FILE).clone();
    }
}
