package io.sluice.engine.catalog;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.engine.catalog.MetadataStore.PutOutcome;
import io.sluice.engine.catalog.MetadataStore.Versioned;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What every {@link MetadataStore} promises; a subclass for each implementation. */
abstract class MetadataStoreContractTest {
    /** A store over the same storage as those before; the one before is abandoned or closed. */
    abstract MetadataStore open();

    /** Lets everything that was begun complete. */
    abstract void settle();

    @Test
    void shouldBeginEmpty() throws IOException {
        assertTrue(open().load().isEmpty());
    }

    @Test
    void shouldLoadWhatWasStored() throws IOException {
        MetadataStore store = loaded();
        long a = version(store.put("a", bytes("1"), MetadataStore.ABSENT));
        version(store.put("b", bytes("2"), MetadataStore.ABSENT));

        var entries = open().load();

        assertEquals(List.of("a", "b"), List.copyOf(entries.keySet()));
        assertArrayEquals(bytes("1"), entry(entries, "a").value());
        assertEquals(a, entry(entries, "a").version());
    }

    @Test
    void shouldNotCompleteInsideTheCall() throws IOException {
        MetadataStore store = loaded();

        var outcome = store.put("a", bytes("1"), MetadataStore.ABSENT).toCompletableFuture();

        assertFalse(outcome.isDone());
        settle();
        assertTrue(outcome.isDone());
    }

    @Test
    void shouldReplaceOnlyTheExpectedVersion() throws IOException {
        MetadataStore store = loaded();
        long first = version(store.put("a", bytes("1"), MetadataStore.ABSENT));
        long second = version(store.put("a", bytes("2"), first));

        Versioned current = current(store.put("a", bytes("3"), first));

        assertTrue(second > first);
        assertArrayEquals(bytes("2"), current.value());
        assertEquals(second, current.version());
    }

    @Test
    void shouldLetOneOfTwoCreationsWin() throws IOException {
        MetadataStore store = loaded();
        var first = store.put("a", bytes("1"), MetadataStore.ABSENT);
        var second = store.put("a", bytes("2"), MetadataStore.ABSENT);

        long version = version(first);
        Versioned current = current(second);

        assertEquals(version, current.version());
        assertArrayEquals(bytes("1"), current.value());
    }

    @Test
    void shouldTellWhenTheKeyIsGone() throws IOException {
        MetadataStore store = loaded();
        long version = version(store.put("a", bytes("1"), MetadataStore.ABSENT));
        version(store.remove("a", version));

        assertNull(conflict(store.put("a", bytes("2"), version)));
        assertNull(conflict(store.remove("a", version)));
        assertTrue(open().load().isEmpty());
    }

    @Test
    void shouldNeverGiveAVersionTwiceAcrossARemovalAndALoad() throws IOException {
        MetadataStore store = loaded();
        long created = version(store.put("a", bytes("1"), MetadataStore.ABSENT));
        long removed = version(store.remove("a", created));
        store = loaded();
        long again = version(store.put("a", bytes("1"), MetadataStore.ABSENT));

        assertTrue(created < removed && removed < again);
        assertEquals(again, current(store.remove("a", created)).version());
    }

    @Test
    void shouldCompleteInTheOrderOfTheCalls() throws IOException {
        MetadataStore store = loaded();
        List<Integer> completed = new ArrayList<>();
        List<Integer> called = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            int number = i;
            called.add(i);
            CompletableFuture<PutOutcome> stage =
                    store.put("k" + i % 3, bytes("" + i), i < 3 ? MetadataStore.ABSENT : 1)
                            .toCompletableFuture();
            assertFalse(stage.thenRun(() -> completed.add(number)).isDone());
        }
        settle();

        assertEquals(called, completed);
    }

    @Test
    void shouldKeepAnyNameAsAKeyAndEmptyAndLargeValues() throws IOException {
        MetadataStore store = loaded();
        version(store.put("../../etc/passwd\0é", bytes(""), MetadataStore.ABSENT));
        byte[] large = new byte[MetadataStore.VALUE_SIZE_BYTES_MAX];
        large[large.length - 1] = 7;
        version(store.put("large", large, MetadataStore.ABSENT));

        var entries = open().load();

        assertEquals(0, entry(entries, "../../etc/passwd\0é").value().length);
        assertArrayEquals(large, entry(entries, "large").value());
    }

    @Test
    void shouldRefuseWhatIsTooLarge() throws IOException {
        MetadataStore store = loaded();
        byte[] value = new byte[MetadataStore.VALUE_SIZE_BYTES_MAX + 1];
        String key = "k".repeat(MetadataStore.KEY_SIZE_BYTES_MAX + 1);

        assertThrows(IllegalArgumentException.class, () -> store.put("a", value, 0));
        assertThrows(IllegalArgumentException.class, () -> store.put(key, bytes(""), 0));
        assertThrows(IllegalArgumentException.class, () -> store.put("", bytes(""), 0));
        assertThrows(IllegalArgumentException.class, () -> store.remove("a", 0));
    }

    @Test
    void shouldCompleteWhatWasBegunAndFailWhatComesAfterClose() throws IOException {
        MetadataStore store = loaded();
        var before = store.put("a", bytes("1"), MetadataStore.ABSENT);
        store.close();
        var after = store.put("b", bytes("1"), MetadataStore.ABSENT);

        version(before);
        assertInstanceOf(PutOutcome.Failed.class, outcome(after));
        assertEquals(List.of("a"), List.copyOf(open().load().keySet()));
    }

    final MetadataStore loaded() throws IOException {
        MetadataStore store = open();
        assertNotNull(store.load());
        return store;
    }

    final PutOutcome outcome(CompletionStage<PutOutcome> stage) {
        settle();
        assertTrue(stage.toCompletableFuture().isDone());
        return stage.toCompletableFuture().join();
    }

    final long version(CompletionStage<PutOutcome> stage) {
        return assertInstanceOf(PutOutcome.Stored.class, outcome(stage)).version();
    }

    final Versioned current(CompletionStage<PutOutcome> stage) {
        return Objects.requireNonNull(conflict(stage));
    }

    final @Nullable Versioned conflict(CompletionStage<PutOutcome> stage) {
        return assertInstanceOf(PutOutcome.Conflict.class, outcome(stage)).current();
    }

    static Versioned entry(Map<String, Versioned> entries, String key) {
        return Objects.requireNonNull(entries.get(key), key);
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
