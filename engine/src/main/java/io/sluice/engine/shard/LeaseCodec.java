package io.sluice.engine.shard;

import io.sluice.engine.catalog.TopicSettings;
import io.sluice.engine.message.Mark;
import java.nio.ByteBuffer;

/**
 * The bytes of the records about leases, after the head that all records have (see {@link
 * RecordCodec}): group id 4, topic id 4, queue id 4, and then
 *
 * <pre>
 *   LEASED            number 8, deadline 8, cursor 8, offsets 8 each
 *   ACKNOWLEDGED      offsets 8 each
 *   LEASE_EXTENDED    offset 8, deadline 8
 *   LEASES_FORGOTTEN
 *   DEFERRED          cursor 8, offset 8 and mark 8 of each
 * </pre>
 */
final class LeaseCodec {
    private static final int QUEUE_SIZE_BYTES = 12;

    /** The size of LEASED without offsets, so much more than {@link #QUEUE_SIZE_BYTES}. */
    static final int LEASED_SIZE_BYTES = QUEUE_SIZE_BYTES + 24;

    static final int ACKNOWLEDGED_SIZE_BYTES = QUEUE_SIZE_BYTES;
    static final int EXTENDED_SIZE_BYTES = QUEUE_SIZE_BYTES + 16;
    static final int FORGOTTEN_SIZE_BYTES = QUEUE_SIZE_BYTES;

    /** The size of DEFERRED without offsets. */
    static final int DEFERRED_SIZE_BYTES = QUEUE_SIZE_BYTES + 8;

    /** What DEFERRED takes for each offset. */
    static final int MARKED_SIZE_BYTES = 2 * Long.BYTES;

    private LeaseCodec() {}

    static void write(ByteBuffer out, Record.Leased r) {
        queue(out, r.groupId(), r.topicId(), r.queueId());
        out.putLong(r.number()).putLong(r.deadlineMs()).putLong(r.cursor());
        offsets(out, r.offsets());
    }

    static void write(ByteBuffer out, Record.Acknowledged r) {
        queue(out, r.groupId(), r.topicId(), r.queueId());
        offsets(out, r.offsets());
    }

    static void write(ByteBuffer out, Record.LeaseExtended r) {
        queue(out, r.groupId(), r.topicId(), r.queueId());
        out.putLong(r.offset()).putLong(r.deadlineMs());
    }

    static void write(ByteBuffer out, Record.LeasesForgotten r) {
        queue(out, r.groupId(), r.topicId(), r.queueId());
    }

    static void write(ByteBuffer out, Record.Deferred r) {
        queue(out, r.groupId(), r.topicId(), r.queueId());
        out.putLong(r.cursor());
        for (int i = 0; i < r.offsets().length; i++) {
            out.putLong(r.offsets()[i]).putLong(r.marks()[i]);
        }
    }

    private static void queue(ByteBuffer out, int groupId, int topicId, int queueId) {
        out.putInt(groupId).putInt(topicId).putInt(queueId);
    }

    private static void offsets(ByteBuffer out, long[] offsets) {
        for (long offset : offsets) {
            out.putLong(offset);
        }
    }

    /**
     * Whether a body has its fixed part, a queue that may be, and whole offsets after it, none of
     * them negative.
     *
     * @param fixedSizeBytes the size without offsets
     */
    static boolean isWhole(ByteBuffer in, int body, int sizeBytes, int fixedSizeBytes) {
        boolean whole = hasQueue(in, body, sizeBytes, fixedSizeBytes, Long.BYTES);
        for (int at = fixedSizeBytes; whole && at < sizeBytes; at += Long.BYTES) {
            whole = in.getLong(body + at) >= 0;
        }
        return whole;
    }

    /** Whether a body is a whole DEFERRED, with offsets and marks that can be. */
    static boolean isWholeDeferred(ByteBuffer in, int body, int sizeBytes) {
        boolean whole = hasQueue(in, body, sizeBytes, DEFERRED_SIZE_BYTES, MARKED_SIZE_BYTES);
        for (int at = DEFERRED_SIZE_BYTES; whole && at < sizeBytes; at += MARKED_SIZE_BYTES) {
            whole = in.getLong(body + at) >= 0 && Mark.isUsable(in.getLong(body + at + Long.BYTES));
        }
        return whole;
    }

    private static boolean hasQueue(
            ByteBuffer in, int body, int sizeBytes, int fixedSizeBytes, int eachSizeBytes) {
        if (sizeBytes < fixedSizeBytes || (sizeBytes - fixedSizeBytes) % eachSizeBytes != 0) {
            return false;
        }
        int queueId = in.getInt(body + 8);
        return queueId >= 0 && queueId < TopicSettings.QUEUE_IDS_MAX;
    }

    static Record.Deferred deferred(ByteBuffer in, int body, int end) {
        int from = body + DEFERRED_SIZE_BYTES;
        long[] offsets = new long[(end - from) / MARKED_SIZE_BYTES];
        long[] marks = new long[offsets.length];
        for (int i = 0; i < offsets.length; i++) {
            offsets[i] = in.getLong(from + i * MARKED_SIZE_BYTES);
            marks[i] = in.getLong(from + i * MARKED_SIZE_BYTES + Long.BYTES);
        }
        return new Record.Deferred(
                in.getInt(body),
                in.getInt(body + 4),
                in.getInt(body + 8),
                in.getLong(body + 12),
                offsets,
                marks);
    }

    static Record.Leased leased(ByteBuffer in, int body, int end) {
        return new Record.Leased(
                in.getInt(body),
                in.getInt(body + 4),
                in.getInt(body + 8),
                in.getLong(body + 12),
                in.getLong(body + 20),
                in.getLong(body + 28),
                offsets(in, body + LEASED_SIZE_BYTES, end));
    }

    static Record.Acknowledged acknowledged(ByteBuffer in, int body, int end) {
        return new Record.Acknowledged(
                in.getInt(body),
                in.getInt(body + 4),
                in.getInt(body + 8),
                offsets(in, body + ACKNOWLEDGED_SIZE_BYTES, end));
    }

    static Record.LeaseExtended extended(ByteBuffer in, int body) {
        return new Record.LeaseExtended(
                in.getInt(body),
                in.getInt(body + 4),
                in.getInt(body + 8),
                in.getLong(body + 12),
                in.getLong(body + 20));
    }

    static Record.LeasesForgotten forgotten(ByteBuffer in, int body) {
        return new Record.LeasesForgotten(
                in.getInt(body), in.getInt(body + 4), in.getInt(body + 8));
    }

    private static long[] offsets(ByteBuffer in, int from, int end) {
        long[] offsets = new long[(end - from) / Long.BYTES];
        for (int i = 0; i < offsets.length; i++) {
            offsets[i] = in.getLong(from + i * Long.BYTES);
        }
        return offsets;
    }
}
