package io.sluice.simulator.world;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.sluice.engine.log.SegmentFile;
import io.sluice.engine.log.SegmentFile.Directory.Mode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the disk promises while nothing is injected, and across kills and power losses. */
class DiskTest {
    private final World world = new World();
    private final Disk disk = new Disk(world, new Dice(1), 1);
    private final Device device = disk.device();

    static ByteBuffer bytes(int value, int count) {
        byte[] bytes = new byte[count];
        Arrays.fill(bytes, (byte) value);
        return ByteBuffer.wrap(bytes);
    }

    private SegmentFile durableFile(String name) throws IOException {
        SegmentFile file = disk.open(name, Mode.DURABLE);
        disk.sync();
        return file;
    }

    @Test
    void shouldShowAWriteAtOnce() throws IOException {
        SegmentFile file = disk.open("a", Mode.BUFFERED);
        file.write(bytes(7, 700), 100);
        ByteBuffer target = ByteBuffer.allocate(1000);
        assertEquals(700, file.read(target, 100));
        assertEquals(800, file.sizeBytes());
        assertEquals(0, file.read(target, 800));
        assertEquals(7, target.get(699));
    }

    @Test
    void shouldKeepADurableWriteWhenThePowerIsLost() throws IOException {
        durableFile("a").write(bytes(7, 5000), 0);
        device.losePower();
        assertArrayEquals(bytes(7, 5000).array(), disk.content("a"));
    }

    @Test
    void shouldKeepWhatWasSyncedWhenThePowerIsLost() throws IOException {
        SegmentFile file = disk.open("a", Mode.BUFFERED);
        file.write(bytes(7, 5000), 0);
        file.truncate(4000);
        file.sync();
        disk.sync();
        device.losePower();
        assertArrayEquals(bytes(7, 4000).array(), disk.content("a"));
    }

    @Test
    void shouldKeepEverythingWhenTheProcessIsKilled() throws IOException {
        SegmentFile file = disk.open("a", Mode.BUFFERED);
        file.write(bytes(7, 5000), 0);
        disk.rename("a", "b");
        device.kill();
        assertEquals(List.of("b"), disk.list());
        assertArrayEquals(bytes(7, 5000).array(), disk.content("b"));
        assertThrows(DiskCrashedException.class, () -> file.write(bytes(1, 1), 0));
    }

    @Test
    void shouldThrowFromTheCallOfTheCrashUntilTheRestart() throws IOException {
        SegmentFile file = durableFile("a");
        device.crashAfterCalls(1, () -> {});
        file.write(bytes(1, 512), 0);
        assertThrows(DiskCrashedException.class, () -> file.write(bytes(2, 512), 512));
        assertThrows(DiskCrashedException.class, disk::list);
        device.losePower();
        assertEquals(List.of("a"), disk.list());
        assertEquals(1, disk.content("a")[511]);
    }
}
