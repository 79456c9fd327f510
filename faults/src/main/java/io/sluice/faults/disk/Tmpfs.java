package io.sluice.faults.disk;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;

/** A tmpfs of our own, whose room can be taken away and given back. */
final class Tmpfs implements AutoCloseable {
    private static final long PAGE_BYTES = 4096;
    private static final int TRIES_MAX = 20;

    private final Path mountPoint;
    private final long sizeBytes;

    private Tmpfs(Path mountPoint, long sizeBytes) {
        this.mountPoint = mountPoint;
        this.sizeBytes = sizeBytes;
    }

    /** Mounts one at {@code mountPoint}, which is created. */
    static Tmpfs mount(Path mountPoint, long sizeBytes) throws IOException {
        Files.createDirectories(mountPoint);
        var _ =
                Tool.run(
                        "mount",
                        "-t",
                        "tmpfs",
                        "-o",
                        "size=" + sizeBytes,
                        "sluice-faults",
                        mountPoint.toString());
        return new Tmpfs(mountPoint, sizeBytes);
    }

    Path path() {
        return mountPoint;
    }

    /** From now on at most {@code bytes} more can be written into what was not written before. */
    void leave(long bytes) throws IOException {
        for (int tries = 1; ; tries++) {
            try {
                resize(Math.max(PAGE_BYTES, usedBytes() + bytes));
                return;
            } catch (IOException e) {
                // Something was written meanwhile, and a tmpfs is never smaller than what is in it.
                if (tries == TRIES_MAX) {
                    throw e;
                }
            }
        }
    }

    /** Gives back the room that it had at first. */
    void restore() throws IOException {
        resize(sizeBytes);
    }

    long usedBytes() throws IOException {
        FileStore store = Files.getFileStore(mountPoint);
        return store.getTotalSpace() - store.getUnallocatedSpace();
    }

    private void resize(long bytes) throws IOException {
        long pages = Math.ceilDiv(bytes, PAGE_BYTES);
        var _ =
                Tool.run(
                        "mount", "-o", "remount,size=" + pages * PAGE_BYTES, mountPoint.toString());
    }

    @Override
    public void close() throws IOException {
        var _ = Tool.run("umount", mountPoint.toString());
        Files.deleteIfExists(mountPoint);
    }
}
