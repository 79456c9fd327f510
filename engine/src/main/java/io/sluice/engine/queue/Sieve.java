package io.sluice.engine.queue;

import static java.util.Objects.requireNonNull;

import io.sluice.engine.filter.Row;
import io.sluice.engine.log.Log;
import io.sluice.engine.message.StoredMessage;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Decides for one read which entries its filter wants. Tags: by the hash in the entry. SQL: by the
 * properties of the message itself, of which a large one is not read as a whole; without an object
 * for each message.
 *
 * <p>A read ends when looking into messages has cost {@link #WORK_MAX}, so that a filter that wants
 * next to nothing does not hold an event loop up; the next read goes on from there.
 */
final class Sieve {
    enum Verdict {
        WANTED,
        UNWANTED,
        /** The message is not in memory, and this read may not wait for it. */
        ELSEWHERE
    }

    /** About as many steps as a processor does in a millisecond. */
    static final long WORK_MAX = 1 << 20;

    /** What finding and copying a message costs, in steps. */
    private static final int LOOK_WORK = 64;

    /** Larger messages are read in two pieces, before and behind their bodies. */
    private static final int WHOLE_SIZE_BYTES_MAX = 4_096;

    private static final ByteBuffer NO_ROOM = ByteBuffer.allocate(0);

    private final MessageFilter filter;
    private final Log log;
    private final boolean mayBlock;
    private final @Nullable Row row;
    private ByteBuffer room = NO_ROOM;
    private long work;

    /**
     * @param mayBlock whether to wait for messages that are not in memory
     */
    Sieve(MessageFilter filter, Log log, boolean mayBlock) {
        this.filter = filter;
        this.log = log;
        this.mayBlock = mayBlock;
        this.row = filter instanceof SqlFilter sql ? sql.expression.row() : null;
    }

    /** Whether this read has looked into as many messages as it may. */
    boolean isTired() {
        return work >= WORK_MAX;
    }

    /**
     * @throws IOException only if it may block
     */
    Verdict verdict(long position, int sizeBytes, int tagHash) throws IOException {
        if (filter instanceof SqlFilter sql) {
            return mayBlock ? stored(sql, position, sizeBytes) : resident(sql, position, sizeBytes);
        }
        return filter.mayMatch(tagHash) ? Verdict.WANTED : Verdict.UNWANTED;
    }

    private Verdict resident(SqlFilter sql, long position, int sizeBytes) {
        if (sizeBytes <= WHOLE_SIZE_BYTES_MAX) {
            return copy(position, sizeBytes)
                    ? test(sql, StoredMessage.propertiesStart(room, 0), sizeBytes)
                    : Verdict.ELSEWHERE;
        }
        if (!copy(position, StoredMessage.HEAD_SIZE_BYTES_MAX)) {
            return Verdict.ELSEWHERE;
        }
        int topic = StoredMessage.topicIndex(room, 0);
        boolean wide = StoredMessage.hasWideTopic(room, 0);
        int tailBytes = sizeBytes - topic;
        return copy(position + topic, tailBytes)
                ? test(sql, StoredMessage.propertiesStart(room, 0, wide), tailBytes)
                : Verdict.ELSEWHERE;
    }

    private boolean copy(long position, int sizeBytes) {
        return log.readResident(position, sizeBytes, roomOf(sizeBytes));
    }

    /** A message that is damaged on disk is wanted: who copies it for a client says so. */
    private Verdict stored(SqlFilter sql, long position, int sizeBytes) throws IOException {
        int withChecksum = sizeBytes + StoredMessage.CHECKSUM_SIZE_BYTES;
        log.read(position, withChecksum, roomOf(withChecksum));
        work += sizeBytes;
        int checksum = room.getInt(sizeBytes);
        return StoredMessage.isIntact(room, 0, sizeBytes, position, checksum)
                ? test(sql, StoredMessage.propertiesStart(room, 0), sizeBytes)
                : Verdict.WANTED;
    }

    private ByteBuffer roomOf(int sizeBytes) {
        if (room.capacity() < sizeBytes) {
            room = ByteBuffer.allocate(Math.max(sizeBytes, 2 * room.capacity()));
        }
        return room.clear();
    }

    private Verdict test(SqlFilter sql, int start, int end) {
        work += LOOK_WORK + (long) (end - start) * sql.expression.costPerByte();
        boolean wanted = sql.expression.matches(requireNonNull(row), room.array(), start, end);
        return wanted ? Verdict.WANTED : Verdict.UNWANTED;
    }
}
