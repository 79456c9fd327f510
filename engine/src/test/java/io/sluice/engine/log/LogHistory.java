package io.sluice.engine.log;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What a shard would see of a log, as plain values: the state is the list of all records, a record
 * is a length and a text, the checkpoint is the state itself.
 */
final class LogHistory implements Log.Replay {
    /** A record and where it lies. */
    record Entry(long position, String text) {}

    final List<String> records = new ArrayList<>();
    final List<Entry> replayed = new ArrayList<>();
    final List<Integer> ended = new ArrayList<>();
    private final Log log;
    int checkpointOf;

    LogHistory(Log log) {
        this.log = log;
    }

    static int sizeBytes(String text) {
        return Integer.BYTES + text.length();
    }

    static void write(ByteBuffer to, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        to.putInt(bytes.length).put(bytes);
    }

    static String read(ByteBuffer from) {
        byte[] bytes = new byte[from.getInt()];
        from.get(bytes);
        return new String(bytes, StandardCharsets.US_ASCII);
    }

    static ByteBuffer encode(List<String> records) {
        int size = records.stream().mapToInt(LogHistory::sizeBytes).sum();
        ByteBuffer to = ByteBuffer.allocate(size);
        records.forEach(text -> write(to, text));
        return to.flip();
    }

    static List<String> decode(ByteBuffer from) {
        List<String> records = new ArrayList<>();
        while (from.hasRemaining()) {
            records.add(read(from));
        }
        return records;
    }

    @Override
    public void checkpoint(int segment, ByteBuffer state) {
        if (checkpointOf != 0 || !records.isEmpty() || !ended.isEmpty()) {
            throw new AssertionError("the checkpoint must come first and once");
        }
        checkpointOf = segment;
        records.addAll(decode(state));
    }

    @Override
    public void batch(int segment, ByteBuffer batch, long recordsPosition) {
        if (!batch.hasRemaining()) {
            throw new AssertionError("an empty batch at " + recordsPosition);
        }
        int start = batch.position();
        while (batch.hasRemaining()) {
            long position = recordsPosition + batch.position() - start;
            String text = read(batch);
            if (log.segmentOf(position) != segment) {
                throw new AssertionError("position " + position + " is not in " + segment);
            }
            replayed.add(new Entry(position, text));
            records.add(text);
        }
    }

    @Override
    public void segmentEnd(int segment) {
        ended.add(segment);
        seal(segment);
    }

    /** Seals a segment at whose end the records are those of now; section KEYS holds them too. */
    void seal(int segment) {
        ByteBuffer state = encode(records);
        log.seal(
                segment,
                state,
                output -> {
                    output.section(Footer.Section.KEYS);
                    output.write(state.duplicate());
                });
    }
}
