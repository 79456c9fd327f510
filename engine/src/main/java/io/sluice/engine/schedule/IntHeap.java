package io.sluice.engine.schedule;

import java.util.Arrays;

/** A binary heap of ints in the order of {@link Order}, without an object for each. */
final class IntHeap {
    /** A strict order of ints. */
    interface Order {
        boolean before(int a, int b);
    }

    private final Order order;
    private int[] items;
    private int size;

    IntHeap(Order order) {
        this(order, new int[16], 0);
    }

    private IntHeap(Order order, int[] items, int size) {
        this.order = order;
        this.items = items;
        this.size = size;
    }

    IntHeap copy() {
        return new IntHeap(order, Arrays.copyOf(items, Math.max(1, size)), size);
    }

    int size() {
        return size;
    }

    boolean isEmpty() {
        return size == 0;
    }

    void clear() {
        size = 0;
    }

    int capacity() {
        return items.length;
    }

    /** The first item. */
    int first() {
        return items[0];
    }

    /** The item in a slot; the children of slot i are in 2 i + 1 and 2 i + 2, and come after it. */
    int at(int slot) {
        return items[slot];
    }

    void add(int item) {
        if (size == items.length) {
            items = Arrays.copyOf(items, size * 2);
        }
        int slot = size++;
        while (slot > 0) {
            int parent = (slot - 1) >>> 1;
            if (!order.before(item, items[parent])) {
                break;
            }
            items[slot] = items[parent];
            slot = parent;
        }
        items[slot] = item;
    }

    int removeFirst() {
        int first = items[0];
        int last = items[--size];
        if (size > 0) {
            sink(0, last);
        }
        return first;
    }

    private void sink(int from, int item) {
        int slot = from;
        for (int child = 2 * slot + 1; child < size; child = 2 * slot + 1) {
            if (child + 1 < size && order.before(items[child + 1], items[child])) {
                child++;
            }
            if (!order.before(items[child], item)) {
                break;
            }
            items[slot] = items[child];
            slot = child;
        }
        items[slot] = item;
    }
}
