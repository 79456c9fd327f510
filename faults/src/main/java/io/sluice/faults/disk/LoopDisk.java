package io.sluice.faults.disk;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;

/**
 * An ext4 file system in a sparse image file on a loop device: a disk that can be shut down, left
 * without room under it, and mounted again. The device lives from mount to unmount, so nothing of
 * it stays in the kernel's caches over that. One thread uses it.
 */
final class LoopDisk implements AutoCloseable {
    private static final long UNMOUNT_WITHIN_NANOS = TimeUnit.SECONDS.toNanos(20);
    private static final long POLL_MS = 20;

    private static final int JOURNAL_MIB = 4;

    /** Each takes at least two blocks of the journal: a descriptor and a commit. */
    private static final int COMMITS = JOURNAL_MIB * 256;

    private final Path image;
    private final Path mountPoint;
    private boolean mounted;
    private boolean frozen;

    private LoopDisk(Path image, Path mountPoint) {
        this.image = image;
        this.mountPoint = mountPoint;
    }

    /** Makes the image {@code directory/disk.img} with an empty file system, not mounted. */
    static LoopDisk create(Path directory, long sizeBytes) throws IOException {
        Path image = directory.resolve("disk.img");
        Files.deleteIfExists(image);
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
            file.setLength(sizeBytes);
        }
        var _ =
                Tool.run(
                        "mkfs.ext4",
                        "-q",
                        "-F",
                        "-b4096",
                        "-m0",
                        "-Jsize=" + JOURNAL_MIB,
                        "-Elazy_itable_init=0,lazy_journal_init=0",
                        image.toString());
        return new LoopDisk(image, Files.createDirectories(directory.resolve("disk")));
    }

    /** Where its files are while it is mounted. */
    Path path() {
        return mountPoint;
    }

    /** Mounts it, which replays its journal. */
    void mount(String options) throws IOException {
        var _ =
                Tool.run(
                        "mount",
                        "-t",
                        "ext4",
                        "-o",
                        "loop,noatime," + options,
                        image.toString(),
                        mountPoint.toString());
        mounted = true;
    }

    /**
     * Writes every block of its journal once, so that {@link #digHoles} leaves them alone: then the
     * file system itself outlives it when writes to files fail.
     */
    void useJournal() throws IOException {
        Path file = mountPoint.resolve("journal-use");
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            for (int i = 0; i < COMMITS; i++) {
                var _ = channel.write(ByteBuffer.wrap(new byte[] {1}), i);
                channel.force(true);
            }
        }
        Files.delete(file);
    }

    /** The power goes; only {@link #unmount} is of use afterwards. */
    void powerOff(Shutdown how) throws IOException {
        how.of(mountPoint);
    }

    /** Holds all writing; returns when everything written before is on the device. */
    void freeze() throws IOException {
        var _ = Tool.run("fsfreeze", "-f", mountPoint.toString());
        frozen = true;
    }

    void thaw() throws IOException {
        frozen = false;
        var _ = Tool.run("fsfreeze", "-u", mountPoint.toString());
    }

    /**
     * Gives back the room of all zeroes in the image, so that writing over them needs room again.
     * Only while nothing is written: {@link #freeze} it, or unmount it.
     */
    void digHoles() throws IOException {
        var _ = Tool.run("fallocate", "--dig-holes", image.toString());
    }

    /**
     * Unmounts it, as soon as no process has a file of it open.
     *
     * @throws IOException if somebody still has after 20 s
     */
    void unmount() throws IOException {
        long giveUpNanos = System.nanoTime() + UNMOUNT_WITHIN_NANOS;
        while (mounted) {
            try {
                var _ = Tool.run("umount", mountPoint.toString());
                mounted = false;
            } catch (IOException e) {
                if (System.nanoTime() > giveUpNanos) {
                    throw e;
                }
                pause();
            }
        }
    }

    /**
     * Has the file system checked and mended, as a machine does at boot after errors.
     *
     * @return what e2fsck said
     * @throws IOException if errors remain
     */
    String check() throws IOException {
        // Exit code 1 means that something was mended, which is well.
        return Tool.run("sh", "-c", "e2fsck -fy \"$1\"; [ $? -le 1 ]", "sh", image.toString());
    }

    private static void pause() throws IOException {
        try {
            Thread.sleep(POLL_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /** Takes everything away that {@link #create} and {@link #mount} made. */
    @Override
    public void close() throws IOException {
        if (frozen) {
            thaw();
        }
        unmount();
        Files.deleteIfExists(image);
        Files.deleteIfExists(mountPoint);
    }
}
