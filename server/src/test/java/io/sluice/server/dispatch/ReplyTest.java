package io.sluice.server.dispatch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.protocol.GetMaxOffsetHeader;
import io.sluice.protocol.GetRouteInfoHeader;
import io.sluice.protocol.HeartbeatData;
import io.sluice.protocol.RequestCode;
import io.sluice.protocol.ResponseCode;
import io.sluice.protocol.SendMessageResponse;
import io.sluice.server.remoting.Wire;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReplyTest extends FrontDoor {
    private static final String TOPIC = "sluice_REPLY_TOPIC";
    private static final String TO_ASKER =
            "CORRELATION_ID\u0001c1\u0002REPLY_TO_CLIENT\u0001asker\u0002";
    private static final byte[] BODY = "the reply".getBytes(StandardCharsets.UTF_8);

    private static byte[] reply(Wire from, String properties) {
        var header = Wire.sendHeader(TOPIC, 0, properties);
        return from.request(RequestCode.SEND_REPLY_MESSAGE_V2, header::encode, BODY);
    }

    private static Wire asker(int port) throws IOException {
        Wire asker = new Wire(port);
        var producer = new HeartbeatData("asker", List.of("producers"), List.of(), 0, false);
        ok(beat(asker, producer));
        return asker;
    }

    private long stored() throws IOException {
        var end = new GetMaxOffsetHeader(TOPIC, 0, true, null);
        Wire.Reply reply = wire.call(RequestCode.GET_MAX_OFFSET, end::encode);
        return reply.code() == ResponseCode.TOPIC_NOT_EXIST ? 0 : okOffset(reply);
    }

    @Test
    void shouldBringAReplyToTheOneWhoAskedAndThenStoreIt() throws IOException {
        try (Wire asker = asker(server.remotingPort())) {
            wire.write(reply(wire, TO_ASKER));
            Wire.Reply pushed = asker.notification();
            assertEquals(RequestCode.PUSH_REPLY_MESSAGE_TO_CLIENT, pushed.code());
            assertArrayEquals(BODY, pushed.body());
            assertTrue(pushed.header().text("properties").startsWith(TO_ASKER));
            assertTrue(pushed.header().text("properties").contains("PUSH_REPLY_TIME\u0001"));
            assertEquals("producers", pushed.header().text("producerGroup"));
            assertTrue(pushed.header().text("bornHost").startsWith("127.0.0.1:"));
            assertEquals("127.0.0.1:" + server.remotingPort(), pushed.header().text("storeHost"));
            assertEquals(0, stored(), "not before it has arrived");

            asker.respond(pushed, ResponseCode.SUCCESS, new byte[0]);

            var answer = SendMessageResponse.decode(ok(wire.answer()).header());
            assertEquals(0, answer.queueOffset());
            assertEquals(1, stored());
            assertEquals(
                    List.of("the reply"), bodies(ok(pull(pull(TOPIC, 0, 0, SUBSCRIPTION))).body()));
        }
    }

    @Test
    void shouldSayThatTheAskerIsGoneOrRefusesAndStoreNothing() throws IOException {
        wire.write(reply(wire, TO_ASKER));
        Wire.Reply gone = wire.answer();
        refused(ResponseCode.SYSTEM_ERROR, gone);
        assertTrue(("" + gone.header().remark()).contains("not found"), gone.header()::toString);

        try (Wire asker = asker(server.remotingPort())) {
            wire.write(reply(wire, TO_ASKER));
            asker.respond(asker.notification(), ResponseCode.SYSTEM_ERROR, new byte[0]);
            refused(ResponseCode.SYSTEM_ERROR, wire.answer());
            wire.write(reply(wire, TO_ASKER));
            asker.notification();
        } // disconnects without an answer
        refused(ResponseCode.SYSTEM_ERROR, wire.answer());
        assertEquals(0, stored());
    }

    @Test
    void shouldRefuseAReplyThatNamesNobody() throws IOException {
        wire.write(reply(wire, "CORRELATION_ID\u0001c1\u0002"));
        Wire.Reply nobody = wire.answer();
        refused(ResponseCode.SYSTEM_ERROR, nobody);
        assertTrue(("" + nobody.header().remark()).contains("REPLY_TO_CLIENT"));
        assertEquals(0, stored());
    }

    /** A replying client looks for the topic before anyone has ever replied. */
    @Test
    void shouldKnowWhereRepliesGoBeforeTheFirst() throws IOException {
        var route = new GetRouteInfoHeader(TOPIC, false);
        ok(wire.call(RequestCode.GET_ROUTEINFO_BY_TOPIC, route::encode));
        assertEquals(0, stored());
    }

    /** Clients make the topic of the reply of it. */
    @Test
    void shouldNameTheClusterInRequestsOnly() throws IOException {
        ok(wire.send("questions", 0, TO_ASKER, "what?"));
        ok(wire.send("questions", 0, "KEYS\u0001k\u0002", "no question"));
        var stored = ok(pull(pull("questions", 0, 0, SUBSCRIPTION))).body();
        String text = new String(stored, StandardCharsets.ISO_8859_1);
        assertEquals(2, text.split("CLUSTER\u0001sluice\u0002", -1).length);
        assertTrue(text.indexOf("CLUSTER") < text.indexOf("no question"));
    }
}
