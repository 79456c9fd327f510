package io.sluice.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.bench.floor.FloorServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SluiceContenderTest {
    @TempDir(factory = InBuildDirectory.class)
    Path directory;

    @Test
    void shouldFindTheJavaProcessBehindTheStartScript() throws IOException, InterruptedException {
        Files.writeString(directory.resolve("jvm.options"), "# why\n-Xmx64m\n\n-XX:+UseSerialGC\n");
        // Arguments 1 to 7: server --data-dir D --remoting-port R --broker-port B
        Path script =
                script(
                        "%s @%s -cp '%s' %s ECHO $7 $3 0; true"
                                .formatted(
                                        ProcessHandle.current().info().command().orElseThrow(),
                                        directory.resolve("jvm.options"),
                                        System.getProperty("java.class.path"),
                                        FloorServer.class.getName()));
        long pid;
        try (Contender.Started started = new Contender.Started()) {
            Endpoint endpoint =
                    new SluiceContender(script, SluiceContender.Variant.DURABLE, new Ports())
                            .start(directory.resolve("server"), started);
            Child server = endpoint.processes().getFirst();
            String expected =
                    "-Xmx64m -XX:+UseSerialGC %s ECHO %d %s 0"
                            .formatted(
                                    FloorServer.class.getName(),
                                    endpoint.sendPort(),
                                    directory.resolve("server/data"));
            assertEquals(expected, server.javaArguments());
            assertEquals(System.getProperty("java.version"), server.javaVersion());
            pid = server.javaPid();
            assertTrue(isAlive(pid));
        }
        assertFalse(isAlive(pid));
    }

    @Test
    void shouldShowWhatTheServerSaidWhenItDoesNotStart() throws IOException {
        Path script = script("echo the disk is on fire; exit 3");
        try (Contender.Started started = new Contender.Started()) {
            SluiceContender sluice =
                    new SluiceContender(script, SluiceContender.Variant.DURABLE, new Ports());
            IOException failed =
                    assertThrows(
                            IOException.class,
                            () -> sluice.start(directory.resolve("server"), started));
            assertTrue(failed.toString().contains("the disk is on fire"), failed.toString());
        }
    }

    private static boolean isAlive(long pid) {
        return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isPresent();
    }

    private Path script(String command) throws IOException {
        Path script =
                Files.writeString(directory.resolve("sluice"), "#!/bin/sh\n" + command + "\n");
        return Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
    }
}
