package io.sluice.engine.catalog;

import io.sluice.engine.log.CorruptLogException;
import java.io.IOException;
import java.util.SortedMap;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A small versioned key → value store with compare-and-set: few thousand entries of few hundred
 * bytes, read once, changed rarely, possibly from several machines.
 *
 * <p><b>Versions.</b> A version is positive and larger than every earlier version of the same key,
 * also across a removal: a change that was decided on an old value never hits a newer one.
 *
 * <p><b>Order.</b> Changes take effect in the order in which one caller made them, and complete in
 * that order; so the second of two changes expecting the same version gets {@link
 * PutOutcome.Conflict}. Across callers the order is the store's.
 *
 * <p><b>Durability.</b> {@link PutOutcome.Stored} means that the change is on stable storage and
 * every later {@link #load} sees it. {@link PutOutcome.Conflict} shows only durable values.
 *
 * <p><b>Failure.</b> {@link PutOutcome.Failed} means unknown: the change may have taken place or
 * may not, except where its cause says that nothing was written. A stage never completes
 * exceptionally. After a failed write or sync the store has ended, and every change under way and
 * later completes as failed until it is opened anew. A change may also complete late.
 *
 * <p><b>Retry.</b> The store never repeats a change by itself. Repeating one that failed is safe
 * for the caller, since it expects a version: if the first try did take place, the second gets a
 * conflict with its own value in it.
 *
 * <p><b>Threads.</b> {@link #load} is called once, before anything else, by a thread that may
 * block. The changing methods may be called from any thread and never block; their stages complete
 * on the serial {@link io.sluice.engine.time.Executor} that the implementation was constructed
 * with.
 */
public interface MetadataStore extends AutoCloseable {
    /** The version to expect of a key that is not there. */
    long ABSENT = 0;

    /** The longest key, in bytes of UTF-8. */
    int KEY_SIZE_BYTES_MAX = 1024;

    /** The largest value in bytes; not larger than what a ZooKeeper node takes. */
    int VALUE_SIZE_BYTES_MAX = 960 * 1024;

    /** A value and its version. The array is never changed by the store and must not be by you. */
    @SuppressWarnings("ArrayRecordComponent") // compared by version, never by content
    record Versioned(byte[] value, long version) {}

    /** What became of a change. */
    sealed interface PutOutcome {
        /** Durable, with its new version (for a removal: that of the removal). */
        record Stored(long version) implements PutOutcome {}

        /** Nothing was changed: the key has another version, or, if null, is not there. */
        record Conflict(@Nullable Versioned current) implements PutOutcome {}

        /** Not known to be stored; the cause names the file and the remedy. */
        record Failed(IOException cause) implements PutOutcome {}
    }

    /**
     * Reads everything. Must be called once, before anything else; may block.
     *
     * @throws CorruptLogException if what was once durable is damaged; nothing is deleted
     * @throws IOException if storage fails
     */
    SortedMap<String, Versioned> load() throws IOException;

    /**
     * Stores {@code value} if the key's version is {@code expectedVersion}.
     *
     * @param key at most {@link #KEY_SIZE_BYTES_MAX} bytes, not empty; never becomes a file name
     * @param value at most {@link #VALUE_SIZE_BYTES_MAX} bytes; must not be changed afterwards
     * @param expectedVersion {@link #ABSENT} if the key must not be there
     * @throws IllegalArgumentException if key or value is too large
     */
    CompletionStage<PutOutcome> put(String key, byte[] value, long expectedVersion);

    /** Removes the key if its version is {@code expectedVersion}, which is positive. */
    CompletionStage<PutOutcome> remove(String key, long expectedVersion);

    /**
     * Ends the store: later changes fail with nothing written. Returns at once; changes made before
     * still complete, and then the storage is released, on the store's executor.
     */
    @Override
    void close();
}
