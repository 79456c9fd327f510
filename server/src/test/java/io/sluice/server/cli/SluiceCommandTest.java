package io.sluice.server.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.server.config.Config;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.ServerSocket;
import java.util.List;
import org.junit.jupiter.api.Test;

class SluiceCommandTest {
    private static final List<String> COMMANDS =
            List.of("server", "demo", "topic", "group", "send", "tail", "bench", "version");

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void shouldShowTheCommandsIfNoneIsGiven() {
        assertEquals(0, run());
        for (String command : COMMANDS) {
            assertTrue(out.toString().contains("  " + command + " "), out::toString);
        }
        assertTrue(out.toString().contains("Exit codes"), out::toString);
    }

    @Test
    void shouldShowHelpWithExamplesForEveryCommand() {
        for (String command : COMMANDS) {
            out.getBuffer().setLength(0);
            assertEquals(0, run(command, "--help"));
            assertTrue(out.toString().contains("./sluice " + command), out::toString);
        }
    }

    @Test
    void shouldRefuseAnUnknownCommandOrFlagWithTheNearest() {
        assertEquals(2, run("servr"));
        assertTrue(err.toString().contains("did you mean 'server'?"), err::toString);
        assertEquals(2, run("server", "--datadir", "x"));
        assertTrue(err.toString().contains("did you mean '--data-dir'?"), err::toString);
    }

    @Test
    void shouldRefuseABadSettingAsUsage() {
        assertEquals(2, run("server", "--durability", "maybe"));
        assertEquals(
                "setting 'durability' is 'maybe' (flag --durability); expected sync or async",
                err.toString().strip());
    }

    @Test
    void shouldFailWithTheReasonIfTheServerCannotStart() throws Exception {
        String remoting;
        String broker;
        try (ServerSocket one = new ServerSocket(0);
                ServerSocket other = new ServerSocket(0)) {
            remoting = String.valueOf(one.getLocalPort());
            broker = String.valueOf(other.getLocalPort());
        }
        assertEquals(1, run("server", "--remoting-port", remoting, "--broker-port", broker));
        assertTrue(err.toString().contains("data directory is locked"), err::toString);
    }

    @Test
    void shouldPrintTheVersionAsJson() {
        assertEquals(0, run("version", "-o", "json"));
        assertTrue(
                out.toString().startsWith("{\"sluice\":\"" + Version.text() + "\",\"jdk\":\"25"),
                out::toString);
    }

    @Test
    void shouldTakeVersionAsAFlagToo() {
        assertEquals(0, run("--version"));
        assertTrue(out.toString().startsWith("sluice  " + Version.text()), out::toString);
    }

    private int run(String... args) {
        return SluiceCommand.run(
                args,
                SluiceCommandTest::refuseToStart,
                new PrintWriter(out, true),
                new PrintWriter(err, true));
    }

    private static AutoCloseable refuseToStart(Config config) throws Exception {
        throw new IOException("data directory is locked");
    }
}
