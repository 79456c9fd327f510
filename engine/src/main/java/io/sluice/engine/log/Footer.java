package io.sluice.engine.log;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * What a sealed segment knows about itself, beside its checkpoint: a few sections of bytes, each
 * readable at random, each read verified by checksum. What the bytes mean is the shard's business.
 */
public interface Footer {
    /** The sections of a footer, in the order in which they are written. */
    enum Section {
        /** Per queue: first offset and where its run of entries begins. */
        QUEUES,
        /** Fixed-size queue entries, a run for each queue. */
        ENTRIES,
        /** (key hash, position) pairs sorted by hash. */
        KEYS,
        /** (due time, position, size) of timers scheduled in this segment, sorted. */
        TIMERS
    }

    /** Writes the sections of a footer. */
    interface Source {
        /**
         * Writes each section it has, in the order of {@link Section}, by {@link Output#section}
         * followed by {@link Output#write}.
         */
        void writeTo(Output output) throws IOException;
    }

    /** Takes the sections of a footer. */
    interface Output {
        /** Begins {@code section}; each at most once, in the order of {@link Section}. */
        void section(Section section) throws IOException;

        /** Appends the remaining bytes of {@code bytes} to the section. */
        void write(ByteBuffer bytes) throws IOException;
    }

    /** The size of {@code section} in bytes; 0 if it was not written. */
    long sizeBytes(Section section);

    /**
     * Reads bytes of a section. May block on storage.
     *
     * @param offset in bytes from the beginning of the section
     * @param sizeBytes how many; offset + sizeBytes ≤ {@link #sizeBytes}
     * @return a read-only, big-endian buffer with the bytes remaining
     * @throws CorruptLogException if a checksum does not match
     */
    ByteBuffer read(Section section, long offset, int sizeBytes) throws IOException;
}
