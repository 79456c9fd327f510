package io.sluice.simulator.world;

/**
 * Something that was done to a disk and may still be undone by a crash: when it began, and when it
 * is durable. {@link Device} knows the rules.
 */
class Change {
    static final long NEVER = Long.MAX_VALUE;

    /** The number of the call that did it. */
    final long call;

    long beginNanos;

    /** When the call ends that makes it durable; {@link #NEVER} if none has been made. */
    long durableNanos = NEVER;

    /** The number of that call. */
    long durableCall = NEVER;

    /** The disk said that it was durable, and lied. */
    boolean lied;

    Change(long call, long beginNanos) {
        this.call = call;
        this.beginNanos = beginNanos;
    }

    /** A write, or if there are no bytes, a truncation. */
    static final class Bytes extends Change {
        /** No array: those with bytes have room for a sector at least. */
        static final byte[] TRUNCATION = {};

        final int offset;
        final byte[] bytes;
        int length;

        /** A write or sync failed: only writing these bytes again makes them durable. */
        boolean failed;

        Bytes(long call, long beginNanos, int offset, byte[] bytes, int length) {
            super(call, beginNanos);
            this.offset = offset;
            this.bytes = bytes;
            this.length = length;
        }

        boolean isTruncation() {
            return bytes.length == 0;
        }

        int end() {
            return offset + length;
        }

        int sectorFirst() {
            return offset / Device.SECTOR_BYTES;
        }

        /** The sector after the last one. */
        int sectorEnd() {
            return length == 0
                    ? sectorFirst()
                    : (end() + Device.SECTOR_BYTES - 1) / Device.SECTOR_BYTES;
        }
    }
}
