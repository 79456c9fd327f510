package io.sluice.server.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.engine.message.StoredMessage;
import io.sluice.protocol.RecallMessageHeader;
import io.sluice.protocol.RequestCode;
import io.sluice.protocol.ResponseCode;
import io.sluice.server.remoting.Wire;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;

class DelayTest extends FrontDoor {
    private static final String YEAR_2286 = "9999999999999";

    private static String property(String name, Object value) {
        return name + "\u0001" + value + "\u0002";
    }

    private Wire.Reply send(String name, Object value, String body) throws IOException {
        return wire.send("orders", 0, property(name, value), body);
    }

    private List<String> now() throws IOException {
        return bodies(pull(pull("orders", 0, 0, SUBSCRIPTION)).body());
    }

    @Test
    void shouldDeliverAtTheTimeThatAPropertySays() throws IOException {
        for (String name : List.of("TIMER_DELIVER_MS", "__STARTDELIVERTIME")) {
            long dueMs = System.currentTimeMillis() + 300;
            int offset = now().size();
            ok(send(name, dueMs, name));
            assertEquals(offset, now().size());
            Wire.Reply pulled = ok(pull(pull("orders", 0, offset, SUBSCRIPTION | SUSPEND)));
            assertTrue(System.currentTimeMillis() >= dueMs, "never early");
            assertTrue(StoredMessage.storeMs(ByteBuffer.wrap(pulled.body()), 0) >= dueMs);
            assertEquals(List.of(name), bodies(pulled.body()));
        }
    }

    @Test
    void shouldDeliverAfterTheDelayThatAPropertySays() throws IOException {
        long sentMs = System.currentTimeMillis();
        ok(send("TIMER_DELAY_MS", 200, "ms"));
        assertEquals(List.of(), now());
        assertEquals(
                List.of("ms"), bodies(pull(pull("orders", 0, 0, SUBSCRIPTION | SUSPEND)).body()));
        assertTrue(System.currentTimeMillis() >= sentMs + 200, "never early");
        ok(send("TIMER_DELAY_SEC", 1, "s"));
        assertEquals(
                List.of("s"), bodies(pull(pull("orders", 0, 1, SUBSCRIPTION | SUSPEND)).body()));
        assertTrue(System.currentTimeMillis() >= sentMs + 1_200, "never early");
    }

    @Test
    void shouldDeliverAtOnceWhatWasDueBefore() throws IOException {
        ok(send("TIMER_DELIVER_MS", 1, "a"));
        ok(send("TIMER_DELIVER_MS", -5, "b"));
        ok(send("TIMER_DELAY_MS", 0, "c"));
        ok(send("TIMER_DELAY_SEC", Long.MIN_VALUE, "d"));
        ok(send("__STARTDELIVERTIME", System.currentTimeMillis() - 1_000, "e"));
        assertEquals(List.of("a", "b", "c", "d", "e"), now());
    }

    @Test
    void shouldRefuseTimesThatAreTooFarOrNone() throws IOException {
        refused(ResponseCode.MESSAGE_ILLEGAL, send("TIMER_DELIVER_MS", YEAR_2286, "x"));
        refused(ResponseCode.MESSAGE_ILLEGAL, send("TIMER_DELAY_SEC", 366 * 24 * 3600, "x"));
        refused(ResponseCode.MESSAGE_ILLEGAL, send("TIMER_DELAY_SEC", Long.MAX_VALUE, "x"));
        refused(ResponseCode.MESSAGE_ILLEGAL, send("TIMER_DELAY_MS", Long.MAX_VALUE, "x"));
        refused(ResponseCode.MESSAGE_ILLEGAL, send("TIMER_DELAY_MS", "soon", "x"));
        refused(ResponseCode.MESSAGE_ILLEGAL, send("TIMER_DELIVER_MS", "1e3", "x"));
        refused(ResponseCode.MESSAGE_ILLEGAL, send("__STARTDELIVERTIME", "", "x"));
        refused(ResponseCode.MESSAGE_ILLEGAL, send("__STARTDELIVERTIME", YEAR_2286, "x"));
        assertEquals(List.of(), now());
        ok(send("TIMER_DELAY_SEC", 364 * 24 * 3600, "x"));
    }

