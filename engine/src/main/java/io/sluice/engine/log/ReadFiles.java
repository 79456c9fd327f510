package io.sluice.engine.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The files that are open for reading, at most {@link #OPEN_MAX} while no more are being read at
 * once. Any thread reads; a file is closed only when nobody is inside. That a trimmed segment's
 * file is not reused under a reader rests on this class.
 */
final class ReadFiles {
    private static final int OPEN_MAX = 128;

    /** A file and the number of threads that are reading it. */
    private static final class Entry {
        final SegmentFile file;
        int readers;

        Entry(SegmentFile file) {
            this.file = file;
        }
    }

    private final SegmentFile.Directory directory;
    private final Map<String, Entry> open = new LinkedHashMap<>(16, 0.75f, true);
    private int firstSegment;
    private boolean closed;

    ReadFiles(SegmentFile.Directory directory) {
        this.directory = directory;
    }

    /**
     * Fills the rest of {@code target}.
     *
     * @param segment the segment that the file belongs to
     * @throws TrimmedException if the segment has been trimmed
     * @throws CorruptLogException if the file ends earlier
     */
    void read(int segment, String name, ByteBuffer target, long offset) throws IOException {
        int wanted = target.remaining();
        Entry entry = enter(segment, name);
        try {
            int count = entry.file.read(target, offset);
            if (count < wanted) {
                throw new CorruptLogException(
                        name
                                + " ends at byte "
                                + (offset + count)
                                + " but must be longer: restore it from a copy");
            }
        } finally {
            leave(entry);
        }
    }

    /** From now on, segments below {@code segment} are trimmed. */
    synchronized void trimBelow(int segment) {
        firstSegment = Math.max(firstSegment, segment);
    }

    /** Closes a file unless somebody reads it; true if it is closed. */
    synchronized boolean release(String name) throws IOException {
        Entry entry = open.get(name);
        if (entry == null) {
            return true;
        }
        if (entry.readers > 0) {
            return false;
        }
        open.remove(name);
        entry.file.close();
        return true;
    }

    synchronized void close() throws IOException {
        closed = true;
        for (Entry entry : open.values()) {
            entry.file.close();
        }
        open.clear();
    }

    private synchronized Entry enter(int segment, String name) throws IOException {
        if (segment < firstSegment) {
            throw new TrimmedException(
                    "segment " + segment + " has expired; the log begins at " + firstSegment);
        }
        if (closed) {
            throw new IOException("the log is closed");
        }
        Entry entry = open.get(name);
        if (entry == null) {
            entry = new Entry(directory.open(name, SegmentFile.Directory.Mode.READ));
            open.put(name, entry);
            closeIdle();
        }
        entry.readers++;
        return entry;
    }

    private synchronized void leave(Entry entry) {
        entry.readers--;
    }

    private void closeIdle() throws IOException {
        Iterator<Entry> eldestFirst = open.values().iterator();
        for (int surplus = open.size() - OPEN_MAX; surplus > 0 && eldestFirst.hasNext(); ) {
            Entry entry = eldestFirst.next();
            if (entry.readers == 0 && eldestFirst.hasNext()) {
                eldestFirst.remove();
                entry.file.close();
                surplus--;
            }
        }
    }
}
