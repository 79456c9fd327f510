package io.sluice.engine.log;

import org.jspecify.annotations.Nullable;

/**
 * The file that a segment's batches are written to. Made by the shard; once the segment is active,
 * its handle and its name belong to the writer.
 */
final class ActiveFile {
    private final int segment;
    private final SegmentFile file;
    private final int sizeBytes;
    private @Nullable String spareName;

    /**
     * @param spareName the name that the file still bears if the segment's first batch is not yet
     *     written, else null
     */
    ActiveFile(int segment, SegmentFile file, int sizeBytes, @Nullable String spareName) {
        this.segment = segment;
        this.file = file;
        this.sizeBytes = sizeBytes;
        this.spareName = spareName;
    }

    int segment() {
        return segment;
    }

    SegmentFile file() {
        return file;
    }

    int sizeBytes() {
        return sizeBytes;
    }

    @Nullable String spareName() {
        return spareName;
    }

    void named() {
        spareName = null;
    }
}
