package io.sluice.engine.log;

import static java.util.Objects.requireNonNull;

import io.sluice.engine.time.ManualTime;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * A shard in miniature on a {@link LocalLog} in memory, beside a model of what must be there. The
 * model is one sentence: after any crash, the log holds a prefix of what was committed, with
 * everything that was reported durable, each record where and as it was.
 */
final class LogMachine implements Log.Listener {
    /** Small enough that a short history crosses segments. */
    static final LocalLogConfig SMALL = new LocalLogConfig(7, 1024, 512, 1024, 0);

    static final int ALIGNMENT_BYTES = 64;

    final MemoryDirectory disk;
    private final LocalLogConfig config;
    private final List<String> written = new ArrayList<>();
    private final List<Long> ends = new ArrayList<>();
    private final Map<String, Long> positions = new HashMap<>();
    private int acknowledged;
    private int numberNext;
    private int lastSegment;
    private boolean failed;
    private int reports;

    ManualTime time = new ManualTime();
    private @Nullable LocalLog log;
    private @Nullable LogHistory history;

    LogMachine(MemoryDirectory disk, LocalLogConfig config) {
        this.disk = disk;
        this.config = config;
    }

    LocalLog log() {
        if (log == null) {
            throw new AssertionError("the machine is off");
        }
        return log;
    }

    /** What was committed and survived, oldest first. */
    List<String> written() {
        return List.copyOf(written);
    }

    int acknowledged() {
        return acknowledged;
    }

    /** How often the log called {@link #durable}. */
    int reports() {
        return reports;
    }

    boolean failed() {
        return failed;
    }

    /** Recovers the log and compares it with the model. */
    void start() throws IOException {
        time = new ManualTime();
        failed = false;
        LocalLog starting =
                new LocalLog(disk, config, time, time.executor(), time.executor(), time.executor());
        LogHistory found = new LogHistory(starting);
        starting.recover(found, this);
        log = starting;
        history = found;
        compare(found);
        lastSegment = starting.segmentOf(starting.durablePosition());
    }

    private void compare(LogHistory found) {
        int count = found.records.size();
        if (count < acknowledged) {
            throw new AssertionError(
                    "of " + acknowledged + " acknowledged records only " + count + " are there");
        }
        if (count > written.size() || !written.subList(0, count).equals(found.records)) {
            throw new AssertionError("found " + found.records + ", committed were " + written);
        }
        for (LogHistory.Entry entry : found.replayed) {
            if (requireNonNull(positions.get(entry.text())) != entry.position()) {
                throw new AssertionError(entry + " was at " + positions.get(entry.text()));
            }
        }
        written.subList(count, written.size()).clear();
        ends.subList(count, ends.size()).clear();
        acknowledged = count;
    }

    /** Reads every record that is not trimmed from the log. */
    void readAll() throws IOException {
        for (String text : written.subList(0, acknowledged)) {
            long position = requireNonNull(positions.get(text));
            if (log().segmentOf(position) < log().firstSegment()) {
                continue;
            }
            ByteBuffer target = ByteBuffer.allocate(LogHistory.sizeBytes(text));
            log().read(position, target.remaining(), target);
            String read = LogHistory.read(target.flip());
            if (!read.equals(text)) {
                throw new AssertionError("read " + read + " instead of " + text);
            }
        }
    }

    /** Commits a batch of new records of this length; false if there is no room for now. */
    boolean append(int records, int length) {
        return append(records, length, true);
    }

    boolean append(int records, int length, boolean seal) {
        LogHistory shard = requireNonNull(history);
        String first = text(length);
        Batch batch = log().open(LogHistory.sizeBytes(first), false);
        if (batch == null) {
            return false;
        }
        if (batch.segment() > lastSegment) {
            if (seal) {
                shard.seal(lastSegment);
            }
            lastSegment = batch.segment();
        }
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < records; i++) {
            String text = i == 0 ? first : text(length);
            if (LogHistory.sizeBytes(text) > batch.buffer().remaining()) {
                break;
            }
            positions.put(text, batch.positionAt(batch.buffer().position()));
            LogHistory.write(batch.buffer(), text);
            texts.add(text);
        }
        long end = batch.positionAt(batch.buffer().position());
        log().commit(batch);
        for (String text : texts) {
            written.add(text);
            ends.add(end);
            shard.records.add(text);
        }
        return true;
    }

    private String text(int length) {
        String number = numberNext++ + ":";
        return number + "z".repeat(Math.max(0, length - number.length()));
    }

    @Override
    public void durable(long position) {
        if (failed) {
            throw new AssertionError("durable after failed");
        }
        reports++;
        while (acknowledged < ends.size() && ends.get(acknowledged) <= position) {
            acknowledged++;
        }
    }

    @Override
    public void failed(IOException cause) {
        if (failed) {
            throw new AssertionError("failed twice", cause);
        }
        failed = true;
    }

    void trim(int segment) {
        log().trim(segment);
    }

    int lastSegment() {
        return lastSegment;
    }

    /** Ends the process properly. */
    void stop() {
        log().close();
        time.run();
        log = null;
    }

    void losePower(Random random) {
        disk.crash();
        disk.restartAfterPowerLoss(random);
        log = null;
    }

    void kill() {
        disk.crash();
        disk.restartAfterKill();
        log = null;
    }
}
