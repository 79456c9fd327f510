package io.sluice.engine.broker;

import io.sluice.engine.broker.LeasedReader.Picked;
import io.sluice.engine.group.Leases.Lease;
import io.sluice.engine.log.TrimmedException;
import io.sluice.engine.message.Mark;
import io.sluice.engine.message.StoredMessage;
import io.sluice.engine.message.TimeToLive;
import io.sluice.engine.queue.Queue;
import io.sluice.engine.queue.Selection;
import io.sluice.engine.shard.Marked;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads what is about to be leased where message groups or priorities decide. Stateless. */
final class MarkedReader {
    /** New messages of a queue that are looked at before one of them is chosen. */
    static final int WINDOW = 1_000;

    /** Bytes that are looked at at once, so that large messages do not hold an event loop up. */
    private static final long AHEAD_SIZE_BYTES_MAX = 1 << 20;

    /** What lies ahead of the cursor, in order. */
    private record Ahead(Marked marked, long nextCursor) {}

    private final LeasedReader reader;

    MarkedReader(LeasedReader reader) {
        this.reader = reader;
    }

    /** Says of which message groups that is which was read. */
    static Picked byMessageGroup(Picked picked) {
        return picked.with(messageGroups(picked));
    }

    private static Marked messageGroups(Picked picked) {
        int again = picked.again().size();
        int all = again + picked.fresh().length;
        long[] offsets = new long[all];
        long[] marks = new long[all];
        int count = 0;
        int at = 0;
        for (int i = 0; i < all; i++) {
            if (i >= again || !Mark.isMessageGroup(picked.again().get(i).mark())) {
                offsets[count] = StoredMessage.queueOffset(picked.messages(), at);
                marks[count++] = Mark.ofMessageGroup(picked.messages(), at);
            }
            at += StoredMessage.sizeBytes(picked.messages(), at);
        }
        return new Marked(Arrays.copyOf(offsets, count), Arrays.copyOf(marks, count));
    }

    /**
     * Those that may be handed out though some have to wait: the message groups of these wait, too.
     *
     * @param offered in the order of their message groups; or in that of the queue, as long as a
     *     group is not known
     */
    static List<Lease> notBehind(List<Lease> offered, Predicate<Lease> waits) {
        boolean known = offered.stream().allMatch(lease -> Mark.isMessageGroup(lease.mark()));
        Set<Long> waiting = new HashSet<>();
        List<Lease> others = new ArrayList<>();
        for (Lease lease : offered) {
            long group = known ? lease.mark() : Mark.NONE;
            if (waits.test(lease) || waiting.contains(group)) {
                waiting.add(group);
            } else {
                others.add(lease);
            }
        }
        return others;
    }

    /**
     * Looks at new messages, and reads those of the highest priorities, old and new: the highest
     * first, and equal ones as they are offered.
     *
     * @param again those of the offer that are to be handed out, the most urgent first
     * @param aheadMax new messages to look at, at most
     * @param countMax messages to read, at most
     * @param nowMs wall-clock ms
     * @param stored whether to read storage, and so to block; else only what is in memory
     * @return null if not all of it is in memory
     * @throws TrimmedException if some of it has just expired
     */
    @Nullable Picked byPriority(
            Receive receive,
            Queue queue,
            List<Lease> again,
            long cursor,
            int aheadMax,
            int countMax,
            long nowMs,
            boolean stored)
            throws IOException {
        Ahead ahead = look(receive, queue, cursor, aheadMax, !again.isEmpty(), nowMs, stored);
        if (ahead == null) {
            return null;
        }
        List<Lease> chosen = mostUrgent(again, ahead.marked, countMax);
        long next = ahead.nextCursor;
        Picked picked = reader.read(receive, queue, chosen, next, 0, next, nowMs, stored);
        return picked == null ? null : picked.with(ahead.marked);
    }

    private static List<Lease> mostUrgent(List<Lease> again, Marked fresh, int countMax) {
        List<Lease> read = new ArrayList<>(fresh.offsets().length);
        for (int i = 0; i < fresh.offsets().length; i++) {
            read.add(Lease.deferred(fresh.offsets()[i], fresh.marks()[i]));
        }
        return Stream.concat(again.stream(), read.stream())
                .sorted(Comparator.comparingInt(lease -> -Mark.priority(lease.mark())))
                .limit(countMax)
                .toList();
    }

    /**
     * Looks as far as messages can be read: those before one that is damaged are handed out first.
     *
     * @param others whether there is something else to hand out
     */
    private @Nullable Ahead look(
            Receive receive,
            Queue queue,
            long cursor,
            int countMax,
            boolean others,
            long nowMs,
            boolean stored)
            throws IOException {
        if (countMax == 0) {
            return new Ahead(Marked.NOTHING, cursor);
        }
        Selection selection = new Selection(countMax, AHEAD_SIZE_BYTES_MAX, cursor);
        if (!reader.select(queue, receive.filter(), selection, stored)) {
            return null;
        }
        long[] offsets = new long[selection.count()];
        long[] marks = new long[selection.count()];
        int count = 0;
        ByteBuffer room = room(selection);
        for (int i = 0; i < selection.count(); i++) {
            try {
                if (!reader.copyOne(selection, i, room.clear(), stored)) {
                    return null;
                }
            } catch (TrimmedException e) {
                throw e;
            } catch (IOException e) {
                if (i == 0 && !others) {
                    throw e;
                }
                return look(receive, queue, cursor, i, others, nowMs, stored);
            }
            boolean isOver = TimeToLive.isLimited(room, 0) && TimeToLive.isOver(room, 0, nowMs);
            if (!isOver && receive.filter().matches(room, 0)) {
                offsets[count] = StoredMessage.queueOffset(room, 0);
                marks[count++] = Mark.ofPriority(room, 0);
            }
        }
        Marked marked = new Marked(Arrays.copyOf(offsets, count), Arrays.copyOf(marks, count));
        return new Ahead(marked, selection.nextOffset());
    }

    private static ByteBuffer room(Selection selection) {
        int size = 0;
        for (int i = 0; i < selection.count(); i++) {
            size = Math.max(size, selection.sizeBytes(i));
        }
        return ByteBuffer.allocate(size + StoredMessage.CHECKSUM_SIZE_BYTES);
    }
}
