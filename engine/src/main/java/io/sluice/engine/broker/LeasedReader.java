package io.sluice.engine.broker;

import io.sluice.engine.group.Leases.Lease;
import io.sluice.engine.log.Log;
import io.sluice.engine.log.TrimmedException;
import io.sluice.engine.message.StoredMessage;
import io.sluice.engine.message.TimeToLive;
import io.sluice.engine.queue.MessageFilter;
import io.sluice.engine.queue.Queue;
import io.sluice.engine.queue.QueueIndex;
import io.sluice.engine.queue.Selection;
import io.sluice.engine.queue.TagFilter;
import io.sluice.engine.shard.Marked;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads what is about to be leased. Messages that are handed out again are read one by one,
 * whatever the filter says: they were wanted once. Then new ones as far as limits allow. What has
 * lived for as long as its sender wanted is left out. Stateless.
 */
final class LeasedReader {
    /**
     * What was read.
     *
     * @param again the leases whose messages come first
     * @param expired leases of messages whose time to live is over
     * @param fresh the offsets of the new messages, which follow
     * @param nextCursor one past the last new message that was looked at
     * @param marked what has a mark of what was read
     */
    record Picked(
            List<Lease> again,
            List<Lease> expired,
            long[] fresh,
            long nextCursor,
            ByteBuffer messages,
            Marked marked) {
        Picked(
                List<Lease> again,
                List<Lease> expired,
                long[] fresh,
                long nextCursor,
                ByteBuffer messages) {
            this(again, expired, fresh, nextCursor, messages, Marked.NOTHING);
        }

        Picked with(Marked marks) {
            return new Picked(again, expired, fresh, nextCursor, messages, marks);
        }

        boolean isEmpty() {
            return again.isEmpty() && fresh.length == 0;
        }
    }

    private final Log log;
    private final QueueIndex index;

    LeasedReader(Log log, QueueIndex index) {
        this.log = log;
        this.index = index;
    }

    /**
     * Reads messages.
     *
     * @param again those of the offer that are to be handed out
     * @param newMax new messages at most
     * @param limit where new messages end, exclusive
     * @param nowMs wall-clock ms
     * @param stored whether to read storage, and so to block; else only what is in memory
     * @return null if not all of it is in memory
     * @throws TrimmedException if some of it has just expired
     */
    @Nullable Picked read(
            Receive receive,
            Queue queue,
            List<Lease> again,
            long cursor,
            int newMax,
            long limit,
            long nowMs,
            boolean stored)
            throws IOException {
        List<Selection> selections = new ArrayList<>();
        long size = 0;
        for (Lease lease : again) {
            Selection one = one(queue, lease.offset(), stored);
            if (one == null) {
                return null;
            }
            if (size > 0 && size + one.sizeBytes() > receive.sizeBytesMax()) {
                break;
            }
            selections.add(one);
            size += one.sizeBytes();
        }
        List<Lease> taken = again.subList(0, selections.size());
        long nextCursor = cursor;
        if (newMax > 0 && cursor < limit && size < receive.sizeBytesMax()) {
            Selection fresh = new Selection(newMax, receive.sizeBytesMax() - size, cursor, limit);
            if (!select(queue, receive.filter(), fresh, stored)) {
                return null;
            }
            selections.add(fresh);
            size += fresh.sizeBytes();
            nextCursor = fresh.nextOffset();
        }
        if (size == 0) {
            return new Picked(taken, List.of(), new long[0], nextCursor, ByteBuffer.allocate(0));
        }
        ByteBuffer out =
                receive.buffers().apply(Math.toIntExact(size) + StoredMessage.CHECKSUM_SIZE_BYTES);
        List<Lease> expired = new ArrayList<>();
        long[] fresh = copy(receive.filter(), selections, taken, expired, nowMs, out, stored);
        List<Lease> living = taken.stream().filter(lease -> !expired.contains(lease)).toList();
        return fresh == null ? null : new Picked(living, expired, fresh, nextCursor, out.flip());
    }

    /** The message of a queue at {@code offset}; null if it is not in memory. */
    @Nullable ByteBuffer message(Queue queue, long offset, boolean stored) throws IOException {
        Selection one = one(queue, offset, stored);
        if (one == null) {
            return null;
        }
        int size = (int) one.sizeBytes() + StoredMessage.CHECKSUM_SIZE_BYTES;
        ByteBuffer out = ByteBuffer.allocate(size);
        return copyOne(one, 0, out, stored) ? out.flip() : null;
    }

    private @Nullable Selection one(Queue queue, long offset, boolean stored) throws IOException {
        Selection one = new Selection(1, Long.MAX_VALUE, offset);
        if (offset < queue.first()) {
            throw new TrimmedException("offset " + offset + " has expired");
        }
        if (!select(queue, TagFilter.ALL, one, stored)) {
            return null;
        }
        if (one.count() == 0) {
            throw new IOException("offset " + offset + " is not in its queue");
        }
        return one;
    }

    boolean select(Queue queue, MessageFilter filter, Selection selection, boolean stored)
            throws IOException {
        if (!stored) {
            return index.readResident(queue, filter, selection);
        }
        index.read(queue, filter, selection);
        return true;
    }

    /** The offsets of new messages that are wanted; null if not all is in memory. */
    private long @Nullable [] copy(
            MessageFilter filter,
            List<Selection> selections,
            List<Lease> again,
            List<Lease> expired,
            long nowMs,
            ByteBuffer out,
            boolean stored)
            throws IOException {
        long[] fresh = new long[16];
        int count = 0;
        for (int s = 0; s < selections.size(); s++) {
            Selection selection = selections.get(s);
            for (int i = 0; i < selection.count(); i++) {
                int at = out.position();
                if (!copyOne(selection, i, out, stored)) {
                    return null;
                }
                boolean isOver = TimeToLive.isLimited(out, at) && TimeToLive.isOver(out, at, nowMs);
                if (s < again.size()) {
                    if (isOver) {
                        expired.add(again.get(s));
                        out.position(at);
                    }
                    continue;
                }
                if (isOver || (filter instanceof TagFilter tags && !tags.matches(out, at))) {
                    out.position(at); // the tag hash let it through; its tag decides
                    continue;
                }
                if (count == fresh.length) {
                    fresh = Arrays.copyOf(fresh, 2 * count);
                }
                fresh[count++] = StoredMessage.queueOffset(out, at);
            }
        }
        return Arrays.copyOf(fresh, count);
    }

    boolean copyOne(Selection selection, int i, ByteBuffer out, boolean stored) throws IOException {
        long position = selection.position(i);
        int size = selection.sizeBytes(i);
        if (!stored) {
            return log.readResident(position, size, out);
        }
        int at = out.position();
        log.read(position, size + StoredMessage.CHECKSUM_SIZE_BYTES, out);
        Puller.requireIntact(out, at, size, position);
        out.position(at + size); // the next message takes the place of the checksum
        return true;
    }
}
