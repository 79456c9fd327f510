package io.sluice.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerProcessTest {
    @TempDir Path directory;

    @Test
    void shouldStartTheServerWithSettingsOfItsOwn() throws Exception {
        Path launcher = directory.resolve("launcher");
        Files.writeString(launcher, "#!/bin/sh\necho \"$@ is ready\"\ncat \"$3\"\nexec sleep 60\n");
        launcher.toFile().setExecutable(true);
        Path log = directory.resolve("server.log");
        ServerProcess server = new ServerProcess(launcher, Path.of("data"), log);
        try {
            server.start();
        } finally {
            server.kill();
        }

        assertEquals(
                "server --config %s --data-dir data --remoting-port 9876 is ready\n"
                        .formatted(directory.resolve("server.yaml")),
                Files.readString(log));
        assertEquals("", Files.readString(directory.resolve("server.yaml")));
    }

    @Test
    void shouldDropSettingsFromTheEnvironment() {
        Map<String, String> environment =
                new HashMap<>(Map.of("SLUICE_REMOTING_PORT", "1", "PATH", "/bin"));

        ServerProcess.dropSettings(environment);

        assertEquals(Map.of("PATH", "/bin"), environment);
    }

    @Test
    void shouldGiveAdviceThatFitsTheDemo() {
        assertEquals(
                """
                the server did not start:
                  port 9876 (remoting-port) is taken by process 7 (java io.x.Main)
                  to end it:            kill 7
                end what holds the ports of the demo, then start the demo again\
                """,
                ServerProcess.explain(
                        """
                        port 9876 (remoting-port) is taken by process 7 (java io.x.Main)
                        to end it:            kill 7
                        to start beside it:   ./sluice server --remoting-port 9886
                        """));
    }
}
