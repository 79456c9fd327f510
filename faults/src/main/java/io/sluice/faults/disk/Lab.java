package io.sluice.faults.disk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A tmpfs of a rig's own on which its disks lie, and everything else that has to be taken away
 * again, whatever way the rig ends. Closed by the rig or by the JVM's shutdown.
 */
final class Lab implements AutoCloseable {
    private static final List<String> TOOLS =
            List.of("mount", "umount", "mkfs.ext4", "e2fsck", "fsfreeze", "fallocate");
    private static final long TRIAL_BYTES = 16 << 20;

    private final Tmpfs tmpfs;
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private final Thread hook = new Thread(this::closeAll, "clean-up");

    private Lab(Tmpfs tmpfs) {
        this.tmpfs = tmpfs;
        opened.push(tmpfs);
    }

    /**
     * Why disks cannot be made and hurt on this machine, found by trying; null if they can.
     *
     * @param directory where to try; an empty directory
     */
    static @Nullable String obstacle(Path directory) {
        if (!System.getProperty("os.name").equals("Linux")) {
            return "loop devices and tmpfs are Linux's, this is " + System.getProperty("os.name");
        }
        for (String tool : TOOLS) {
            try {
                var _ = Tool.run("sh", "-c", "command -v " + tool);
            } catch (IOException e) {
                return "there is no '" + tool + "' here";
            }
        }
        try (Lab lab = open(directory, 2 * TRIAL_BYTES)) {
            LoopDisk disk = lab.disk("trial", TRIAL_BYTES);
            disk.mount("errors=continue");
            disk.powerOff(Shutdown.NOTHING_FLUSHED);
            disk.unmount();
            return null;
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        }
    }

    /** Mounts the tmpfs below {@code directory}. */
    static Lab open(Path directory, long sizeBytes) throws IOException {
        String name = "lab-" + ProcessHandle.current().pid();
        Lab lab = new Lab(Tmpfs.mount(directory.resolve(name).toAbsolutePath(), sizeBytes));
        Runtime.getRuntime().addShutdownHook(lab.hook);
        return lab;
    }

    Tmpfs tmpfs() {
        return tmpfs;
    }

    /** A new disk, not mounted, in a directory of its own on the tmpfs. */
    LoopDisk disk(String name, long sizeBytes) throws IOException {
        Path directory = Files.createDirectories(tmpfs.path().resolve(name));
        return closeAtEnd(LoopDisk.create(directory, sizeBytes));
    }

    /** Has {@code part} closed before everything that was opened earlier. */
    synchronized <T extends AutoCloseable> T closeAtEnd(T part) {
        opened.push(part);
        return part;
    }

    /** Closes what was opened since {@code part}, and that, now. */
    synchronized void closeFrom(AutoCloseable part) throws IOException {
        while (!opened.isEmpty()) {
            AutoCloseable next = opened.pop();
            close(next);
            if (next.equals(part)) {
                return;
            }
        }
    }

    private static void close(AutoCloseable part) throws IOException {
        try {
            part.close();
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException(e);
        }
    }

    private synchronized void closeAll() {
        while (!opened.isEmpty()) {
            AutoCloseable next = opened.pop();
            try {
                close(next);
            } catch (IOException | RuntimeException e) {
                System.err.println("left behind: " + e.getMessage());
            }
        }
    }

    @Override
    public void close() {
        closeAll();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The JVM is ending; the hook finds nothing to do.
            return;
        }
    }
}
