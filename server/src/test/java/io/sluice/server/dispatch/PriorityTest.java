package io.sluice.server.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sluice.protocol.CreateTopicHeader;
import io.sluice.protocol.PopMessageHeader;
import io.sluice.protocol.RequestCode;
import io.sluice.server.remoting.Wire;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Priorities in bytes: who pops gets the highest first, who pulls gets the order of the queue. */
final class PriorityTest extends FrontDoor {
    @BeforeEach
    void send() throws IOException {
        for (String type : List.of("PRIORITY", "NORMAL")) {
            var header =
                    new CreateTopicHeader(
                            type,
                            "TBW102",
                            1,
                            1,
                            6,
                            "SINGLE_TAG",
                            0,
                            false,
                            "+message.type=" + type);
            ok(wire.call(RequestCode.UPDATE_AND_CREATE_TOPIC, header::encode));
            send(type, "none", "");
            send(type, "low", priority(1));
            send(type, "high", priority(9));
            send(type, "middle", priority(5));
            send(type, "high too", priority(9));
        }
    }

    private static String priority(int priority) {
        return "_SYS_MSG_PRIORITY_\1" + priority + "\2";
    }

    private void send(String topic, String body, String properties) throws IOException {
        String key = "UNIQ_KEY\1" + topic + body + "\2";
        ok(wire.send(topic, 0, key + properties, body));
    }

    private Wire.Reply pop(String topic, int count, boolean ordered) throws IOException {
        var header =
                new PopMessageHeader(
                        "group",
                        topic,
                        -1,
                        count,
                        60_000,
                        0,
                        PopMessageHeader.INIT_MIN,
                        "TAG",
                        "*",
                        ordered,
                        null);
        return wire.call(RequestCode.POP_MESSAGE, header::encode);
    }

    private List<String> popped(String topic, int count, boolean ordered) throws IOException {
        return bodies(ok(pop(topic, count, ordered)).body());
    }

    @Test
    void shouldGiveTheHighestFirstToThoseThatPop() throws IOException {
        Wire.Reply first = ok(pop("PRIORITY", 3, false));
        assertEquals(List.of("high", "high too", "middle"), bodies(first.body()));
        var fields = first.header().fields();
        assertEquals("0 0 2", fields.get("startOffsetInfo"));
        assertEquals("0 0 2,4,3", fields.get("msgOffsetInfo"));
        assertEquals("2", fields.get("restNum"));
        send("PRIORITY", "later", priority(7));
        assertEquals(List.of("later", "low", "none"), popped("PRIORITY", 32, false));
    }

    @Test
    void shouldKeepTheOrderForThoseThatWantItOrPull() throws IOException {
        List<String> all = List.of("none", "low", "high", "middle", "high too");
        assertEquals(all, bodies(ok(pull(pull("PRIORITY", 0, 0, SUBSCRIPTION))).body()));
        assertEquals(all, popped("PRIORITY", 32, true));
    }

    @Test
    void shouldLookAtPrioritiesOnlyInTopicsOfThatType() throws IOException {
        assertEquals(List.of("none", "low"), popped("NORMAL", 2, false));
    }
}
