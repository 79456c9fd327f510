package io.sluice.server.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.protocol.ConsumerSendMsgBackHeader;
import io.sluice.protocol.MessageId;
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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands about messages, dead letters and timers, and a real server. */
class MessageCommandsTest {
    @TempDir Path directory;
    private Server server;
    private final StringWriter out = new StringWriter();

    @BeforeEach
    void start() throws Exception {
        server = TestServers.start(directory);
        ok("topic", "create", "orders", "--queues", "2");
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    private String send(String body, String... more) {
        List<String> words = new ArrayList<>(List.of("send", "orders", body, "--queue", "0"));
        words.addAll(List.of(more));
        Matcher id = Pattern.compile("id ([0-9A-F]{32})").matcher(ok(words.toArray(String[]::new)));
        assertTrue(id.find(), out::toString);
        return id.group(1);
    }

    @Test
    void shouldShowAMessageByItsIdsAndItsPlaceWithWhatBecameOfIt() throws Exception {
        String id = send("hello", "--key", "42", "-p", "UNIQ_KEY=U1");
        commit("billing", 1);
        for (String name : List.of(id, "U1", "0:0")) {
            String shown = ok("msg", "get", "orders", name);
            assertTrue(shown.contains("body            hello\n"), shown);
            assertTrue(shown.contains(id), shown);
            assertTrue(shown.contains("billing  ACKNOWLEDGED"), shown);
        }
        String json = ok("msg", "get", "orders", "U1", "-o", "json");
        assertTrue(json.contains("\"groups\":[{\"group\":\"billing\""), json);
        assertEquals(3, run("msg", "get", "orders", "U2"));
        assertEquals(3, run("msg", "get", "orders", "0:7"));
        assertTrue(out.toString().contains("queue 0 has offsets 0 to 0, not 7"), out::toString);
        assertEquals(3, run("msg", "get", "nowhere", "U1"));
    }

    @Test
    void shouldFindByKeyPastOnePageAndByTagAndTime() {
        for (int i = 0; i < 150; i++) {
            send("m" + i, "--key", "all", "--tag", i % 50 == 0 ? "rare" : "common");
        }
        List<String> found = ok("msg", "find", "orders", "--key", "all").lines().toList();
        assertEquals(150, found.size());
        assertTrue(found.getFirst().endsWith("m149"), found.getFirst());
        assertTrue(found.getLast().endsWith("m0"), found.getLast());
        assertEquals(3, ok("msg", "find", "orders", "--tag", "rare").lines().toList().size());
        assertEquals(
                2,
                ok("msg", "find", "orders", "--key", "all", "--tag", "rare", "--count", "2")
                        .lines()
                        .toList()
                        .size());
        assertEquals(150, ok("msg", "find", "orders", "--from", "1h").lines().toList().size());
        assertEquals("", ok("msg", "find", "orders", "--to", "1h"));
        assertEquals(2, run("msg", "find", "orders", "--from", "yesterday"));
        assertEquals(3, run("msg", "find", "nowhere", "--key", "all"));
    }

    @Test
    void shouldTellWhyAMessageWasNotConsumed() throws Exception {
        send("first");
        send("second");
        assertEquals(3, run("msg", "why", "orders", "0:1", "nobody"));
        commit("billing", 0);
        assertEquals(
                "NOT_REACHED: the group has committed offset 0, one message is before it, and no"
                        + " client of the group is connected\n",
                ok("msg", "why", "orders", "0:1", "billing"));
        commit("billing", 2);
        String json = ok("msg", "why", "orders", "0:1", "billing", "-o", "json");
        assertTrue(json.contains("\"state\":\"ACKNOWLEDGED\""), json);
    }

    @Test
    void shouldListDeadLettersAndResendThemToTheirGroupOnly() throws Exception {
        List<String> ids = List.of(send("a", "--key", "k1"), send("b"), send("c"));
        commit("billing", 3);
        assertEquals("group billing has no dead letters\n", ok("dlq", "list", "billing"));
        for (String id : ids) {
            bury("billing", id);
        }
        assertEquals(3, ok("dlq", "list", "billing").lines().toList().size());
        assertTrue(ok("msg", "why", "orders", "0:1", "billing").startsWith("DEAD_LETTERED"));
        assertEquals(2, run("dlq", "resend", "billing"));
        assertTrue(
                ok("dlq", "resend", "billing", "--all", "--dry-run")
                        .endsWith("would resend 3 messages of %DLQ%billing to group billing\n"));
        assertEquals(2, run("dlq", "resend", "billing", "--all"), "nobody can be asked");
        assertTrue(ok("msg", "why", "orders", "0:1", "billing").startsWith("DEAD_LETTERED"));
        ok("dlq", "resend", "billing", "--id", "0:1", "--yes");
        assertTrue(ok("msg", "why", "orders", "0:1", "billing").startsWith("RETRY_NOT_REACHED"));
        assertTrue(ok("msg", "why", "orders", "0:0", "billing").startsWith("DEAD_LETTERED"));
        ok("dlq", "resend", "billing", "--key", "k1", "--yes", "--rate", "1000");
        assertTrue(ok("msg", "why", "orders", "0:0", "billing").startsWith("RETRY_NOT_REACHED"));
        assertEquals(
                "[\"%DLQ%billing\",\"%RETRY%billing\",\"orders\"]",
                ok("topic", "list", "--all", "-o", "json")
                        .replace("{\"topic\":", "")
                        .replace("}", "")
                        .strip());
        assertEquals(3, run("dlq", "list", "nobody"));
    }

    @Test
    void shouldResendChosenMessagesToOneGroup() throws Exception {
        send("a", "--tag", "red");
        send("b", "--tag", "blue");
        send("c", "--tag", "red");
        commit("billing", 3);
        assertEquals(2, run("msg", "resend", "orders", "--group", "billing"));
        assertEquals(3, run("msg", "resend", "orders", "--group", "nobody", "--id", "0:0", "-y"));
        ok("msg", "resend", "orders", "--group", "billing", "--tag", "red", "--yes");
        List<String> got = ok("msg", "find", "%RETRY%billing").lines().toList();
        assertEquals(2, got.size());
        assertTrue(got.getFirst().endsWith("a") && got.getLast().endsWith("c"), got::toString);
        assertEquals("", ok("msg", "find", "orders", "--key", "nothing"));
        String json = ok("msg", "find", "%RETRY%billing", "--count", "1", "-o", "json");
        assertTrue(json.contains("\"RETRY_TOPIC\":\"orders\""), json);
        assertTrue(json.contains("\"ORIGIN_MESSAGE_ID\""), json);
    }

    @Test
    void shouldListWhatIsNotDueYet() throws Exception {
        commit("billing", 0);
        send("later", "--key", "k9", "-p", "DELAY=2", "-p", "UNIQ_KEY=U9");
        String listed = ok("timer", "list");
        assertTrue(listed.contains("orders      0  U9  k9           0\n"), listed);
        assertTrue(listed.endsWith("waiting in all: 1\n"), listed);
        String shown = ok("msg", "get", "orders", "U9");
        assertTrue(shown.contains("due "), shown);
        assertFalse(shown.contains("offset"), "it is in no queue: " + shown);
        assertEquals(shown, ok("msg", "get", "orders", "k9"), "by its key");
        assertTrue(ok("msg", "why", "orders", "k9", "billing").startsWith("NOT_YET_DUE"));
        assertEquals(2, run("msg", "resend", "orders", "--group", "billing", "--id", "U9", "-y"));
    }

    @Test
    void shouldTellWhyATransactionalMessageWasNotConsumed() throws Exception {
        send("other");
        commit("billing", 0);
        send("paid", "-p", "TRAN_MSG=true", "-p", "PGROUP=payers", "-p", "UNIQ_KEY=T1");
        String why = ok("msg", "why", "orders", "T1", "billing");
        assertTrue(why.startsWith("NOT_DECIDED: its transaction "), why);
        assertTrue(why.contains("producers of group payers"), why);
        String id = why.replaceAll("(?s).*transaction (\\d+) .*", "$1");
        assertTrue(ok("msg", "get", "orders", id).contains("body            paid"));
        ok("tx", "rollback", id);
        why = ok("msg", "why", "orders", "T1", "billing");
        assertTrue(why.startsWith("NOT_COMMITTED: its transaction was rolled back"), why);
    }

    @Test
    void shouldTellWhoWantsNothingOfAMessage() {
        send("hello");
        assertTrue(
                ok("msg", "get", "orders", "0:0")
                        .endsWith("no group has read the topic, or wants it\n"));
    }

    @Test
    void shouldSayThatNobodyTracedAMessage() {
        assertEquals(3, run("msg", "track", "U1"));
    }

    @Test
    void shouldFollowAMessageByItsTraces() {
        String ends = "\u0002";
        String body =
                String.join(
                                "\u0001", "Pub", "1000", "r", "makers", "orders", "U1", "t", "k1",
                                "h:1", "5", "3", "0", "OFF", "true")
                        + ends
                        + String.join(
                                "\u0001",
                                "SubBefore",
                                "2000",
                                "r",
                                "billing",
                                "rq",
                                "U1",
                                "1",
                                "k1")
                        + ends
                        + String.join(
                                "\u0001",
                                "SubAfter",
                                "rq",
                                "U1",
                                "7",
                                "false",
                                "k1",
                                "0",
                                "2007",
                                "billing")
                        + ends
                        + String.join(
                                "\u0001", "SubBefore", "9", "r", "billing", "rq", "U2", "0", "")
                        + ends;
        ok("send", "RMQ_SYS_TRACE_TOPIC", body, "-p", "KEYS=U1 k1 U2");
        assertEquals(
                """
                TIME                      STEP      GROUP    RESULT   COST MS
                1970-01-01T00:00:01Z      sent      makers   ok             3
                1970-01-01T00:00:02Z      received  billing  retry 1        -
                1970-01-01T00:00:02.007Z  consumed  billing  failed         7
                """,
                ok("msg", "track", "U1"));
        assertEquals(ok("msg", "track", "U1"), ok("msg", "track", "k1"));
    }

    private void commit(String group, long offset) throws Exception {
        try (RemotingClient client = new RemotingClient(HostPort.parse(address(), 1), 10_000)) {
            var commit = new UpdateConsumerOffsetHeader(group, "orders", 0, offset, null);
            Queues.succeeded(client.call(RequestCode.UPDATE_CONSUMER_OFFSET, commit::encode));
        }
    }

    private void bury(String group, String id) throws Exception {
        try (RemotingClient client = new RemotingClient(HostPort.parse(address(), 1), 10_000)) {
            var back =
                    new ConsumerSendMsgBackHeader(
                            group,
                            MessageId.parse(id).position(),
                            -1,
                            id,
                            "orders",
                            false,
                            ConsumerSendMsgBackHeader.ABSENT,
                            null);
            Queues.succeeded(client.call(RequestCode.CONSUMER_SEND_MSG_BACK, back::encode));
        }
    }

    private String ok(String... words) {
        assertEquals(0, run(words), out::toString);
        return out.toString();
    }

    private String address() {
        return "127.0.0.1:" + server.remotingPort();
    }

    private int run(String... words) {
        out.getBuffer().setLength(0);
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
