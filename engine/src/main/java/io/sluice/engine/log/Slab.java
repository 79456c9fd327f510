package io.sluice.engine.log;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A piece of memory that holds consecutive batches of one segment: they are filled here, written
 * from here and read from here, without a copy between. The shard fills and recycles it, the writer
 * finishes headers in it, any thread reads what was committed.
 *
 * <p>Reclamation: {@code readers} counts the threads that copy from it, and is {@link #RECLAIMED}
 * while the shard gives it a new range. A reader enters by counting itself, then looks at the range
 * again: it cannot change any more until the reader leaves.
 */
final class Slab {
    private static final int RECLAIMED = -1;

    private final ByteBuffer memory;
    private final ByteBuffer writerView;
    private final AtomicInteger readers = new AtomicInteger();
    private volatile long base;
    private volatile long end;

    /** Batches in it that were committed and are not yet durable. Shard only. */
    private int inFlight;

    Slab(int sizeBytes, int alignmentBytes) {
        ByteBuffer raw = ByteBuffer.allocateDirect(sizeBytes + alignmentBytes);
        memory = raw.alignedSlice(alignmentBytes).slice(0, sizeBytes);
        writerView = memory.duplicate();
    }

    /** Everything, big-endian, position and limit of no meaning. */
    ByteBuffer memory() {
        return memory;
    }

    /** The same memory for the writer, which may move position and limit. */
    ByteBuffer writerView() {
        return writerView;
    }

    int offset(long position) {
        return (int) (position - base);
    }

    long base() {
        return base;
    }

    /** The room for a batch at {@code position}. */
    ByteBuffer room(long position, int roomBytes) {
        return memory.slice(offset(position), roomBytes);
    }

    /**
     * How many bytes are left for batches that begin at {@code position}; 0 if it lies elsewhere.
     */
    int remaining(long position) {
        return position == end ? memory.capacity() - offset(position) : 0;
    }

    void committed(LocalBatch batch) {
        inFlight++;
        end = batch.end();
    }

    void durable(int batches) {
        inFlight -= batches;
    }

    /** Gives it a new range, unless a commit or a reader still needs the old one. */
    boolean recycle(long newBase) {
        if (inFlight > 0 || !readers.compareAndSet(0, RECLAIMED)) {
            return false;
        }
        end = 0;
        base = newBase;
        end = newBase;
        readers.set(0);
        return true;
    }

    /** Copies a range to {@code target} if this slab holds all of it. */
    boolean read(long position, int sizeBytes, ByteBuffer target) {
        if (!holds(position, sizeBytes) || !enter()) {
            return false;
        }
        try {
            if (!holds(position, sizeBytes)) {
                return false;
            }
            target.put(target.position(), memory, offset(position), sizeBytes);
            target.position(target.position() + sizeBytes);
            return true;
        } finally {
            leave();
        }
    }

    private boolean holds(long position, int sizeBytes) {
        return position >= base && position <= end - sizeBytes;
    }

    /**
     * Counts a reader in; false if the slab is being recycled. Package-private for the race test.
     */
    boolean enter() {
        int count = readers.get();
        while (count != RECLAIMED) {
            if (readers.compareAndSet(count, count + 1)) {
                return true;
            }
            count = readers.get();
        }
        return false;
    }

    void leave() {
        readers.decrementAndGet();
    }
}
