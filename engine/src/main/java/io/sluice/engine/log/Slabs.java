package io.sluice.engine.log;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * All memory of a log's batches, a fixed number of slabs, allocated when first needed. When all are
 * used, the one with the oldest data that neither a commit nor a reader needs is taken again; if
 * there is none, the shard has to wait. The shard takes slabs, any thread reads.
 */
final class Slabs {
    private final AtomicReferenceArray<@Nullable Slab> slabs;
    private final int slabSizeBytes;
    private final int alignmentBytes;
    private @Nullable Slab current;

    Slabs(int count, int slabSizeBytes, int alignmentBytes) {
        this.slabs = new AtomicReferenceArray<>(count);
        this.slabSizeBytes = slabSizeBytes;
        this.alignmentBytes = alignmentBytes;
    }

    static int align(int sizeBytes, int alignmentBytes) {
        return (sizeBytes + alignmentBytes - 1) / alignmentBytes * alignmentBytes;
    }

    /** A slab with room for {@code sizeBytesMin} at {@code position}; null if all are busy. */
    @Nullable Slab at(long position, int sizeBytesMin) {
        Slab slab = current;
        // A nearly full slab is left early: tiny batches cost more than the memory.
        int worthwhile = Math.max(sizeBytesMin, slabSizeBytes / 16);
        if (slab == null || slab.remaining(position) < worthwhile) {
            slab = recycled(position);
            if (slab != null) {
                current = slab;
            }
        }
        return slab;
    }

    private @Nullable Slab recycled(long position) {
        for (int i = 0; i < slabs.length(); i++) {
            Slab slab = slabs.get(i);
            if (slab == null) {
                slab = new Slab(slabSizeBytes, alignmentBytes);
                slabs.set(i, slab);
            }
            if (slab.base() == 0 && slab.recycle(position)) {
                return slab;
            }
        }
        int oldest = -1;
        for (int tried = 0; tried < slabs.length(); tried++) {
            oldest = olderThanAllAfter(oldest);
            if (oldest < 0) {
                return null;
            }
            Slab slab = slabs.get(oldest);
            if (slab != null && slab.recycle(position)) {
                return slab;
            }
        }
        return null;
    }

    /** The slab with the smallest base above that of slab {@code than}; of all if negative. */
    private int olderThanAllAfter(int than) {
        long above = than < 0 ? Long.MIN_VALUE : base(than);
        int found = -1;
        for (int i = 0; i < slabs.length(); i++) {
            long base = base(i);
            if (base > above && (found < 0 || base < base(found))) {
                found = i;
            }
        }
        return found;
    }

    private long base(int index) {
        Slab slab = slabs.get(index);
        return slab == null ? Long.MIN_VALUE : slab.base();
    }

    /** A slab's memory for another use, before the first slab is taken. */
    ByteBuffer scratch() {
        Slab slab = slabs.get(0);
        if (slab == null) {
            slab = new Slab(slabSizeBytes, alignmentBytes);
            slabs.set(0, slab);
        }
        return slab.memory().duplicate();
    }

    /** Copies a committed range to {@code target} if it is in memory. */
    boolean read(long position, int sizeBytes, ByteBuffer target) {
        for (int i = 0; i < slabs.length(); i++) {
            Slab slab = slabs.get(i);
            if (slab == null) {
                return false;
            }
            if (slab.read(position, sizeBytes, target)) {
                return true;
            }
        }
        return false;
    }
}
