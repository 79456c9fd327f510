package io.sluice.engine.schedule;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Walks the views of several runs as one, in the order (due, position): a heap of runs. */
final class RunMerge {
    private Run[] heap = new Run[16];
    private int size;

    /** Puts every view on the first timer that was not passed. */
    void begin(List<Run> runs) {
        if (heap.length < runs.size()) {
            heap = new Run[runs.size() * 2];
        }
        size = 0;
        for (Run run : runs) {
            run.rewind();
            if (run.view() != Run.View.END) {
                heap[size++] = run;
            }
        }
        for (int slot = (size >>> 1) - 1; slot >= 0; slot--) {
            sink(slot, heap[slot]);
        }
    }

    /** The run whose view comes first; null if all are at their end. */
    @Nullable Run first() {
        return size == 0 ? null : heap[0];
    }

    /** Moves the view that comes first by one. */
    void next() {
        Run moved = heap[0];
        moved.next();
        Run replacement = moved.view() == Run.View.END ? heap[--size] : moved;
        if (size > 0) {
            sink(0, replacement);
        }
    }

    private void sink(int from, Run run) {
        int slot = from;
        for (int child = 2 * slot + 1; child < size; child = 2 * slot + 1) {
            if (child + 1 < size && heap[child + 1].viewBefore(heap[child])) {
                child++;
            }
            if (!heap[child].viewBefore(run)) {
                break;
            }
            heap[slot] = heap[child];
            slot = child;
        }
        heap[slot] = run;
    }
}
