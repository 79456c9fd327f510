package io.sluice.engine.catalog;

import io.sluice.engine.catalog.MetadataStore.PutOutcome;
import io.sluice.engine.time.Executor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Hands out ids that nobody ever had. A block of ids is reserved durably before the first of it is
 * handed out; after a crash the rest of the block is lost, never used twice. Owned by the catalog's
 * executor.
 */
final class IdCounter {
    /** The key of the largest reserved id, 4 bytes. */
    static final String KEY = "ids";

    private static final int BLOCK = 64;

    /** Takes an id, or the reason why there is none. */
    interface Taker {
        void taken(int id);

        void failed(IOException cause);
    }

    private final MetadataStore store;
    private final Executor executor;
    private final ArrayDeque<Taker> waiting = new ArrayDeque<>();
    private int next = 1;
    private int reservedTo;
    private long version;
    private boolean reserving;

    IdCounter(MetadataStore store, Executor executor, MetadataStore.@Nullable Versioned stored) {
        this.store = store;
        this.executor = executor;
        moveTo(stored);
    }

    /** No id above this one has ever been handed out. */
    int reservedTo() {
        return reservedTo;
    }

    /** Whether {@code value} is one that this class may have stored. */
    static boolean isCount(byte[] value) {
        return value.length == Integer.BYTES && ByteBuffer.wrap(value).getInt() >= 0;
    }

    void take(Taker taker) {
        if (waiting.isEmpty() && next <= reservedTo) {
            taker.taken(next++);
            return;
        }
        waiting.add(taker);
        if (!reserving) {
            reserve();
        }
    }

    private void reserve() {
        long to = (long) reservedTo + Math.max(BLOCK, waiting.size());
        if (to > Integer.MAX_VALUE) {
            failAll(new IOException("all ids are used up: start with a new data directory"));
            return;
        }
        reserving = true;
        byte[] value = ByteBuffer.allocate(Integer.BYTES).putInt((int) to).array();
        store.put(KEY, value, version)
                .thenAcceptAsync(outcome -> reserved(outcome, (int) to), executor);
    }

    private void reserved(PutOutcome outcome, int to) {
        reserving = false;
        switch (outcome) {
            case PutOutcome.Stored stored -> {
                next = reservedTo + 1;
                reservedTo = to;
                version = stored.version();
            }
            case PutOutcome.Conflict conflict -> moveTo(conflict.current());
            case PutOutcome.Failed failed -> failAll(failed.cause());
        }
        while (!waiting.isEmpty() && next <= reservedTo) {
            waiting.remove().taken(next++);
        }
        if (!waiting.isEmpty() && !reserving) {
            reserve();
        }
    }

    /** Somebody else reserved: everything up to there is theirs. */
    private void moveTo(MetadataStore.@Nullable Versioned stored) {
        version = stored == null ? MetadataStore.ABSENT : stored.version();
        reservedTo = stored == null ? 0 : ByteBuffer.wrap(stored.value()).getInt();
        next = reservedTo + 1;
    }

    private void failAll(IOException cause) {
        while (!waiting.isEmpty()) {
            waiting.remove().failed(cause);
        }
    }
}
