package io.sluice.faults.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The rigs' disk hurts as it says. Skipped where no disk can be made: it needs root. */
final class LoopDiskTest {
    private static final long DISK_BYTES = 64 << 20;
    private static final int MIB = 1 << 20;

    @TempDir private Path directory = Path.of("");
    private @Nullable Lab lab;

    @BeforeEach
    void requireDisks() throws IOException {
        String obstacle = Lab.obstacle(directory);
        assumeTrue(obstacle == null, () -> "skipped: " + obstacle);
        lab = Lab.open(directory, 2 * DISK_BYTES);
    }

    @AfterEach
    void cleanUp() {
        if (lab != null) {
            lab.close();
        }
    }

    private Lab lab() {
        if (lab == null) {
            throw new AssertionError("no lab");
        }
        return lab;
    }

    private static void write(Path file, boolean sync) throws IOException {
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            var _ = channel.write(ByteBuffer.wrap(new byte[] {1, 2, 3}));
            if (sync) {
                channel.force(true);
            }
        }
    }

    @Test
    void shouldKeepWhatWasSyncedAndLoseTheRestWhenThePowerGoes() throws IOException {
        LoopDisk disk = lab().disk("power", DISK_BYTES);
        disk.mount("data=ordered");
        Path synced = disk.path().resolve("synced");
        Path written = disk.path().resolve("written");
        write(synced, true);
        write(written, false);
        disk.powerOff(Shutdown.NOTHING_FLUSHED);
        assertThrows(IOException.class, () -> write(synced, false));
        disk.unmount();
        disk.mount("data=ordered");
        assertEquals(3, Files.size(synced));
        assertTrue(!Files.exists(written) || Files.size(written) == 0, "the rest is there");
    }

    @Test
    void shouldFailWritesOverZeroesOnceThereIsNoRoomUnderTheDisk() throws IOException {
        LoopDisk disk = lab().disk("errors", DISK_BYTES);
        disk.mount("errors=continue");
        Path file = disk.path().resolve("zeroes");
        Files.write(file, new byte[8 * MIB]);
        disk.freeze();
        disk.digHoles();
        lab().tmpfs().leave(0);
        disk.thaw();
        assertThrows(IOException.class, () -> fill(file));
        lab().tmpfs().restore();
        disk.unmount();
        var _ = disk.check();
        disk.mount("errors=continue");
        fill(file);
        assertEquals(8 * MIB, Files.size(file));
    }

    private static void fill(Path file) throws IOException {
        byte[] ones = new byte[MIB];
        Arrays.fill(ones, (byte) 1);
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.DSYNC)) {
            for (int i = 0; i < 8; i++) {
                var _ = channel.write(ByteBuffer.wrap(ones), (long) i * MIB);
            }
        }
    }

    @Test
    void shouldTakeEverythingAwayAgainWhenItIsClosedFrozen() throws IOException {
        LoopDisk disk = lab().disk("left", DISK_BYTES);
        disk.mount("data=ordered");
        write(disk.path().resolve("file"), false);
        disk.freeze();
        lab().close();
        try (var left = Files.list(directory)) {
            assertEquals(0, left.count());
        }
    }
}
