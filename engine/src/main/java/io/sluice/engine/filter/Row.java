package io.sluice.engine.filter;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * The properties of one message that an expression names, as places in the message's bytes: found
 * in one pass, without a map or a string. Used for one message after the other by one thread.
 *
 * <p>As clients read them, a property whose name or value is empty is not there. Of one that is
 * there twice the first counts, as for tags.
 */
public final class Row {
    private static final byte VALUE = 1;
    private static final byte END = 2;

    /** The names of an expression; {@code slots} leads from a hash to a name's number and 1. */
    static final class Names {
        private final byte[][] names;
        private final int[] hashes;
        private final int[] slots;

        Names(List<String> texts) {
            names = new byte[texts.size()][];
            hashes = new int[texts.size()];
            slots = new int[Math.max(2, Integer.highestOneBit(texts.size()) * 4)];
            for (int i = 0; i < names.length; i++) {
                names[i] = texts.get(i).getBytes(StandardCharsets.UTF_8);
                hashes[i] = hash(names[i], 0, names[i].length);
                int slot = slot(hashes[i]);
                while (slots[slot] != 0) {
                    slot = (slot + 1) & (slots.length - 1);
                }
                slots[slot] = i + 1;
            }
        }

        private int slot(int hash) {
            return (hash ^ (hash >>> 15)) & (slots.length - 1);
        }

        int count() {
            return names.length;
        }

        /** The number of the name that lies from {@code from} to {@code end}; -1 if it is none. */
        int find(int hash, byte[] in, int from, int end) {
            for (int slot = slot(hash); slots[slot] != 0; slot = (slot + 1) & (slots.length - 1)) {
                int number = slots[slot] - 1;
                byte[] name = names[number];
                if (hashes[number] == hash && Arrays.equals(name, 0, name.length, in, from, end)) {
                    return number;
                }
            }
            return -1;
        }
    }

    static int hash(byte[] in, int from, int end) {
        int hash = 0;
        for (int i = from; i < end; i++) {
            hash = 31 * hash + in[i];
        }
        return hash;
    }

    private final Names names;
    private final int[] from;
    private final int[] sizes;
    byte[] bytes = {};

    /** Where two numbers are compared. */
    final Decimal left = new Decimal();

    final Decimal right = new Decimal();

    Row(Names names) {
        this.names = names;
        this.from = new int[names.count()];
        this.sizes = new int[names.count()];
    }

    /** Takes the properties of the next message. */
    void fill(byte[] properties, int start, int end) {
        bytes = properties;
        Arrays.fill(sizes, 0);
        int missing = sizes.length;
        int at = start;
        while (at < end && missing > 0) {
            int hash = 0;
            int i = at;
            while (i < end && properties[i] != VALUE && properties[i] != END) {
                hash = 31 * hash + properties[i++];
            }
            int value = i + 1;
            int stop = i;
            if (i < end && properties[i] == VALUE) {
                stop = value;
                while (stop < end && properties[stop] != END) {
                    stop++;
                }
            }
            int number = stop > value && i > at ? names.find(hash, properties, at, i) : -1;
            if (number >= 0 && sizes[number] == 0) {
                from[number] = value;
                sizes[number] = stop - value;
                missing--;
            }
            at = stop + 1;
        }
    }

    int from(int name) {
        return from[name];
    }

    /** The size of a property's value in bytes; 0 if it is not there. */
    int sizeBytes(int name) {
        return sizes[name];
    }
}