    /** Level 1 of these tests is 1 ms. */
    @Test
    void shouldLetALevelCountBeforeATime() throws IOException {
        ok(
                wire.send(
                        "orders",
                        0,
                        property("DELAY", 1) + property("TIMER_DELAY_MS", 9_999_999),
                        "x"));
        assertEquals(
                List.of("x"), bodies(pull(pull("orders", 0, 0, SUBSCRIPTION | SUSPEND)).body()));
    }

    // Recall.

    private Wire.Reply recall(String topic, String handle) throws IOException {
        return wire.call(
                RequestCode.RECALL_MESSAGE, new RecallMessageHeader("p", topic, handle)::encode);
    }

    private static String handle(Wire.Reply sent) {
        String handle = ok(sent).header().textOrNull("recallHandle");
        assertNotNull(handle, "a delayed message can be recalled");
        return handle;
    }

    private Wire.Reply keyed(String key, long delayMs) throws IOException {
        return wire.send(
                "orders", 0, property("UNIQ_KEY", key) + property("TIMER_DELAY_MS", delayMs), key);
    }

    @Test
    void shouldNotDeliverWhatIsRecalled() throws IOException {
        String handle = handle(keyed("KEY1", 400));
        keyed("KEY2", 500);
        assertEquals("KEY1", ok(recall("orders", handle)).header().text("msgId"));
        assertEquals("KEY1", ok(recall("orders", handle)).header().text("msgId"));
        assertEquals(
                List.of("KEY2"), bodies(pull(pull("orders", 0, 0, SUBSCRIPTION | SUSPEND)).body()));
    }

    @Test
    void shouldGiveAHandleThatClientsUnderstand() throws IOException {
        long beforeMs = System.currentTimeMillis();
        String handle = handle(keyed("KEY", 60_000));
        String[] words =
                new String(Base64.getUrlDecoder().decode(handle), StandardCharsets.UTF_8)
                        .split(" ");
        assertEquals("v1", words[0]);
        assertEquals("orders", words[1]);
        assertEquals("sluice-0", words[2]);
        assertTrue(Long.parseLong(words[3]) >= beforeMs + 60_000);
        assertEquals("KEY", words[4]);
        assertNull(ok(wire.send("orders", 0, "now")).header().textOrNull("recallHandle"));
    }

    @Test
    void shouldRefuseHandlesOfNothing() throws IOException {
        String handle = handle(keyed("KEY", 60_000));
        String fired = handle(wire.send("orders", 1, property("DELAY", 1), "fired"));
        pull(pull("orders", 1, 0, SUBSCRIPTION | SUSPEND));
        ok(wire.send("other", 0, "x"));
        refused(ResponseCode.ILLEGAL_OPERATION, recall("orders", fired));
        refused(ResponseCode.ILLEGAL_OPERATION, recall("other", handle));
        refused(ResponseCode.TOPIC_NOT_EXIST, recall("none", handle));
        for (String nonsense : List.of("", "?", "djEgYQ==", handle + "A", handle.substring(4))) {
            refused(ResponseCode.ILLEGAL_OPERATION, recall("orders", nonsense));
        }
        for (String position : List.of("0", "-1", "12", "9223372036854775807", "x")) {
            String words =
                    "v1 orders sluice-0 "
                            + (System.currentTimeMillis() + 60_000)
                            + " KEY "
                            + position;
            byte[] bytes = words.getBytes(StandardCharsets.UTF_8);
            refused(
                    ResponseCode.ILLEGAL_OPERATION,
                    recall("orders", Base64.getUrlEncoder().encodeToString(bytes)));
        }
        refused(
                ResponseCode.INVALID_PARAMETER,
                wire.call(RequestCode.RECALL_MESSAGE, out -> out.field("topic", "orders")));
    }

    // Time to live.

    @Test
    void shouldPassOverMessagesWhoseTimeIsOver() throws IOException {
        ok(send("TTL_MS", 1, "born in 2023"));
        ok(send("A", 1, "for ever"));
        assertEquals(List.of("for ever"), now());
        refused(ResponseCode.MESSAGE_ILLEGAL, send("TTL_MS", "soon", "x"));
        refused(ResponseCode.MESSAGE_ILLEGAL, send("TTL_MS", -1, "x"));
        refused(
                ResponseCode.MESSAGE_ILLEGAL,
                wire.send(
                        "orders",
                        0,
                        property("TTL_MS", 1_000) + property("TIMER_DELAY_MS", 2_000),
                        "over before it is due"));
    }
}
