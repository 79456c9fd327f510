package io.sluice.bench.floor;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Two batches: the loop thread fills one while the writer thread writes the other with O_DIRECT and
 * O_DSYNC into a file preallocated with zeroes, starting over at its end. Everything here is called
 * on the loop thread but {@link #write}.
 */
final class GroupCommit {
    private static final int ALIGN = 4096;
    private static final int BATCH_BYTES = 8 * 1024 * 1024;
    private static final int BATCH_FRAMES = 64 * 1024;

    private final FileChannel file;
    private final long fileBytes;
    private final Runnable wakeup;
    private final BlockingQueue<Batch> toWrite = new ArrayBlockingQueue<>(1);
    private final AtomicReference<@Nullable Batch> written = new AtomicReference<>();
    private final AtomicReference<@Nullable IOException> failure = new AtomicReference<>();
    private Batch filling = new Batch();
    private @Nullable Batch idle = new Batch();
    private long position;

    private GroupCommit(FileChannel file, long fileBytes, Runnable wakeup) {
        this.file = file;
        this.fileBytes = fileBytes;
        this.wakeup = wakeup;
    }

    /**
     * @param fileBytes size of the file, a multiple of 4 MiB and at least one batch
     * @param wakeup called on the writer thread when {@link #turn} has something to do
     */
    static GroupCommit start(Path path, long fileBytes, Runnable wakeup) throws IOException {
        preallocate(path, fileBytes);
        FileChannel file =
                FileChannel.open(
                        path, StandardOpenOption.WRITE, StandardOpenOption.DSYNC, direct());
        GroupCommit commit = new GroupCommit(file, fileBytes, wakeup);
        Thread.ofPlatform().daemon().name("floor-writer").start(commit::write);
        return commit;
    }

    void append(ByteBuffer in, int from, int to, FloorConnection connection, int opaque) {
        filling.append(in, from, to, connection, opaque);
    }

    /** Answers what has become durable, and hands the next batch over if the writer is idle. */
    void turn() throws IOException {
        IOException failed = failure.get();
        if (failed != null) {
            throw failed;
        }
        Batch done = written.getAndSet(null);
        if (done != null) {
            done.answer();
            idle = done;
        }
        if (idle != null && filling.count > 0) {
            Batch full = filling;
            filling = idle;
            idle = null;
            toWrite.add(full);
        }
    }

    private void write() {
        try {
            while (true) {
                Batch batch = toWrite.take();
                ByteBuffer bytes = batch.aligned();
                if (position + bytes.remaining() > fileBytes) {
                    position = 0;
                }
                while (bytes.hasRemaining()) {
                    position += file.write(bytes, position);
                }
                written.set(batch);
                wakeup.run();
            }
        } catch (IOException e) {
            failure.set(e);
            wakeup.run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** O_DIRECT, by name: javac warns of the class and offers no way to say that it is meant. */
    private static OpenOption direct() throws IOException {
        try {
            return Arrays.stream(
                            Class.forName("com.sun.nio.file.ExtendedOpenOption").getEnumConstants())
                    .map(OpenOption.class::cast)
                    .filter(option -> option.toString().equals("DIRECT"))
                    .findFirst()
                    .orElseThrow();
        } catch (ClassNotFoundException e) {
            throw new IOException("This JDK has no O_DIRECT", e);
        }
    }

    private static void preallocate(Path path, long fileBytes) throws IOException {
        ByteBuffer zeroes = ByteBuffer.allocateDirect(4 * 1024 * 1024);
        try (FileChannel file =
                FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            for (long at = 0; at < fileBytes; at += zeroes.capacity()) {
                zeroes.clear();
                while (zeroes.hasRemaining()) {
                    file.write(zeroes);
                }
            }
            file.force(true);
        }
    }

    /** Frames to be written together, and whom to answer then. */
    private static final class Batch {
        private final ByteBuffer bytes =
                ByteBuffer.allocateDirect(BATCH_BYTES + ALIGN).alignedSlice(ALIGN);
        private final FloorConnection[] connections = new FloorConnection[BATCH_FRAMES];
        private final int[] opaques = new int[BATCH_FRAMES];
        private int count;

        void append(ByteBuffer in, int from, int to, FloorConnection connection, int opaque) {
            bytes.put(bytes.position(), in, from, to - from);
            bytes.position(bytes.position() + to - from);
            connections[count] = connection;
            opaques[count++] = opaque;
        }

        ByteBuffer aligned() {
            int end = (bytes.position() + ALIGN - 1) / ALIGN * ALIGN;
            return bytes.duplicate().position(0).limit(end);
        }

        void answer() throws IOException {
            for (int i = 0; i < count; i++) {
                connections[i].answer(opaques[i]);
                if (i + 1 == count || connections[i + 1] != connections[i]) {
                    connections[i].flush();
                }
            }
            count = 0;
            bytes.clear();
        }
    }
}
