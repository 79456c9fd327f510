package io.sluice.engine.schedule;

import io.sluice.engine.catalog.TopicSettings;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * The transactions of a shard: those that nobody has decided yet, and what was decided of those
 * that were lately. Owned by the shard; changed only by applying records.
 *
 * <p>A transaction is known by the position at which its half message was first stored. That of the
 * record which holds the message now is another one once the record was moved out of an expiring
 * segment.
 *
 * <pre>
 *   prepared ──▶ open ──checked──▶ ... ──checked the last time──▶ given up
 *                 │                                                  │
 *                 └──────────────── decided, once ◀──────────────────┘
 * </pre>
 */
public final class Transactions {
    /** What became of a transaction, for ever. */
    public enum Decision {
        /** The message lies in its queue, or does so when it is due. */
        COMMITTED(1),
        /** The message will never be seen. */
        ROLLED_BACK(2),
        /** As rolled back: nobody decided in time. */
        EXPIRED(3);

        private final byte code;

        Decision(int code) {
            this.code = (byte) code;
        }

        /** What stands for it in records and checkpoints. */
        public byte code() {
            return code;
        }

        /**
         * The decision that {@link #code} stands for.
         *
         * @throws IllegalArgumentException if it stands for none
         */
        public static Decision of(byte code) {
            for (Decision decision : values()) {
                if (decision.code == code) {
                    return decision;
                }
            }
            throw new IllegalArgumentException("decision " + code);
        }
    }

    /**
     * One that is undecided.
     *
     * @param id where its half message was first stored
     * @param position where the record that holds the message lies
     * @param sizeBytes the size of that record
     * @param group the producer group
     * @param sinceMs when it was first stored
     * @param delayMs how long after the commit the message is due; 0 at once
     * @param checks how often producers were asked
     * @param nextMs when something is to be done about it: a check, giving up, expiry
     * @param isGivenUp whether producers are asked no more
     */
    public record Open(
            long id,
            long position,
            int sizeBytes,
            int topicId,
            int queueId,
            String group,
            long sinceMs,
            long delayMs,
            int checks,
            long nextMs,
            boolean isGivenUp) {
        Open at(long newPosition, int newSizeBytes) {
            return new Open(
                    id,
                    newPosition,
                    newSizeBytes,
                    topicId,
                    queueId,
                    group,
                    sinceMs,
                    delayMs,
                    checks,
                    nextMs,
                    isGivenUp);
        }

        Open checked(int newChecks, long newNextMs, boolean givenUp) {
            return new Open(
                    id, position, sizeBytes, topicId, queueId, group, sinceMs, delayMs, newChecks,
                    newNextMs, givenUp);
        }
    }

    /** What was decided, and when, wall-clock ms. */
    public record Decided(Decision decision, long atMs) {}

    /** So many decisions are remembered at most. */
    static final int DECIDED_MAX = 32_768;

    /** A decision is remembered for so long, as long as decisions go on to come. */
    static final long DECIDED_MS = 3_600_000;

    private static final int OPEN_SIZE_BYTES = 8 + 8 + 4 + 4 + 4 + 2 + 8 + 8 + 4 + 8 + 1;
    private static final int DECIDED_SIZE_BYTES = 8 + 1 + 8;

    private final TreeMap<Long, Open> open = new TreeMap<>();
    private final TreeSet<Open> byNext =
            new TreeSet<>(Comparator.comparingLong(Open::nextMs).thenComparingLong(Open::id));
    private final LinkedHashMap<Long, Decided> decided = new LinkedHashMap<>(); // oldest first

    /** How many are undecided. */
    public int openCount() {
        return open.size();
    }

    /** The undecided transaction; null if there is none of that id. */
    public @Nullable Open open(long id) {
        return open.get(id);
    }

    /** What was decided; null if it is not, or that was too long ago. */
    public @Nullable Decision decision(long id) {
        Decided known = decided.get(id);
        return known == null ? null : known.decision;
    }

    /** As {@link #decision}, and when. */
    public @Nullable Decided decided(long id) {
        return decided.get(id);
    }

    /** Undecided ones by id, from the first after {@code afterId} on. */
    public List<Open> openAfter(long afterId, int countMax) {
        return open.tailMap(afterId, false).values().stream().limit(countMax).toList();
    }

    /** Those about which something is to be done at {@code nowMs}, earliest first. */
    public List<Open> due(long nowMs, int countMax) {
        List<Open> due = new ArrayList<>();
        for (Open next : byNext) {
            if (next.nextMs > nowMs || due.size() == countMax) {
                break;
            }
            due.add(next);
        }
        return due;
    }

    /** When something is to be done next, wall-clock ms; Long.MAX_VALUE if nothing is. */
    public long nextMs() {
        return byNext.isEmpty() ? Long.MAX_VALUE : byNext.first().nextMs;
    }

