package io.sluice.engine.log;

/**
 * How large a local log's parts are.
 *
 * @param shardId whose log this is; written into every batch, so that the files of one shard are
 *     never taken for those of another
 * @param segmentSizeBytes the size that segments grow to, at least twice {@code batchSizeBytesMax},
 *     at most 1 GiB, a multiple of the directory's alignment. The first segments of a new log are
 *     smaller: see {@link #firstSizeBytes()}
 * @param batchSizeBytesMax the largest batch with its header, a multiple of the directory's
 *     alignment. Also the size of a slab of memory
 * @param residentBytesMax memory for batches under way and for serving recent data; at least two
 *     slabs
 * @param freeBytesMin what allocation leaves free on the disk, for footers and for everybody else
 */
public record LocalLogConfig(
        int shardId,
        int segmentSizeBytes,
        int batchSizeBytesMax,
        int residentBytesMax,
        long freeBytesMin) {
    private static final int MIB = 1 << 20;
    private static final int BATCH_SIZE_BYTES_MIN = 512;
    private static final int SEGMENT_SIZE_BYTES_MAX = 1 << 30;
    private static final int FIRST_SIZE_BYTES = 32 * MIB;

    public LocalLogConfig {
        if (batchSizeBytesMax < BATCH_SIZE_BYTES_MIN) {
            throw new IllegalArgumentException(
                    "batchSizeBytesMax must be at least 512: " + batchSizeBytesMax);
        }
        if (segmentSizeBytes < 2L * batchSizeBytesMax
                || segmentSizeBytes > SEGMENT_SIZE_BYTES_MAX) {
            throw new IllegalArgumentException(
                    "segmentSizeBytes must be from twice batchSizeBytesMax to 1 GiB: "
                            + segmentSizeBytes);
        }
        if (residentBytesMax < 2L * batchSizeBytesMax) {
            throw new IllegalArgumentException(
                    "residentBytesMax must be at least twice batchSizeBytesMax: "
                            + residentBytesMax);
        }
        if (freeBytesMin < 0) {
            throw new IllegalArgumentException("freeBytesMin must not be negative");
        }
    }

    /** 256 MiB segments, 8 MiB batches (a 4 MiB message fits), 64 MiB resident, 128 MiB free. */
    public static LocalLogConfig defaults(int shardId) {
        return new LocalLogConfig(shardId, 256 * MIB, 8 * MIB, 64 * MIB, 128L * MIB);
    }

    /**
     * The size of the first segment of a new log: small, since its zeroes delay the first start.
     */
    int firstSizeBytes() {
        return Math.min(segmentSizeBytes, Math.max(FIRST_SIZE_BYTES, 2 * batchSizeBytesMax));
    }
}
