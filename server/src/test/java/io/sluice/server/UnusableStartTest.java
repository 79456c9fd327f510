package io.sluice.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.server.config.Config;
import io.sluice.server.config.Setting;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Starts that are refused say what is wrong and what to do. */
class UnusableStartTest {
    @TempDir Path directory;

    @Test
    void shouldRefuseAFileAsDataDirectory() throws Exception {
        Path file = Files.createFile(directory.resolve("file"));

        String message = refusal(Map.of(Setting.DATA_DIR, file.toString()));

        assertTrue(message.startsWith("cannot use the data directory " + file + ": "), message);
        assertTrue(message.contains("ot a directory"), message);
        assertTrue(message.endsWith("choose another with --data-dir"), message);
    }

    @Test
    void shouldSayWhoIsDeniedWhat() {
        assertEquals(
                "cannot use the data directory /d: permission denied for user %s at /d/meta; put that"
                                .formatted(System.getProperty("user.name"))
                        + " right, or choose another with --data-dir",
                UnusableDirectory.explain(Path.of("/d"), new AccessDeniedException("/d/meta"))
                        .getMessage());
    }

    @Test
    void shouldSayWhatTheFileSystemSays() {
        assertEquals(
                "cannot use the data directory /d: /d/meta: Read-only file system; put that right,"
                        + " or choose another with --data-dir",
                UnusableDirectory.explain(
                                Path.of("/d"),
                                new FileSystemException("/d/meta", null, "Read-only file system"))
                        .getMessage());
    }

    @Test
    void shouldRefuseToAdvertiseAHostThatIsUnknown() throws Exception {
        String message = refusal(Map.of(Setting.ADVERTISE, "no-such-host.invalid:7"));

        assertTrue(
                message.startsWith("advertise is 'no-such-host.invalid:7', a host that cannot be"),
                message);
    }

    private String refusal(Map<Setting, String> settings) throws Exception {
        Map<Setting, String> given = new HashMap<>(settings);
        given.put(Setting.REMOTING_PORT, freePort());
        given.put(Setting.BROKER_PORT, freePort());
        Config config = Config.load(given, Map.of(), directory, Optional.empty());
        return String.valueOf(
                assertThrows(IOException.class, () -> Server.start(config).close()).getMessage());
    }

    private static String freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return String.valueOf(socket.getLocalPort());
        }
    }
}
