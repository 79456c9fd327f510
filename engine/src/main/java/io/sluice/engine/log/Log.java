package io.sluice.engine.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A shard's append-only sequence of batches.
 *
 * <p>A <b>position</b> is an opaque, ordered, non-negative 64-bit place in the log: the shard
 * compares positions and hands them back, and only a log does arithmetic on them. 0 is before
 * everything and names no record. A log is cut into <b>segments</b>, numbered upwards; the last one
 * is active, the others are sealed and get a {@link Footer}.
 *
 * <p><b>Order.</b> Batches become durable in the order in which they were committed; {@link
 * Listener#durable} reports them in that order, and reports a position only when everything below
 * it is on stable storage.
 *
 * <p><b>Failure.</b> A commit may complete late, out of the caller's control, or never. The first
 * failed write or sync ends the log: {@link Listener#failed} is called once, nothing that was not
 * reported durable will ever be reported durable, and no write is tried again. What became of those
 * batches is unknown until the log is recovered; they must not be acknowledged.
 *
 * <p><b>Threads.</b> {@link #recover}, {@link #open}, {@link #commit}, {@link #seal} and {@link
 * #trim} belong to the shard's executor. The listener is called on the shard's executor. The
 * reading methods may be called from any thread; those that say they block must not be called from
 * an event loop or a shard.
 */
public interface Log extends AutoCloseable {

    /** What a log tells its shard, always on the shard's executor. */
    interface Listener {
        /** Every batch that ends at or below {@code position} is on stable storage. */
        void durable(long position);

        /** The log has ended; called at most once. {@code cause} names the file and the remedy. */
        void failed(IOException cause);
    }

    /** What {@link #recover} finds, oldest first. All calls come from inside {@link #recover}. */
    interface Replay {
        /**
         * The state at the end of {@code segment}; called at most once, before everything else.
         *
         * @throws IOException if it makes no sense, though its checksum is right
         */
        void checkpoint(int segment, ByteBuffer state) throws IOException;

        /**
         * A durable batch after the checkpoint, to be applied.
         *
         * @param segment the segment it lies in
         * @param records its records; the buffer is valid only during the call
         * @param recordsPosition the position of the first byte of {@code records}; the position of
         *     byte i of {@code records} is {@code recordsPosition + i}
         * @throws IOException if they make no sense, though their checksum is right
         */
        void batch(int segment, ByteBuffer records, long recordsPosition) throws IOException;

        /**
         * All batches of {@code segment} have been replayed and it has ended: the shard answers
         * with {@link Log#seal}.
         */
        void segmentEnd(int segment);
    }

    /**
     * Finds what the log holds, cuts a torn tail, begins a new epoch and makes the log ready for
     * {@link #open}. Must be called once, before anything else.
     *
     * @throws CorruptLogException if bytes that were once durable are damaged; nothing is deleted
     * @throws IOException if storage fails
     */
    void recover(Replay replay, Listener listener) throws IOException;

    /**
     * Opens a batch to fill, in the active segment, or in a new one if it has no room for {@code
     * recordsSizeBytesMin}; then {@link Batch#segment()} is larger than that of the last batch, and
     * the shard answers with {@link #seal} for the ended one before it applies anything of the new
     * one. At most one batch is open at a time.
     *
     * @param recordsSizeBytesMin room needed for records, at least 1, at most {@link
     *     #recordsSizeBytesMax()}
     * @param reserve whether the room kept for small records when storage runs out may be used;
     *     false for messages, true for offsets, timers fired and the like
     * @return the batch; null if storage is full (then try again later: it heals by itself), or if
     *     every write buffer is in use by commits under way, or the next segment is still being
     *     prepared ({@link #full()} tells the two apart). {@link Listener#durable} is called when
     *     it is worth trying again, if need be with a position that was reported before
     */
    @Nullable Batch open(int recordsSizeBytesMin, boolean reserve);

    /**
     * Takes the batch's records for writing; the batch may not be touched afterwards. Returns at
     * once; see {@link Listener#durable}. A batch without records is dropped.
     */
    void commit(Batch batch);

    /** How many committed batches are not yet durable. Shard's executor only. */
    int inFlight();

    /** Whether {@link #open} refuses messages because storage is full, and what to do about it. */
    boolean full();

    /** The largest total size of the records of one batch, in bytes. */
    int recordsSizeBytesMax();

    /**
     * Ends a segment with its footer, written in the background after the segment's last batch is
     * durable. {@code source} is called on a background executor, again if writing failed, and must
     * only read what no longer changes.
     *
     * @param checkpoint the state of the shard at the end of the segment, to be handed to {@link
     *     Replay#checkpoint}
     */
    void seal(int segment, ByteBuffer checkpoint, Footer.Source source);

    /**
     * Deletes sealed segments below {@code segment}, gradually, in the background. Readers that are
     * inside one finish or fail with {@link TrimmedException}.
     */
    void trim(int segment);

    /** The oldest segment that still exists. */
    int firstSegment();

    /** The segment of {@code position}. */
    int segmentOf(long position);

    /** Everything below is durable. */
    long durablePosition();

    /** Size on storage of a segment in bytes; 0 if it does not exist. */
    long segmentSizeBytes(int segment);

    /**
     * Whether a record of {@code sizeBytes} bytes, or so much of one, may lie at {@code position}:
     * the bytes are durable, in one segment that exists, and no more than a batch holds. To be
     * asked of every place that was not made here: one that a client names, or that stands in a
     * footer.
     */
    boolean mayHold(long position, int sizeBytes);

    /**
     * Copies {@code sizeBytes} bytes at {@code position} to {@code target} if they are in memory.
     * Never blocks.
     *
     * @return false, with nothing copied, if they are not in memory
     */
    boolean readResident(long position, int sizeBytes, ByteBuffer target);

    /**
     * Copies {@code sizeBytes} durable bytes at {@code position} to {@code target}. May block on
     * storage.
     *
     * @throws TrimmedException if the segment has been deleted
     * @throws IOException if storage fails, or if {@code position} lies outside of the durable log
     */
    void read(long position, int sizeBytes, ByteBuffer target) throws IOException;

    /**
     * The footer of a sealed segment. May block on storage; cached.
     *
     * @return null while it is still being written
     * @throws TrimmedException if the segment has been deleted
     * @throws IOException if storage fails or the footer is damaged
     */
    @Nullable Footer footer(int segment) throws IOException;

    /** Takes batches of records. */
    interface Scan {
        /**
         * @param records the records of a batch; the buffer is valid only during the call
         * @param recordsPosition the position of the first byte of {@code records}
         * @throws IOException if they make no sense
         */
        void batch(ByteBuffer records, long recordsPosition) throws IOException;
    }

    /**
     * Hands the batches of a sealed segment over, oldest first, up to one that is damaged; none if
     * it has no footer yet, or has been deleted. May block on storage.
     *
     * @throws IOException if storage fails, or {@code to} does
     */
    void scan(int segment, Scan to) throws IOException;

    /** Makes what was committed durable, stops the background work and releases the files. */
    @Override
    void close();
}
