package io.sluice.server.dispatch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.protocol.ConsumeMessageDirectlyHeader;
import io.sluice.protocol.GetConsumerRunningInfoHeader;
import io.sluice.protocol.GetConsumerStatusHeader;
import io.sluice.protocol.RequestCode;
import io.sluice.protocol.ResponseCode;
import io.sluice.protocol.SendMessageResponse;
import io.sluice.protocol.SerializeType;
import io.sluice.server.remoting.Wire;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The server asks clients on behalf of others. */
class ClientCallTest extends FrontDoor {
    private static final byte[] INFO = "{\"jstack\":\"\"}".getBytes(StandardCharsets.UTF_8);

    private static byte[] question(Wire operator, String clientId) {
        var header = new GetConsumerRunningInfoHeader("group", clientId, false);
        int code = RequestCode.GET_CONSUMER_RUNNING_INFO;
        return operator.request(code, header::encode, new byte[0]);
    }

    private static Wire.Reply passedOn(Wire consumer) throws IOException {
        Wire.Reply asked = consumer.notification();
        while (asked.code() == RequestCode.NOTIFY_CONSUMER_IDS_CHANGED) {
            asked = consumer.notification();
        }
        assertFalse(asked.header().oneway());
        return asked;
    }

    @Test
    void shouldPassAQuestionToAClientAndItsAnswerBack() throws IOException {
        for (SerializeType type : SerializeType.values()) {
            try (Wire consumer = new Wire(server.remotingPort(), type)) {
                ok(beat(consumer, heartbeat("c1", "group", "orders")));
                wire.write(question(wire, "c1"));
                Wire.Reply asked = passedOn(consumer);
                assertEquals(RequestCode.GET_CONSUMER_RUNNING_INFO, asked.code());
                assertEquals(type, asked.header().serializeType());
                var fields = GetConsumerRunningInfoHeader.decode(asked.header());
                assertEquals(new GetConsumerRunningInfoHeader("group", "c1", false), fields);

                consumer.respond(asked, ResponseCode.SUCCESS, INFO);
                assertArrayEquals(INFO, ok(wire.answer()).body());
            }
        }
    }

    @Test
    void shouldTellAnswersOfSeveralQuestionsApart() throws IOException {
        try (Wire consumer = new Wire(server.remotingPort());
                Wire other = new Wire(server.remotingPort())) {
            ok(beat(consumer, heartbeat("c1", "group", "orders")));
            wire.write(question(wire, "c1"));
            Wire.Reply first = passedOn(consumer);
            other.write(question(other, "c1"));
            Wire.Reply second = passedOn(consumer);

            consumer.respond(second, ResponseCode.SUCCESS, new byte[] {2});
            consumer.respond(first, ResponseCode.SYSTEM_ERROR, new byte[] {1});
            assertArrayEquals(new byte[] {2}, ok(other.answer()).body());
            assertEquals(ResponseCode.SYSTEM_ERROR, wire.answer().code());
        }
    }

    @Test
    void shouldSayThatAClientIsNotThereOrHasGone() throws IOException {
        wire.write(question(wire, "nobody"));
        refused(ResponseCode.SYSTEM_ERROR, wire.answer());
        try (Wire consumer = new Wire(server.remotingPort())) {
            ok(beat(consumer, heartbeat("c1", "group", "orders")));
            wire.write(question(wire, "c1"));
            passedOn(consumer);
        }
        Wire.Reply gone = wire.answer();
        refused(ResponseCode.SYSTEM_ERROR, gone);
        assertTrue(("" + gone.header().remark()).contains("disconnected"), gone.header()::toString);
    }

    @Test
    void shouldIgnoreAnswersThatNobodyAskedFor() throws IOException {
        Wire.Reply sent = ok(wire.send("orders", 0, "body"));
        wire.respond(sent, ResponseCode.SUCCESS, INFO);
        ok(wire.send("orders", 0, "body"));
    }

    @Test
    void shouldAnswerForAClientThatOwesManyAnswers() throws IOException {
        try (Wire consumer = new Wire(server.remotingPort())) {
            ok(beat(consumer, heartbeat("c1", "group", "orders")));
            for (int i = 0; i <= 1024; i++) {
                wire.write(question(wire, "c1"));
            }
            Wire.Reply busy = wire.answer();
            refused(ResponseCode.SYSTEM_ERROR, busy);
            assertTrue(("" + busy.header().remark()).contains("behind"), busy.header()::toString);
        }
    }

    @Test
    void shouldTellHowFarTheMembersSayTheyAre() throws IOException {
        var header = new GetConsumerStatusHeader("orders", "group", "");
        int code = RequestCode.INVOKE_BROKER_TO_GET_CONSUMER_STATUS;
        refused(ResponseCode.SYSTEM_ERROR, wire.call(code, header::encode));
        try (Wire consumer = new Wire(server.remotingPort());
                Wire odd = new Wire(server.remotingPort())) {
            ok(beat(consumer, heartbeat("c1", "group", "orders")));
            ok(beat(odd, heartbeat("c2", "group", "orders")));
            wire.write(wire.request(code, header::encode, new byte[0]));
            Wire.Reply asked = passedOn(consumer);
            assertEquals(RequestCode.GET_CONSUMER_STATUS_FROM_CLIENT, asked.code());
            assertEquals("orders", asked.header().text("topic"));
            assertEquals("group", asked.header().text("group"));
            // As the 5.5 client writes it.
            String queues = "{{\"brokerName\":\"sluice-0\",\"queueId\":3,\"topic\":\"orders\"}:7}";
            String own = "{\"consumerTable\":{},\"messageQueueTable\":" + queues + "}";
            consumer.respond(asked, ResponseCode.SUCCESS, own.getBytes(StandardCharsets.UTF_8));
            odd.respond(passedOn(odd), ResponseCode.SUCCESS, "[".getBytes(StandardCharsets.UTF_8));
            assertEquals(
                    "{\"consumerTable\":{\"c1\":" + queues + "},\"messageQueueTable\":{}}",
                    new String(ok(wire.answer()).body(), StandardCharsets.UTF_8));
        }
    }

    @Test
    void shouldHaveAClientConsumeAMessage() throws IOException {
        String id = SendMessageResponse.decode(ok(wire.send("orders", 0, "x")).header()).msgId();
        var header = new ConsumeMessageDirectlyHeader("group", "c1", id, "orders", null);
        try (Wire consumer = new Wire(server.remotingPort())) {
            ok(beat(consumer, heartbeat("c1", "group", "orders")));
            int code = RequestCode.CONSUME_MESSAGE_DIRECTLY;
            wire.write(wire.request(code, header::encode, new byte[0]));
            Wire.Reply asked = passedOn(consumer);
            assertEquals(List.of("x"), bodies(asked.body()));
            assertEquals("sluice-0", asked.header().text("brokerName"));
            consumer.respond(asked, ResponseCode.SUCCESS, INFO);
            assertArrayEquals(INFO, ok(wire.answer()).body());

            var bad = new ConsumeMessageDirectlyHeader("group", "c1", "../../etc", "orders", null);
            refused(ResponseCode.INVALID_PARAMETER, wire.call(code, bad::encode));
            String none = id.substring(0, 16) + "7FFFFFFFFFFFFFFF";
            var gone = new ConsumeMessageDirectlyHeader("group", "c1", none, "orders", null);
            refused(ResponseCode.QUERY_NOT_FOUND, wire.call(code, gone::encode));
        }
    }
}
