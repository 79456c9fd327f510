package io.sluice.engine.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.sluice.engine.time.ManualTime;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Texts that operators keep are as durable as topics, and bounded. */
class RegistryTest {
    private final ManualTime time = new ManualTime();
    private final MemoryMetadataStore.Disk disk = new MemoryMetadataStore.Disk();
    private Registry registry;

    @BeforeEach
    void open() throws IOException {
        registry = another();
    }

    private Registry another() throws IOException {
        return Catalog.open(new MemoryMetadataStore(disk, time.executor()), time.executor(), time)
                .registry();
    }

    private <T> Change<T> outcome(CompletionStage<Change<T>> change) {
        time.run();
        return change.toCompletableFuture().join();
    }

    @Test
    void shouldKeepTextsApartAndFindThemAfterARestart() throws IOException {
        outcome(registry.put("a", "b/c", "1"));
        outcome(registry.put("a/b", "c", "2"));
        outcome(registry.put("a", "d", "3"));
        outcome(registry.put("a", "d", "4"));

        Registry after = another();

        assertEquals("1", after.value("a", "b/c"));
        assertEquals("2", after.value("a/b", "c"));
        assertEquals(Map.of("b/c", "1", "d", "4"), after.values("a"));
        assertEquals(Map.of(), after.values("nothing"));
        assertNull(after.value("a", "nothing"));
    }

    @Test
    void shouldShowATextOnlyOnceItIsDurable() {
        var change = registry.put("a", "b", "1");
        assertNull(registry.value("a", "b"));
        assertInstanceOf(Change.Done.class, outcome(change));
        assertEquals("1", registry.value("a", "b"));
        assertInstanceOf(Change.Done.class, outcome(registry.remove("a", "b")));
        assertNull(registry.value("a", "b"));
        assertInstanceOf(Change.NotFound.class, outcome(registry.remove("a", "b")));
    }

    @Test
    void shouldRefuseWhatIsTooLongOrHasNoName() {
        String text = "x".repeat(Registry.LENGTH_MAX + 1);
        assertInstanceOf(Change.Refused.class, outcome(registry.put("a", "b", text)));
        assertInstanceOf(Change.Refused.class, outcome(registry.put("a", text, "1")));
        assertInstanceOf(Change.Refused.class, outcome(registry.put("", "b", "1")));
        assertInstanceOf(Change.Refused.class, outcome(registry.put("a", "", "1")));
        assertEquals(Map.of(), registry.values("a"));
    }

    @Test
    void shouldDecideAnewOnWhatAnotherProcessHasLeft() throws IOException {
        Registry other = another();
        outcome(other.put("a", "b", "theirs"));
        assertInstanceOf(Change.Done.class, outcome(registry.put("a", "b", "ours")));
        assertEquals("ours", registry.value("a", "b"));
        assertEquals("ours", another().value("a", "b"));
    }
}
