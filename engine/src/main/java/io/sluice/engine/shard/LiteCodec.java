package io.sluice.engine.shard;

import io.sluice.engine.catalog.Names;
import io.sluice.engine.queue.LiteTopics;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The bytes of the records about lite topics, after the head that all records have (see {@link
 * RecordCodec}):
 *
 * <pre>
 *   CREATED   topic id 4, queue id 4, name: size 2, ASCII
 *   EXPIRED   topic id 4, queue id 4
 * </pre>
 */
final class LiteCodec {
    static final byte CREATED = 50;
    static final byte EXPIRED = 51;
    private static final int CREATED_FIXED_SIZE_BYTES = 10;

    private static final int EXPIRED_SIZE_BYTES = 8;

    /** The largest record of one that was created. */
    static final int CREATED_SIZE_BYTES_MAX =
            RecordCodec.HEAD_SIZE_BYTES + CREATED_FIXED_SIZE_BYTES + Names.LITE_LENGTH_MAX;

    private LiteCodec() {}

    static void write(ByteBuffer out, Record.LiteCreated r) {
        byte[] name = r.name().getBytes(StandardCharsets.US_ASCII);
        out.putInt(r.topicId()).putInt(r.queueId()).putShort((short) name.length).put(name);
    }

    static void write(ByteBuffer out, Record.LiteExpired r) {
        out.putInt(r.topicId()).putInt(r.queueId());
    }

    static Record.LiteCreated created(ByteBuffer in, int body) {
        byte[] name = new byte[in.getShort(body + 8)];
        in.get(body + CREATED_FIXED_SIZE_BYTES, name);
        return new Record.LiteCreated(
                in.getInt(body), in.getInt(body + 4), new String(name, StandardCharsets.US_ASCII));
    }

    static Record.LiteExpired expired(ByteBuffer in, int body) {
        return new Record.LiteExpired(in.getInt(body), in.getInt(body + 4));
    }

    /** Whether the record at {@code at} has a queue and a name that may be. */
    static boolean isWholeCreated(ByteBuffer in, int at, int sizeBytes) {
        int body = at + RecordCodec.HEAD_SIZE_BYTES;
        int nameSize = sizeBytes - RecordCodec.HEAD_SIZE_BYTES - CREATED_FIXED_SIZE_BYTES;
        return nameSize > 0
                && sizeBytes <= CREATED_SIZE_BYTES_MAX
                && in.getShort(body + 8) == nameSize
                && LiteTopics.mayBe(in.getInt(body + 4), created(in, body).name());
    }

    static boolean isWholeExpired(ByteBuffer in, int at, int sizeBytes) {
        int body = at + RecordCodec.HEAD_SIZE_BYTES;
        return sizeBytes >= RecordCodec.HEAD_SIZE_BYTES + EXPIRED_SIZE_BYTES
                && RecordCodec.isQueue(in.getInt(body + 4));
    }
}
