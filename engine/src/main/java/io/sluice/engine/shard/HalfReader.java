package io.sluice.engine.shard;

import io.sluice.engine.log.Log;
import io.sluice.engine.schedule.Transactions.Open;
import io.sluice.engine.time.Executor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the records of half messages, from memory at once, from storage on reader threads. */
final class HalfReader {
    private static final Logger LOG = LoggerFactory.getLogger(HalfReader.class);

    private final Log log;
    private final Executor readers;

    HalfReader(Log log, Executor readers) {
        this.log = log;
        this.readers = readers;
    }

    /** Whether its record can be read: it may have been moved a moment ago. */
    boolean isDurable(Open transaction) {
        return transaction.position() + transaction.sizeBytes() <= log.durablePosition();
    }

    /**
     * Reads the record of a transaction that {@link #isDurable}.
     *
     * @param then called here, or on a reader thread
     */
    void read(Open transaction, Consumer<Outcome<ByteBuffer>> then) {
        ByteBuffer record = ByteBuffer.allocate(transaction.sizeBytes());
        if (log.readResident(transaction.position(), transaction.sizeBytes(), record)) {
            then.accept(Outcome.done(record.flip()));
        } else {
            readers.execute(() -> then.accept(stored(transaction)));
        }
    }

    private Outcome<ByteBuffer> stored(Open transaction) {
        try {
            return Outcome.done(fromStorage(transaction));
        } catch (IOException e) {
            LOG.error("a half message cannot be read: {}", e.getMessage(), e);
            return Outcome.refused(
                    Refusal.STORAGE_FAILED,
                    "the half message of transaction %d cannot be read: %s"
                            .formatted(transaction.id(), e.getMessage()));
        }
    }

    /** May block; the record is as it was written. */
    ByteBuffer fromStorage(Open transaction) throws IOException {
        ByteBuffer record = ByteBuffer.allocate(transaction.sizeBytes());
        log.read(transaction.position(), transaction.sizeBytes(), record);
        if (!RecordCodec.isIntactHalf(record.flip())) {
            throw new IOException(
                    "it is damaged on disk at position %d: keep a copy of the data directory, and look after the disk"
                            .formatted(transaction.position()));
        }
        return record;
    }
}
