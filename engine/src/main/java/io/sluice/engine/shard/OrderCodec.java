package io.sluice.engine.shard;

import io.sluice.engine.group.OrderLocks;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The bytes of the records about order locks, resets and barriers, after the head that all records
 * have (see {@link RecordCodec}):
 *
 * <pre>
 *   LOCKED     group id 4, topic id 4, queue id 4, client id: size 2, UTF-8
 *   UNLOCKED   group id 4, topic id 4, queue id 4
 *   RESET      group id 4, topic id 4, queue id 4, offset 8, time 8
 *   BARRIER    topic id 4
 * </pre>
 */
final class OrderCodec {
    private static final int LOCKED_FIXED_SIZE_BYTES = 14;

    static final int LOCKED_SIZE_BYTES_MAX =
            LOCKED_FIXED_SIZE_BYTES + OrderLocks.CLIENT_ID_SIZE_BYTES_MAX;
    static final int UNLOCKED_SIZE_BYTES = 12;
    static final int RESET_SIZE_BYTES = 28;
    static final int BARRIER_SIZE_BYTES = 4;

    private OrderCodec() {}

    static void write(ByteBuffer out, Record.QueueLocked r) {
        byte[] clientId = r.clientId().getBytes(StandardCharsets.UTF_8);
        out.putInt(r.groupId()).putInt(r.topicId()).putInt(r.queueId());
        out.putShort((short) clientId.length).put(clientId);
    }

    static void write(ByteBuffer out, Record.QueueUnlocked r) {
        out.putInt(r.groupId()).putInt(r.topicId()).putInt(r.queueId());
    }

    static void write(ByteBuffer out, Record.OffsetReset r) {
        out.putInt(r.groupId()).putInt(r.topicId()).putInt(r.queueId());
        out.putLong(r.offset()).putLong(r.atMs());
    }

    static void write(ByteBuffer out, Record.BarrierDrawn r) {
        out.putInt(r.topicId());
    }

    static Record.QueueLocked locked(ByteBuffer in, int body) {
        byte[] clientId = new byte[in.getShort(body + 12)];
        in.get(body + LOCKED_FIXED_SIZE_BYTES, clientId);
        return new Record.QueueLocked(
                in.getInt(body),
                in.getInt(body + 4),
                in.getInt(body + 8),
                new String(clientId, StandardCharsets.UTF_8));
    }

    static Record.QueueUnlocked unlocked(ByteBuffer in, int body) {
        return new Record.QueueUnlocked(in.getInt(body), in.getInt(body + 4), in.getInt(body + 8));
    }

    static Record.OffsetReset reset(ByteBuffer in, int body) {
        return new Record.OffsetReset(
                in.getInt(body),
                in.getInt(body + 4),
                in.getInt(body + 8),
                in.getLong(body + 12),
                in.getLong(body + 20));
    }

    static Record.BarrierDrawn barrier(ByteBuffer in, int body) {
        return new Record.BarrierDrawn(in.getInt(body));
    }

    /** Whether a body is that of a LOCKED record, with a queue and a client that may be. */
    static boolean isWholeLocked(ByteBuffer in, int body, int sizeBytes) {
        return sizeBytes >= LOCKED_FIXED_SIZE_BYTES
                && sizeBytes <= LOCKED_SIZE_BYTES_MAX
                && in.getShort(body + 12) == sizeBytes - LOCKED_FIXED_SIZE_BYTES
                && OrderLocks.isUsable(locked(in, body).clientId())
                && RecordCodec.isQueue(in.getInt(body + 8));
    }
}
