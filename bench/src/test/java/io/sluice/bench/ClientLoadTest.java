package io.sluice.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ClientLoadTest {
    private static final Window.Times TIMES =
            new Window.Times(Duration.ofSeconds(3), Duration.ofSeconds(7));
    private static final Endpoint ENDPOINT = new Endpoint("broker-a", 1, 9876, 0, List.of());

    @TempDir(factory = InBuildDirectory.class)
    Path directory;

    private final List<String> window = new ArrayList<>();

    @Test
    void shouldOpenTheWindowWhenTheClientDoesAndTakeItsHistogram() throws IOException {
        Histogram latency = new Histogram(3);
        latency.recordValueWithCount(2_000_000, 41);
        Load.Result result =
                run(
                        """
                        echo some log line
                        echo bench:opened
                        echo bench:closed
                        echo bench:result 1000 500 %s
                        """
                                .formatted(encoded(latency)));
        assertEquals(List.of("opened", "closed"), window);
        assertEquals(new Load.Result(41, 1000, latency, 500), result);
    }

    @Test
    void shouldTellTheClientWhereToSendAndHowMuch() throws IOException {
        var failed =
                assertThrows(Load.LoadFailedException.class, () -> run("echo \"Exception: $*\""));
        assertTrue(
                failed.toString().endsWith("127.0.0.1:9876 bench-client 8 1024 256 3000 7000"),
                failed.toString());
    }

    private Load.Result run(String commands) throws IOException {
        Path java = Files.writeString(directory.resolve("java"), "#!/bin/sh\n" + commands + "\n");
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwx------"));
        Scenario scenario =
                new Scenario("client", "", Scenario.Generator.CLIENT, new Shape(1024, 8, 1, 256));
        return new ClientLoad(new PeerJars(java, directory), scenario, directory.resolve("client"))
                .run(
                        ENDPOINT,
                        TIMES,
                        new Window() {
                            @Override
                            public void opened() {
                                window.add("opened");
                            }

                            @Override
                            public void closed() {
                                window.add("closed");
                            }
                        });
    }

    private static String encoded(Histogram histogram) {
        ByteBuffer bytes = ByteBuffer.allocate(histogram.getNeededByteBufferCapacity());
        int size = histogram.encodeIntoCompressedByteBuffer(bytes);
        return Base64.getEncoder().encodeToString(Arrays.copyOf(bytes.array(), size));
    }
}
