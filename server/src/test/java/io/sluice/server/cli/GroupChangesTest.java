package io.sluice.server.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.server.Server;
import io.sluice.server.TestServers;
import io.sluice.server.config.Config;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the commands change about a group, at a real server. */
class GroupChangesTest {
    @TempDir Path directory;
    private Server server;
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeEach
    void start() throws IOException {
        server = TestServers.start(directory);
        assertEquals(0, run("topic", "create", "orders", "--queues", "1"), err::toString);
        for (int i = 0; i < 3; i++) {
            assertEquals(0, run("send", "orders", "m" + i), err::toString);
        }
        assertEquals(0, run("group", "set", "billing", "--retries", "5"), err::toString);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private int run(String... words) {
        out.getBuffer().setLength(0);
        List<String> args = new ArrayList<>(List.of(words));
        args.add("--server");
        args.add("127.0.0.1:" + server.remotingPort());
        return SluiceCommand.run(
                args.toArray(String[]::new),
                GroupChangesTest::start,
                new PrintWriter(out, true),
                new PrintWriter(err, true));
    }

    private static AutoCloseable start(Config config) {
        throw new IllegalStateException("no command here starts a server");
    }

    @Test
    void shouldShowWhereAGroupWouldGoAndSendItThere() {
        assertEquals(
                0,
                run(
                        "group",
                        "reset",
                        "billing",
                        "--topic",
                        "orders",
                        "--to",
                        "latest",
                        "--dry-run"),
                err::toString);
        assertEquals(
                """
                QUEUE  BEGIN  END  COMMITTED  TO  MOVES
                    0      0    3          -   3      -
                nothing was changed
                """,
                out.toString());
        assertEquals(0, run("group", "reset", "billing", "--topic", "orders", "--to", "latest"));
        assertTrue(out.toString().endsWith("group billing is reset\n"), out::toString);
        assertEquals(0, run("group", "reset", "billing", "--topic", "orders", "--to", "earliest"));
        assertEquals(
                """
                QUEUE  BEGIN  END  COMMITTED  TO  MOVES
                    0      0    3          3   0     -3
                group billing is reset
                """,
                out.toString());
        assertEquals(
                0,
                run("group", "reset", "billing", "--topic", "orders", "--to", "1h", "-o", "json"));
        assertEquals(
                "[{\"queue\":0,\"begin\":0,\"end\":3,\"committed\":0,\"to\":0,\"moves\":0}]\n",
                out.toString());
    }

    @Test
    void shouldRefuseToSendAGroupNowhere() {
        assertEquals(2, run("group", "reset", "billing", "--topic", "orders", "--to", "sometime"));
        assertTrue(err.toString().contains("--to is 'sometime'"), err::toString);
        assertEquals(3, run("group", "reset", "nobody", "--topic", "orders", "--to", "earliest"));
        assertEquals(3, run("group", "reset", "billing", "--topic", "bills", "--to", "earliest"));
    }

    @Test
    void shouldChangeWhatIsSaidAndKeepTheRest() {
        assertEquals(0, run("group", "set", "billing", "--rate", "20", "--retry-delays", "1s,5s"));
        assertEquals(
                0,
                run(
                        "group",
                        "set",
                        "billing",
                        "--consume",
                        "false",
                        "--after-last-attempt",
                        "discard"));
        assertEquals(
                """
                group               billing
                consume             false
                retries             5
                after-last-attempt  discard
                consume-rate        20
                retry-schedule      customized 1000 1000 1000 5000
                """,
                out.toString());
        assertEquals(0, run("group", "set", "billing", "--retry-delays", "5s..2h*2"));
        assertTrue(out.toString().contains("exponential 5000 7200000 2"), out::toString);
        assertEquals(0, run("group", "set", "billing", "--retry-delays", "default"));
        assertTrue(!out.toString().contains("retry-schedule"), out::toString);
        assertEquals(2, run("group", "set", "billing", "--retry-delays", "soon"));
        assertEquals(2, run("group", "set", "billing", "--rate", "-1"));
        assertEquals(2, run("group", "set", "billing", "--after-last-attempt", "frame it"));
    }
}
