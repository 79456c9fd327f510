package io.sluice.simulator.model;

import java.util.Arrays;

/** What is known of one queue of one incarnation of a topic, by offset. */
final class QueueModel {
    private static final int CAPACITY_MIN = 64;

    private long[] hashes = new long[CAPACITY_MIN]; // of the stored message; 0: never seen
    private long[] storeMs = new long[CAPACITY_MIN]; // exact once seen, else the earliest possible
    private int[] messages = new int[CAPACITY_MIN]; // send id + 1 of what was sent; 0: unknown
    private int[] sizes = new int[CAPACITY_MIN]; // in bytes; 0: never seen
    private int[] seenInAudit = new int[CAPACITY_MIN];

    /** One past the largest offset that anything is known of. */
    private int end;

    /** The largest end and first offset that anybody was told. */
    long toldEnd;

    long toldFirst;

    int end() {
        return end;
    }

    long hash(long offset) {
        return offset < end ? hashes[(int) offset] : 0;
    }

    /** The earliest time at which what lies there can have been stored. */
    long storeMs(long offset) {
        return storeMs[(int) offset];
    }

    /** The id of the send that is known to lie there; -1 if none is. */
    int sendAt(long offset) {
        return offset < end ? messages[(int) offset] - 1 : -1;
    }

    /** The size of the message there, in bytes; 0 if nobody has seen it. */
    int sizeBytes(long offset) {
        return sizes[(int) offset];
    }

    /** Whether what is stored there and beside it was stored in that order. */
    boolean isInOrder(long offset) {
        int at = (int) offset;
        boolean before = at == 0 || hashes[at - 1] == 0 || storeMs[at - 1] <= storeMs[at];
        boolean after = at + 1 >= end || hashes[at + 1] == 0 || storeMs[at] <= storeMs[at + 1];
        return before && after;
    }

    void answered(long offset, int send, long earliestStoreMs) {
        room(offset);
        messages[(int) offset] = send + 1;
        if (hashes[(int) offset] == 0) {
            storeMs[(int) offset] = earliestStoreMs;
        }
    }

    void seen(long offset, int send, long hash, long exactStoreMs, int sizeBytes) {
        room(offset);
        messages[(int) offset] = send + 1;
        hashes[(int) offset] = hash;
        storeMs[(int) offset] = exactStoreMs;
        sizes[(int) offset] = sizeBytes;
    }

    void audited(long offset, int audit) {
        room(offset);
        seenInAudit[(int) offset] = audit;
    }

    boolean wasAudited(long offset, int audit) {
        return offset < end && seenInAudit[(int) offset] == audit;
    }

    /** A crash has taken back what was answered too early: nothing is known from there on. */
    void forgetUnseenAnswers() {
        for (int i = 0; i < end; i++) {
            if (hashes[i] == 0) {
                messages[i] = 0;
            }
        }
    }

    private void room(long offset) {
        int at = Math.toIntExact(offset);
        if (at >= hashes.length) {
            int capacity = Math.max(at + 1, 2 * hashes.length);
            hashes = Arrays.copyOf(hashes, capacity);
            storeMs = Arrays.copyOf(storeMs, capacity);
            sizes = Arrays.copyOf(sizes, capacity);
            messages = Arrays.copyOf(messages, capacity);
            seenInAudit = Arrays.copyOf(seenInAudit, capacity);
        }
        end = Math.max(end, at + 1);
    }
}
