package io.sluice.engine.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * One file of a local log, and through {@link Directory} its siblings: the seam between a log's
 * logic and a disk, where a simulator injects faults.
 *
 * <p>Promises: a {@link #write} that returned is durable if the file was opened with {@link
 * Directory.Mode#DURABLE}; otherwise once a later {@link #sync} returned. Until then any part of it
 * may be lost, torn or reordered by a crash. A failed write or sync leaves the file in an unknown
 * state and must not be repeated on it. Creating, renaming and deleting is durable once a later
 * {@link Directory#sync} returned.
 *
 * <p>One thread writes; any thread may read at the same time.
 */
public interface SegmentFile extends AutoCloseable {
    /** The files of one log. Names are made by the log and hold nothing that a user typed. */
    interface Directory {
        /** How a file is opened. */
        enum Mode {
            /** Each write is durable when it returns, and may ask for aligned buffers. */
            DURABLE,
            /** Writes are durable after {@link SegmentFile#sync}. */
            BUFFERED,
            /** Only reads. */
            READ
        }

        /** The names of all files, sorted. */
        List<String> list() throws IOException;

        /** Opens a file, creating it if the mode writes and it is not there. */
        SegmentFile open(String name, Mode mode) throws IOException;

        /** Renames a file, replacing what bore the new name. */
        void rename(String from, String to) throws IOException;

        /** Deletes a file if it is there. */
        void delete(String name) throws IOException;

        /** Makes creations, renames and deletions durable. */
        void sync() throws IOException;

        /** Bytes that may still be written to this directory's disk. */
        long usableBytes() throws IOException;

        /**
         * The alignment in bytes of address, offset and size that DURABLE writes need; 1 if none.
         */
        int alignmentBytes();
    }

    /** The file's name within its directory. */
    String name();

    /** The file's size in bytes. */
    long sizeBytes() throws IOException;

    /** Writes all remaining bytes of {@code source} at {@code offset}. */
    void write(ByteBuffer source, long offset) throws IOException;

    /** Makes everything written so far durable. */
    void sync() throws IOException;

    /**
     * Reads up to the remaining bytes of {@code target} at {@code offset}.
     *
     * @return the number of bytes read, smaller than remaining only at the end of the file
     */
    int read(ByteBuffer target, long offset) throws IOException;

    /** Cuts the file to {@code sizeBytes}. */
    void truncate(long sizeBytes) throws IOException;

    @Override
    void close() throws IOException;
}
