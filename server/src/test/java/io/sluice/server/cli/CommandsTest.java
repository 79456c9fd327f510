package io.sluice.server.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.protocol.RequestCode;
import io.sluice.protocol.UpdateConsumerOffsetHeader;
import io.sluice.server.Server;
import io.sluice.server.TestServers;
import io.sluice.server.config.HostPort;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands and a real server. */
class CommandsTest {
    @TempDir Path directory;
    private Server server;
    private final StringWriter out = new StringWriter();

    @BeforeEach
    void start() throws Exception {
        server = TestServers.start(directory);
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    @Test
    void shouldKeepTheQueuesOfATopicThatItChanges() {
        assertEquals("topic small has 8 queues\n", ok("topic", "create", "small"));
        ok("topic", "create", "orders", "--queues", "20");
        assertEquals(
                "topic orders has 20 queues\n",
                ok("topic", "create", "orders", "--durability", "async", "--retention", "24h"));
        String described = ok("topic", "describe", "orders");
        assertTrue(described.contains("durability   async\n"), described);
        assertTrue(described.contains("retention    24h\n"), described);
        ok("bench", "--topic", "orders", "--messages", "8", "--connections", "2");
    }

    @Test
    void shouldTailWithoutATrace() {
        ok("send", "orders", "hello");
        ok("tail", "orders", "--from", "beginning", "--count", "1");
        assertEquals("[]\n", ok("group", "list", "-o", "json"));
        assertEquals("TOPIC\norders\n", ok("topic", "list", "--all"));
    }

    @Test
    void shouldCallAWrongValueAMistakeInUse() {
        assertEquals(2, run("topic", "create", "orders", "--queues", "0"));
        assertEquals(2, run("topic", "create", "orders", "--queues", "70000"));
        assertEquals(2, run("topic", "create", "orders", "--retention", "1x"));
        assertEquals(2, run("topic", "create", "or ders"));
        assertEquals(2, run("bench", "--queues", "0"));
        assertEquals("TOPIC\n", ok("topic", "list"));
        ok("send", "orders", "hello");
        assertEquals(2, run("send", "orders", "hello", "--queue", "99"));
        assertEquals(2, run("send", "or ders", "hello"));
    }

    @Test
    void shouldCountWhatAGroupNeverCommittedApart() throws Exception {
        ok("topic", "create", "orders", "--queues", "2");
        ok("send", "orders", "a", "--queue", "0");
        ok("send", "orders", "b", "--queue", "1");
        ok("send", "orders", "c", "--queue", "1");
        try (RemotingClient client = new RemotingClient(HostPort.parse(address(), 1), 10_000)) {
            var commit = new UpdateConsumerOffsetHeader("billing", "orders", 0, 1, null);
            Queues.succeeded(client.call(RequestCode.UPDATE_CONSUMER_OFFSET, commit::encode));
        }
        String shown = ok("group", "describe", "billing");
        assertTrue(
                shown.startsWith("group        billing\nlag          0\nuncommitted  2\n"), shown);
        assertTrue(shown.contains("orders      1          -    2    -\n"), shown);
        String json = ok("group", "describe", "billing", "-o", "json");
        assertTrue(json.contains("\"committed\":null,\"end\":2,\"lag\":null"), json);
    }

    private String ok(String... words) {
        out.getBuffer().setLength(0);
        assertEquals(0, run(words), out::toString);
        return out.toString();
    }

    private String address() {
        return "127.0.0.1:" + server.remotingPort();
    }

    private int run(String... words) {
        List<String> args = new ArrayList<>(List.of(words));
        args.addAll(List.of("--server", address()));
        PrintWriter writer = new PrintWriter(out, true);
        int code =
                SluiceCommand.run(
                        args.toArray(String[]::new),
                        config -> {
                            throw new IllegalStateException("no command here starts a server");
                        },
                        writer,
                        writer);
        assertFalse(out.toString().contains("Exception"), out::toString);
        return code;
    }
}
