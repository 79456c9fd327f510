package io.sluice.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class RoundsTest {
    private static final Window.Times SHORT =
            new Window.Times(Duration.ofMillis(20), Duration.ofMillis(50));

    @TempDir(factory = InBuildDirectory.class)
    Path directory;

    private final List<ScriptedServer> servers = new ArrayList<>();
    private final List<String> starts = new ArrayList<>();

    @AfterEach
    void closeServers() throws IOException {
        for (ScriptedServer server : servers) {
            server.close();
        }
    }

    @Test
    void shouldLetContendersTakeTurnsInEveryRound() throws IOException, InterruptedException {
        Rounds.Outcome outcome = run(2, new Scripted("a", 0), new Scripted("b", 0));
        assertEquals(List.of("a", "b", "a", "b"), starts);
        assertEquals(List.of(), outcome.failures());
        assertEquals(
                List.of("a 1", "b 1", "a 2", "b 2"),
                outcome.measurements().stream().map(m -> m.contender() + " " + m.round()).toList());
        assertEquals(4, outcome.noise().size());
    }

    @Test
    void shouldGoOnWithTheOthersWhenOneFails() throws IOException, InterruptedException {
        Rounds.Outcome outcome = run(1, new Scripted("bad", 14), new Scripted("good", 0));
        assertEquals(1, outcome.failures().size());
        assertTrue(outcome.failures().getFirst().startsWith("bad, round 1: scenario 1: "));
        assertEquals("good", outcome.measurements().getFirst().contender());
    }

    @Test
    void shouldStartOnAnEmptyDirectoryAndLeaveNone() throws IOException, InterruptedException {
        Path old = Files.createDirectories(directory.resolve("a/server"));
        Files.writeString(old.resolve("left-over"), "from a run that was killed");
        run(1, new Scripted("a", 0));
        assertTrue(Files.notExists(directory.resolve("a")));
    }

    private Rounds.Outcome run(int rounds, Contender... contenders)
            throws IOException, InterruptedException {
        PrintStream progress =
                new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
        PeerJars none = new PeerJars(directory, directory);
        return new Rounds(
                        List.of(contenders),
                        List.of(Scenario.ALL.getFirst()),
                        SHORT,
                        none,
                        directory,
                        () -> 0,
                        progress)
                .run(rounds);
    }

    /** Answers every message with {@code code}. */
    private final class Scripted implements Contender {
        private final String name;
        private final int code;

        Scripted(String name, int code) {
            this.name = name;
            this.code = code;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public String description() {
            return "answers with code " + code;
        }

        @Override
        public boolean serves(Scenario.Protocol protocol) {
            return protocol == Scenario.Protocol.FRAMES;
        }

        @Override
        public Endpoint start(Path directory, Started started) throws IOException {
            assertTrue(Files.notExists(directory.resolve("left-over")));
            starts.add(name);
            servers.add(new ScriptedServer(new ScriptedServer.Behaviour(code, Integer.MAX_VALUE)));
            return servers.getLast().endpoint();
        }
    }
}
