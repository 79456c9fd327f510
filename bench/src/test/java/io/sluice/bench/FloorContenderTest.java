package io.sluice.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.bench.floor.FloorServer;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class FloorContenderTest {
    private static final Window.Times SHORT =
            new Window.Times(Duration.ofMillis(50), Duration.ofMillis(100));

    /** In the build directory: the system's own may be in memory, where O_DIRECT fails. */
    @TempDir(factory = InBuildDirectory.class, cleanup = CleanupMode.ALWAYS)
    Path directory;

    @Test
    void shouldAnswerWithoutStoring() throws IOException, InterruptedException {
        measure(FloorServer.Mode.ECHO);
        assertTrue(Files.notExists(directory.resolve("log")));
    }

    @Test
    void shouldStoreWhatItAnswers() throws IOException, InterruptedException {
        measure(FloorServer.Mode.DURABLE);
        Path log = directory.resolve("log");
        assertEquals(16L << 20, Files.size(log));
        try (DataInputStream in = new DataInputStream(Files.newInputStream(log))) {
            byte[] frame = in.readNBytes(in.readInt());
            String header = new String(frame, StandardCharsets.ISO_8859_1);
            assertTrue(header.contains("\"code\":310"), header);
        }
    }

    private void measure(FloorServer.Mode mode) throws IOException, InterruptedException {
        FloorContender floor = new FloorContender(mode, 16L << 20, new Ports());
        try (Contender.Started started = new Contender.Started()) {
            Endpoint endpoint = floor.start(directory, started);
            Meter meter = new Meter(endpoint);
            Load.Result result = new LeanLoad(new Shape(1024, 8, 2, 8)).run(endpoint, SHORT, meter);
            assertTrue(result.messages() > 0);
            Measurement measured = meter.measurement(floor, Scenario.ALL.getFirst(), 1, result);
            assertTrue(measured.memory().residentBytes() > 1 << 20);
        }
    }
}
