package io.sluice.engine.catalog;

import io.sluice.engine.time.Executor;
import java.io.IOException;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The simplest {@link MetadataStore}: what is meant by the contract, for tests of those that use
 * one. Several of them may share a {@link Disk}, as several machines share a ZooKeeper.
 */
public final class MemoryMetadataStore implements MetadataStore {
    /** What outlives the store. */
    public static final class Disk {
        private final TreeMap<String, Versioned> entries = new TreeMap<>();
        private long version;
    }

    private final Disk disk;
    private final Executor executor;
    private boolean closed;

    public MemoryMetadataStore(Disk disk, Executor executor) {
        this.disk = disk;
        this.executor = executor;
    }

    @Override
    public SortedMap<String, Versioned> load() {
        return new TreeMap<>(disk.entries);
    }

    @Override
    public CompletionStage<PutOutcome> put(String key, byte[] value, long expectedVersion) {
        if (value.length > VALUE_SIZE_BYTES_MAX) {
            throw new IllegalArgumentException("value");
        }
        return change(key, value, expectedVersion);
    }

    @Override
    public CompletionStage<PutOutcome> remove(String key, long expectedVersion) {
        if (expectedVersion <= ABSENT) {
            throw new IllegalArgumentException("version");
        }
        return change(key, null, expectedVersion);
    }

    private CompletionStage<PutOutcome> change(
            String key, byte @Nullable [] value, long expectedVersion) {
        if (key.isEmpty() || key.length() > KEY_SIZE_BYTES_MAX) {
            throw new IllegalArgumentException("key");
        }
        CompletableFuture<PutOutcome> stage = new CompletableFuture<>();
        boolean refused = closed;
        executor.execute(() ->
                stage.complete(
                        refused
                                ? new PutOutcome.Failed(new IOException("closed"))
                                : changed(key, value, expectedVersion)));
        return stage;
    }

    private PutOutcome changed(String key, byte @Nullable [] value, long expectedVersion) {
        Versioned current = disk.entries.get(key);
        if (expectedVersion != (current == null ? ABSENT : current.version())) {
            return new PutOutcome.Conflict(current);
        }
        disk.version++;
        if (value == null) {
            disk.entries.remove(key);
        } else {
            disk.entries.put(key, new Versioned(value, disk.version));
        }
        return new PutOutcome.Stored(disk.version);
    }

    @Override
    public void close() {
        closed = true;
    }
}
