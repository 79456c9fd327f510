package io.sluice.engine.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A directory of a real file system, locked for this process. Never maps a file into memory: an
 * error while reading mapped memory kills the process, and its write-back cannot be awaited.
 *
 * <p>Threads that call in must never be interrupted: {@link FileChannel} answers an interrupt by
 * closing the file.
 */
public final class FileDirectory implements SegmentFile.Directory, AutoCloseable {
    /** How DURABLE files are written; what each costs is in docs/adr/0003. */
    public enum Durability {
        /** O_DIRECT + O_DSYNC where the file system can, else write + fdatasync. */
        AUTO,
        /** write + fdatasync through the page cache. */
        FDATASYNC
    }

    private static final String LOCK = "lock";
    private static final int ALIGNMENT_BYTES = 4096;

    private final Path path;
    private final FileChannel lockChannel;
    private final @Nullable OpenOption direct;

    private FileDirectory(Path path, FileChannel lockChannel, @Nullable OpenOption direct) {
        this.path = path;
        this.lockChannel = lockChannel;
        this.direct = direct;
    }

    /**
     * Opens a directory, creating it if it is not there.
     *
     * @throws IOException if another process has it open; the message says which
     */
    public static FileDirectory open(Path path, Durability durability) throws IOException {
        createDurably(path.toAbsolutePath());
        FileChannel lock = lock(path);
        try {
            OpenOption direct = durability == Durability.AUTO ? directOption() : null;
            boolean works = direct != null && works(path, direct);
            return new FileDirectory(path, lock, works ? direct : null);
        } catch (IOException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    /** A power loss must not take a directory with everything that was synced inside. */
    private static void createDurably(Path path) throws IOException {
        Path parent = path.getParent();
        if (parent == null || Files.exists(path)) {
            return;
        }
        createDurably(parent);
        Files.createDirectories(path);
        sync(parent);
    }

    /** Whether DURABLE files bypass the page cache. */
    public boolean direct() {
        return direct != null;
    }

    @Override
    public List<String> list() throws IOException {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(path)) {
            for (Path file : files) {
                String name = String.valueOf(file.getFileName());
                if (!name.equals(LOCK)) {
                    names.add(name);
                }
            }
        }
        names.sort(null);
        return names;
    }

    @Override
    public SegmentFile open(String name, Mode mode) throws IOException {
        boolean forceEach = mode == Mode.DURABLE && direct == null;
        FileChannel channel = FileChannel.open(path.resolve(name), options(mode));
        return new ChannelSegmentFile(name, channel, forceEach);
    }

    private Set<OpenOption> options(Mode mode) {
        Set<OpenOption> options = new HashSet<>();
        if (mode == Mode.READ) {
            options.add(StandardOpenOption.READ);
            return options;
        }
        options.add(StandardOpenOption.CREATE);
        options.add(StandardOpenOption.WRITE);
        if (mode == Mode.BUFFERED) {
            options.add(StandardOpenOption.READ);
        }
        if (mode == Mode.DURABLE && direct != null) {
            options.add(StandardOpenOption.DSYNC);
            options.add(direct);
        }
        return options;
    }

    @Override
    public void rename(String from, String to) throws IOException {
        Files.move(path.resolve(from), path.resolve(to), StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void delete(String name) throws IOException {
        Files.deleteIfExists(path.resolve(name));
    }

    @Override
    public void sync() throws IOException {
        sync(path);
    }

    private static void sync(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    @Override
    public long usableBytes() throws IOException {
        return Files.getFileStore(path).getUsableSpace();
    }

    /**
     * The same with and without O_DIRECT, so that a data directory can move between file systems.
     */
    @Override
    public int alignmentBytes() {
        return ALIGNMENT_BYTES;
    }

    /** Releases the lock; files stay open. */
    @Override
    public void close() throws IOException {
        lockChannel.close();
    }

    private static FileChannel lock(Path path) throws IOException {
        Path file = path.resolve(LOCK);
        FileChannel channel =
                FileChannel.open(
                        file,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE);
        try {
            FileLock lock = channel.tryLock();
            if (lock == null) {
                throw inUse(path, "process " + Files.readString(file).strip());
            }
            writePid(file, channel);
            return channel;
        } catch (OverlappingFileLockException e) {
            channel.close();
            throw inUse(path, "this process");
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /** The first write of a start: a file system that has failed earlier refuses it. */
    private static void writePid(Path file, FileChannel channel) throws IOException {
        try {
            ByteBuffer pid = StandardCharsets.US_ASCII.encode(ProcessHandle.current().pid() + "\n");
            channel.truncate(0);
            channel.write(pid, 0);
        } catch (IOException e) {
            FileSystemException named =
                    new FileSystemException(file.toString(), null, e.getMessage());
            named.initCause(e);
            throw named;
        }
    }

    private static IOException inUse(Path path, String who) {
        return new IOException(
                path
                        + " is in use by "
                        + who
                        + "; stop that one, or choose another data directory");
    }

    private static boolean works(Path path, OpenOption direct) throws IOException {
        FileStore store = Files.getFileStore(path);
        Path probe = path.resolve("probe" + FileNames.TEMPORARY);
        try (FileChannel channel =
                FileChannel.open(
                        probe,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.DSYNC,
                        direct)) {
            if (store.getBlockSize() > ALIGNMENT_BYTES) {
                return false;
            }
            channel.write(
                    ByteBuffer.allocateDirect(2 * ALIGNMENT_BYTES)
                            .alignedSlice(ALIGNMENT_BYTES)
                            .slice(0, ALIGNMENT_BYTES),
                    0);
            return true;
        } catch (IOException | UnsupportedOperationException e) {
            // The file system cannot do it; whether it can write at all shows soon enough.
            return false;
        } finally {
            Files.deleteIfExists(probe);
        }
    }

    /**
     * The JDK's O_DIRECT, found by name: it has no portable name, and javac warns of this one in a
     * way that cannot be suppressed.
     */
    private static @Nullable OpenOption directOption() {
        try {
            Class<?> options = Class.forName("com.sun.nio.file.ExtendedOpenOption");
            return (OpenOption) options.getField("DIRECT").get(null);
        } catch (ReflectiveOperationException e) {
            return null;
        }
    }
}
