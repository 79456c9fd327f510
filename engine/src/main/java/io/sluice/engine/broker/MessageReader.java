package io.sluice.engine.broker;

import io.sluice.engine.log.Log;
import io.sluice.engine.log.TrimmedException;
import io.sluice.engine.message.StoredMessage;
import io.sluice.engine.shard.Outcome;
import io.sluice.engine.shard.Refusal;
import io.sluice.engine.time.Executor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads single messages by position. A position comes from a client, so nothing is believed: bytes
 * count as a message only if they say themselves that they were stored there.
 *
 * <p>Stateless; storage is read on reader threads.
 */
final class MessageReader {
    /** Something that is looked up in the index and may block. */
    interface Lookup<T> {
        /** What was asked for; null if there is no such thing. */
        @Nullable T find() throws IOException;
    }

    private static final int SIZE_FIELD_BYTES = 4;
    private static final ByteBuffer NO_RECORD = ByteBuffer.allocate(SIZE_FIELD_BYTES);
    static final int SIZE_BYTES_MAX = Broker.BODY_SIZE_BYTES_MAX + (1 << 17);

    private final Log log;
    private final Executor readers;

    MessageReader(Log log, Executor readers) {
        this.log = log;
        this.readers = readers;
    }

    /** The message at {@code position}. */
    void read(long position, Consumer<Outcome<ByteBuffer>> reply) {
        ByteBuffer resident = resident(position);
        if (resident != null) {
            reply.accept(Outcome.done(resident));
        } else {
            indexed(reply, () -> stored(position));
        }
    }

    /**
     * The record of a delayed message at {@code position}, or whatever lies there and says its own
     * size; empty if that has been deleted.
     */
    void scheduled(long position, Consumer<Outcome<ByteBuffer>> reply) {
        readers.execute(() -> {
            try {
                ByteBuffer record = record(position);
                reply.accept(
                        record != null
                                ? Outcome.done(record)
                                : Outcome.refused(
                                        Refusal.BUSY,
                                        "the message is just being stored: try again"));
            } catch (TrimmedException e) {
                reply.accept(Outcome.done(ByteBuffer.allocate(0)));
            } catch (IOException e) {
                String detail = "delayed messages cannot be read: " + e.getMessage();
                reply.accept(Outcome.refused(Refusal.STORAGE_FAILED, detail));
            }
        });
    }

    /** Null if it is still being written, or will be. */
    private @Nullable ByteBuffer record(long position) throws IOException {
        int segment = log.segmentOf(position);
        if (segment < 1 || segment > log.segmentOf(log.durablePosition()) + 1) {
            return NO_RECORD;
        }
        if (segment < log.firstSegment()) {
            return nothing(segment);
        }
        ByteBuffer size = ByteBuffer.allocate(SIZE_FIELD_BYTES);
        if (!log.readResident(position, SIZE_FIELD_BYTES, size)) {
            if (position > log.durablePosition() - SIZE_FIELD_BYTES) {
                return null;
            }
            if (!log.mayHold(position, SIZE_FIELD_BYTES)) {
                return nothing(segment);
            }
            log.read(position, SIZE_FIELD_BYTES, size);
        }
        int sizeBytes = size.getInt(0);
        if (sizeBytes < StoredMessage.SIZE_BYTES_MIN || sizeBytes > SIZE_BYTES_MAX) {
            return nothing(segment);
        }
        ByteBuffer record = ByteBuffer.allocate(sizeBytes);
        if (!log.readResident(position, sizeBytes, record)) {
            if (!log.mayHold(position, sizeBytes)) {
                return nothing(segment);
            }
            log.read(position, sizeBytes, record);
        }
        return record.flip();
    }

    /** What is said of a place without a record: that it has expired, or that none is there. */
    private ByteBuffer nothing(int segment) {
        return segment < log.firstSegment() ? ByteBuffer.allocate(0) : NO_RECORD;
    }

    /** Looks something up on a reader thread. */
    <T> void indexed(Consumer<Outcome<T>> reply, Lookup<T> lookup) {
        readers.execute(() -> {
            try {
                T found = lookup.find();
                reply.accept(found == null ? unknown() : Outcome.done(found));
            } catch (TrimmedException e) {
                indexed(reply, lookup); // retention was faster: what begins later has an answer
            } catch (IOException e) {
                String detail = "stored messages cannot be read: " + e.getMessage();
                reply.accept(Outcome.refused(Refusal.STORAGE_FAILED, detail));
            }
        });
    }

    private static <T> Outcome<T> unknown() {
        return Outcome.refused(
                Refusal.MESSAGE_UNKNOWN,
                "there is no such message: it never was, has expired, or is damaged on disk");
    }

    /** Whether there may be a message at {@code position}; false if it has expired. */
    boolean mayExist(long position) {
        return log.mayHold(position, StoredMessage.SIZE_BYTES_MIN);
    }

    private @Nullable ByteBuffer resident(long position) {
        ByteBuffer size = ByteBuffer.allocate(SIZE_FIELD_BYTES);
        if (!mayExist(position) || !log.readResident(position, SIZE_FIELD_BYTES, size)) {
            return null;
        }
        int sizeBytes = size.getInt(0);
        if (!plausible(position, sizeBytes)) {
            return null;
        }
        ByteBuffer message = ByteBuffer.allocate(sizeBytes);
        return log.readResident(position, sizeBytes, message)
                        && StoredMessage.isWhole(message, 0, sizeBytes, position)
                ? message.flip()
                : null;
    }

    private boolean plausible(long position, int sizeBytes) {
        return sizeBytes >= StoredMessage.SIZE_BYTES_MIN
                && sizeBytes <= SIZE_BYTES_MAX
                && log.mayHold(position, sizeBytes);
    }

    /** The message at {@code position}; null if there is none, or a damaged one. May block. */
    @Nullable ByteBuffer stored(long position) throws IOException {
        if (!mayExist(position)) {
            return null;
        }
        ByteBuffer size = ByteBuffer.allocate(SIZE_FIELD_BYTES);
        log.read(position, SIZE_FIELD_BYTES, size);
        int sizeBytes = size.getInt(0);
        if (!plausible(position, sizeBytes)) {
            return null;
        }
        int withChecksum = sizeBytes + StoredMessage.CHECKSUM_SIZE_BYTES;
        if (!log.mayHold(position, withChecksum)) {
            return null;
        }
        ByteBuffer message = ByteBuffer.allocate(withChecksum);
        log.read(position, withChecksum, message);
        int checksum = message.getInt(sizeBytes);
        return StoredMessage.isIntact(message, 0, sizeBytes, position, checksum)
                ? message.position(sizeBytes).flip()
                : null;
    }
}
