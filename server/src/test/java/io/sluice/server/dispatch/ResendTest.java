package io.sluice.server.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.sluice.protocol.BatchBody;
import io.sluice.protocol.CreateTopicHeader;
import io.sluice.protocol.RequestCode;
import io.sluice.protocol.ResponseCode;
import io.sluice.protocol.SendMessageHeader;
import io.sluice.protocol.SendMessageResponse;
import io.sluice.server.TestServers;
import io.sluice.server.remoting.Wire;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ResendTest extends FrontDoor {
    private SendMessageResponse send(String topic, int queueId, String properties, String body)
            throws IOException {
        return SendMessageResponse.decode(ok(wire.send(topic, queueId, properties, body)).header());
    }

    private SendMessageResponse send(int queueId, String key, String body) throws IOException {
        return send("orders", queueId, "UNIQ_KEY\u0001" + key + "\u0002", body);
    }

    private List<String> bodies(String topic, int queueId) throws IOException {
        return bodies(pull(pull(topic, queueId, 0, SUBSCRIPTION)).body());
    }

    @Test
    void shouldStoreOnceWhatAClientSendsAgain() throws IOException {
        SendMessageResponse first = send(2, "K1", "x");
        assertEquals(first, send(2, "K1", "x"));
        assertEquals(first, send(5, "K1", "x"), "whichever queue the client tries next");
        assertEquals(List.of("x"), bodies("orders", 2));
        assertEquals(List.of(), bodies("orders", 5));
    }

    @Test
    void shouldKnowItAfterARestart() throws IOException {
        SendMessageResponse first = send(2, "K1", "x");
        wire.close();
        server.close();
        server = TestServers.start(directory);
        wire = new Wire(server.remotingPort());
        SendMessageResponse again = send(2, "K1", "x");
        assertEquals(first.queueOffset(), again.queueOffset());
        assertEquals(first.msgId().substring(16), again.msgId().substring(16));
        assertEquals(List.of("x"), bodies("orders", 2));
    }

    @Test
    void shouldStoreWhatOnlyHasTheSameKey() throws IOException {
        send(0, "K1", "x");
        send(0, "K1", "y");
        send(0, "K2", "x");
        send("others", 0, "UNIQ_KEY\u0001K1\u0002", "x");
        send("orders", 0, "UNIQ_KEY\u0001K1\u0002TAGS\u0001t\u0002", "x");
        assertEquals(List.of("x", "y", "x", "x"), bodies("orders", 0));
        assertEquals(List.of("x"), bodies("others", 0));
        send("orders", 1, "", "z");
        send("orders", 1, "", "z");
        assertEquals(List.of("z", "z"), bodies("orders", 1));
    }

    @Test
    void shouldTellRemindersOfOneMessageApart() throws IOException {
        String key = "UNIQ_KEY\u0001K1\u0002";
        SendMessageResponse first = send("orders", 0, key + "TIMER_DELAY_MS\u000160000\u0002", "x");
        SendMessageResponse again = send("orders", 0, key + "TIMER_DELAY_MS\u000160000\u0002", "x");
        SendMessageResponse later = send("orders", 0, key + "TIMER_DELAY_MS\u000190000\u0002", "x");
        assertEquals(first, again);
        assertEquals(false, first.msgId().equals(later.msgId()));
    }

    @Test
    void shouldDeliverWhatIsSentAgainAfterItWasRecalled() throws IOException {
        String properties = "UNIQ_KEY\u0001K1\u0002TIMER_DELAY_MS\u0001300\u0002";
        String handle = ok(wire.send("orders", 0, properties, "x")).header().text("recallHandle");
        ok(
                wire.call(
                        RequestCode.RECALL_MESSAGE,
                        out -> out.field("topic", "orders").field("recallHandle", handle)));
        ok(wire.send("orders", 0, properties, "x"));
        assertEquals(
                List.of("x"), bodies(pull(pull("orders", 0, 0, SUBSCRIPTION | SUSPEND)).body()));
    }

    /** They carry the unique key of the message that they once were. */
    @Test
    void shouldStoreWhatComesFromConsumersAndOperators() throws IOException {
        ok(beat(wire, heartbeat("c1", "group", "orders")));
        String key = "UNIQ_KEY\u0001K1\u0002";
        for (int i = 0; i < 2; i++) {
            send("%RETRY%group", 0, key, "x");
            send("orders", 0, key + "ORIGIN_MESSAGE_ID\u0001A\u0002", "x");
            send("orders", 1, key + "RETRY_TOPIC\u0001orders\u0002", "x");
            send("orders", 2, key + "DLQ_ORIGIN_TOPIC\u0001orders\u0002", "x");
        }
        assertEquals(List.of("x", "x"), bodies("%RETRY%group", 0));
        for (int queueId = 0; queueId < 3; queueId++) {
            assertEquals(List.of("x", "x"), bodies("orders", queueId));
        }
    }

    @Test
    void shouldStoreABatchOnce() throws IOException {
        SendMessageResponse first = batch(3, "a", "b", "c");
        assertEquals(first, batch(3, "a", "b", "c"));
        assertEquals(first, batch(4, "a", "b", "c"));
        assertEquals(List.of("a", "b", "c"), bodies("orders", 3));
        batch(3, "b", "c", "d");
        assertEquals(6, bodies("orders", 3).size(), "another batch is stored as a whole");
    }

    private SendMessageResponse batch(int queueId, String... bodies) throws IOException {
        ByteBuf parts = Unpooled.buffer();
        for (String body : bodies) {
            BatchBody.encode(
                    parts,
                    0,
                    body.getBytes(StandardCharsets.UTF_8),
                    ("UNIQ_KEY\u0001K" + body + "\u0002").getBytes(StandardCharsets.UTF_8));
        }
        byte[] bytes = new byte[parts.readableBytes()];
        parts.readBytes(bytes);
        SendMessageHeader one = Wire.sendHeader("orders", queueId, "");
        SendMessageHeader header =
                new SendMessageHeader(
                        one.producerGroup(),
                        one.topic(),
                        one.defaultTopic(),
                        4,
                        queueId,
                        0,
                        1,
                        0,
                        one.properties(),
                        0,
                        false,
                        SendMessageHeader.ABSENT,
                        true,
                        null);
        return SendMessageResponse.decode(
                ok(wire.call(RequestCode.SEND_BATCH_MESSAGE, header::encode, bytes)).header());
    }

    @Test
    void shouldStoreEveryOneIfTheTopicSaysSo() throws IOException {
        send(0, "K1", "x");
        refused(ResponseCode.INVALID_PARAMETER, attributes("+idempotent-send=perhaps"));
        ok(attributes("+idempotent-send=off"));
        send(0, "K1", "x");
        assertEquals(List.of("x", "x"), bodies("orders", 0));
        ok(attributes("-idempotent-send"));
        send(0, "K1", "x");
        assertEquals(2, bodies("orders", 0).size());
    }

    private Wire.Reply attributes(String changes) throws IOException {
        var header =
                new CreateTopicHeader("orders", "TBW102", 8, 8, 6, "SINGLE_TAG", 0, false, changes);
        return wire.call(RequestCode.UPDATE_AND_CREATE_TOPIC, header::encode);
    }
}