    /** As {@link #openAfter}, only those whose records lie at certain positions. */
    public List<Open> openAt(LongPredicate position, long afterId, int countMax) {
        return open.tailMap(afterId, false).values().stream()
                .filter(tx -> position.test(tx.position))
                .limit(countMax)
                .toList();
    }

    /** The topics of undecided ones, sorted. */
    public List<Integer> topicIds() {
        return open.values().stream().map(Open::topicId).sorted().distinct().toList();
    }

    // What records do.

    /** A half message was stored. */
    public void prepared(Open transaction) {
        put(transaction);
    }

    /** Its half message was stored again elsewhere. */
    public void moved(long id, long position, int sizeBytes) {
        Open before = remove(id);
        if (before != null) {
            put(before.at(position, sizeBytes));
        }
    }

    /** Its producers are being asked, or are asked no more. */
    public void checked(long id, int checks, long nextMs, boolean givenUp) {
        Open before = remove(id);
        if (before != null) {
            put(before.checked(checks, nextMs, givenUp));
        }
    }

    /** It was decided: the first decision is the only one. */
    public void decided(long id, Decision decision, long atMs) {
        if (remove(id) == null) {
            return;
        }
        decided.put(id, new Decided(decision, atMs));
        forgetOldDecisions(atMs);
    }

    private void forgetOldDecisions(long nowMs) {
        Iterator<Decided> oldest = decided.values().iterator();
        int tooMany = decided.size() - DECIDED_MAX;
        while (oldest.next().atMs < nowMs - DECIDED_MS || tooMany > 0) {
            oldest.remove(); // never the newest
            tooMany--;
        }
    }

    /** Forgets those of a deleted topic. */
    public void forgetTopic(int topicId) {
        for (Open gone : open.values().stream().filter(tx -> tx.topicId == topicId).toList()) {
            var _ = remove(gone.id);
        }
    }

    private void put(Open transaction) {
        open.put(transaction.id, transaction);
        byNext.add(transaction);
    }

    private @Nullable Open remove(long id) {
        Open before = open.remove(id);
        if (before != null) {
            byNext.remove(before);
        }
        return before;
    }

    // Checkpoint.

    /** The size of what {@link #writeTo} writes, in bytes. */
    public int checkpointSizeBytes() {
        int size = 8 + decided.size() * DECIDED_SIZE_BYTES;
        for (Open transaction : open.values()) {
            size += OPEN_SIZE_BYTES + utf8(transaction.group).length;
        }
        return size;
    }

    /** Writes the state: the same state gives the same bytes. */
    public void writeTo(ByteBuffer out) {
        out.putInt(open.size());
        for (Open tx : open.values()) {
            byte[] group = utf8(tx.group);
            out.putLong(tx.id).putLong(tx.position).putInt(tx.sizeBytes);
            out.putInt(tx.topicId).putInt(tx.queueId);
            out.putShort((short) group.length).put(group);
            out.putLong(tx.sinceMs).putLong(tx.delayMs).putInt(tx.checks).putLong(tx.nextMs);
            out.put((byte) (tx.isGivenUp ? 1 : 0));
        }
        out.putInt(decided.size());
        for (Map.Entry<Long, Decided> entry : decided.entrySet()) {
            out.putLong(entry.getKey()).put(entry.getValue().decision.code);
            out.putLong(entry.getValue().atMs);
        }
    }

    /**
     * Restores what {@link #writeTo} wrote.
     *
     * @throws IllegalArgumentException if it is not that
     * @throws java.nio.BufferUnderflowException if it is cut short
     */
    public void readFrom(ByteBuffer in) {
        for (int left = in.getInt(); left > 0; left--) {
            put(readOpen(in));
        }
        for (int left = in.getInt(); left > 0; left--) {
            long id = in.getLong();
            decided.put(id, new Decided(Decision.of(in.get()), in.getLong()));
        }
    }

    private static Open readOpen(ByteBuffer in) {
        long id = in.getLong();
        long position = in.getLong();
        int sizeBytes = in.getInt();
        int topicId = in.getInt();
        int queueId = in.getInt();
        int groupSize = in.getShort();
        if (id <= 0
                || position < id
                || sizeBytes <= 0
                || queueId < 0
                || queueId >= TopicSettings.QUEUES_MAX
                || groupSize < 0) {
            throw new IllegalArgumentException(
                    "transaction %d at %d of %d bytes".formatted(id, position, sizeBytes));
        }
        byte[] group = new byte[groupSize];
        in.get(group);
        return new Open(
                id,
                position,
                sizeBytes,
                topicId,
                queueId,
                new String(group, StandardCharsets.UTF_8),
                in.getLong(),
                in.getLong(),
                in.getInt(),
                in.getLong(),
                in.get() != 0);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
