package io.sluice.server.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class PortHolderTest {
    private static final String TABLE =
            """
              sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt uid timeout inode
               0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 777 1
               1: 0100007F:2694 0100007F:9C40 01 00000000:00000000 00:00000000 00000000 0 0 888 1
               2: 0100007F:2694 00000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 999 1
            """;

    @TempDir Path proc;

    @BeforeEach
    void layOutProc() throws IOException {
        Files.createDirectories(proc.resolve("net"));
        Files.writeString(proc.resolve("net/tcp"), TABLE);
    }

    @Test
    void shouldFindTheListenerAndNotAConnectionOfThePort() throws IOException {
        process(11, "socket:[888]", "curl");
        process(12, "socket:[999]", "nc\0-l\0009876");

        assertEquals(Optional.of(new PortHolder(12, "nc -l 9876")), PortHolder.find(proc, 9876));
    }

    @Test
    void shouldNameTheMainClassOfAJvm() throws IOException {
        process(
                12,
                "socket:[999]",
                "/jdk/bin/java\0@opts\0-Xmx1m\0-cp\0a.jar:b.jar\0io.x.Main\0run");

        assertEquals(
                Optional.of(new PortHolder(12, "java io.x.Main")), PortHolder.find(proc, 9876));
    }

    @Test
    void shouldLookAmongIpv6Listeners() throws IOException {
        Files.writeString(
                proc.resolve("net/tcp6"),
                " 0: 00000000000000000000000000000000:270F 0:0 0A 0:0 0:0 0 0 0 555 1\n");
        process(13, "socket:[555]", "x");

        assertEquals(Optional.of(new PortHolder(13, "x")), PortHolder.find(proc, 9999));
    }

    @Test
    void shouldFindNobodyWhereThereIsNoneOrNoProc() {
        assertEquals(Optional.empty(), PortHolder.find(proc, 9876));
        assertEquals(Optional.empty(), PortHolder.find(proc, 1));
        assertEquals(Optional.empty(), PortHolder.find(proc.resolve("nowhere"), 9876));
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void shouldFindThisProcess() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertEquals(
                    Optional.of(ProcessHandle.current().pid()),
                    PortHolder.find(Path.of("/proc"), socket.getLocalPort()).map(PortHolder::pid));
        }
    }

    private void process(int pid, String file, String commandLine) throws IOException {
        Path process = Files.createDirectories(proc.resolve(pid + "/fd")).getParent();
        Files.createSymbolicLink(proc.resolve(pid + "/fd/3"), Path.of(file));
        Files.writeString(
                java.util.Objects.requireNonNull(process).resolve("cmdline"), commandLine);
    }
}
