package io.sluice.server.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.sluice.engine.message.Properties;
import io.sluice.engine.message.StoredMessage;
import io.sluice.protocol.BatchBody;
import io.sluice.protocol.ConsumerSendMsgBackHeader;
import io.sluice.protocol.MessageId;
import io.sluice.protocol.RequestCode;
import io.sluice.protocol.ResponseCode;
import io.sluice.protocol.SendMessageHeader;
import io.sluice.protocol.SendMessageResponse;
import io.sluice.server.remoting.Wire;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

class SendTest extends FrontDoor {
    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static SendMessageHeader header(
            String topic, int reconsumeTimes, int max, boolean batch) {
        SendMessageHeader header = Wire.sendHeader(topic, 0, "");
        return new SendMessageHeader(
                header.producerGroup(),
                topic,
                header.defaultTopic(),
                4,
                0,
                0,
                1,
                0,
                header.properties(),
                reconsumeTimes,
                false,
                max,
                batch,
                null);
    }

    @Test
    void shouldStoreWhatTheSenderSaid() throws IOException {
        var sent =
                SendMessageResponse.decode(
                        ok(wire.send("orders", 3, "TAGS\u0001a\u0002", "x")).header());
        MessageId id = MessageId.parse(sent.msgId());
        assertEquals(server.remotingPort(), id.host().getPort());
        ByteBuffer stored = ByteBuffer.wrap(ok(pull(pull("orders", 3, 0, SUBSCRIPTION))).body());
        CRC32 crc = new CRC32();
        crc.update('x');
        assertEquals((int) crc.getValue() & 0x7FFFFFFF, StoredMessage.bodyCrc(stored, 0));
        assertEquals(7, StoredMessage.flag(stored, 0));
        assertEquals(1_700_000_000_000L, StoredMessage.bornMs(stored, 0));
        assertEquals("a", Properties.text(StoredMessage.properties(stored, 0), Properties.TAGS));
        ByteBuffer host = ByteBuffer.wrap(StoredMessage.bornHost(stored, 0));
        assertEquals(127, host.get(0));
        assertEquals(wire.socket().getLocalPort(), host.getInt(4));
    }

    @Test
    void shouldUnderstandTheLongFormToo() throws IOException {
        Wire.Reply reply =
                wire.call(
                        RequestCode.SEND_MESSAGE,
                        writer ->
                                writer.field("producerGroup", "p")
                                        .field("topic", "orders")
                                        .field("defaultTopic", "TBW102")
                                        .field("defaultTopicQueueNums", 4)
                                        .field("queueId", 1)
                                        .field("sysFlag", 0)
                                        .field("bornTimestamp", 1)
                                        .field("flag", 0),
                        utf8("long"));
        ok(reply);
        assertEquals(List.of("long"), bodies(pull(pull("orders", 1, 0, SUBSCRIPTION)).body()));
    }

    @Test
    void shouldNameAMissingField() throws IOException {
        Wire.Reply reply = wire.call(RequestCode.SEND_MESSAGE_V2, writer -> writer.field("a", "p"));
        refused(ResponseCode.INVALID_PARAMETER, reply);
        assertTrue(String.valueOf(reply.header().remark()).contains("field b is missing"));
    }

    @Test
    void shouldStoreAOnewaySendWithoutAnAnswer() throws IOException {
        wire.write(
                wire.oneway(
                        RequestCode.SEND_MESSAGE_V2,
                        Wire.sendHeader("orders", 0, "")::encode,
                        utf8("quiet")));
        Wire.Reply next = ok(wire.send("orders", 0, "loud"));
        assertEquals(wire.lastOpaque(), next.header().opaque());
        assertEquals(
                List.of("quiet", "loud"), bodies(pull(pull("orders", 0, 0, SUBSCRIPTION)).body()));
    }

    @Test
    void shouldStoreABatchAndNameEachMessage() throws IOException {
        ByteBuf batch = Unpooled.buffer();
        BatchBody.encode(batch, 0, utf8("one"), utf8("UNIQ_KEY\u00011\u0002"));
        BatchBody.encode(batch, 0, utf8("two"), utf8("UNIQ_KEY\u00012\u0002"));
        byte[] body = new byte[batch.readableBytes()];
        batch.readBytes(body);
        Wire.Reply reply =
                ok(
                        wire.call(
                                RequestCode.SEND_BATCH_MESSAGE,
                                header("orders", 0, -1, true)::encode,
                                body));
        assertEquals(2, SendMessageResponse.decode(reply.header()).msgId().split(",").length);
        assertEquals(
                List.of("one", "two"), bodies(pull(pull("orders", 0, 0, SUBSCRIPTION)).body()));
        refused(
                ResponseCode.INVALID_PARAMETER,
                wire.call(
                        RequestCode.SEND_BATCH_MESSAGE,
                        header("orders", 0, -1, true)::encode,
                        utf8("no batch at all, I fear")));
    }

    @Test
    void shouldRefuseWhatBreaksALimit() throws IOException {
        refused(
                ResponseCode.MESSAGE_ILLEGAL,
                wire.call(
                        RequestCode.SEND_MESSAGE_V2,
                        Wire.sendHeader("orders", 0, "")::encode,
                        new byte[(4 << 20) + 1]));
        refused(
                ResponseCode.MESSAGE_ILLEGAL,
                wire.send("orders", 0, "k\u0001" + "v".repeat(32_768), "x"));
        ok(
                wire.call(
                        RequestCode.SEND_MESSAGE_V2,
                        Wire.sendHeader("orders", 0, "")::encode,
                        new byte[4 << 20]));
    }

    @Test
    void shouldRefuseTopicsAndQueuesThatCannotBe() throws IOException {
        refused(ResponseCode.INVALID_PARAMETER, wire.send("or/ders", 0, "x"));
        refused(ResponseCode.INVALID_PARAMETER, wire.send("o".repeat(128), 0, "x"));
        refused(ResponseCode.INVALID_PARAMETER, wire.send("orders", 8, "x"));
        refused(ResponseCode.NO_PERMISSION, wire.send("SCHEDULE_TOPIC_XXXX", 0, "x"));
    }

    @Test
    void shouldChooseAQueueIfTheSenderDoesNot() throws IOException {
        var sent = SendMessageResponse.decode(ok(wire.send("orders", -1, "x")).header());
        Wire.Reply pulled = pull(pull("orders", sent.queueId(), 0, SUBSCRIPTION));
        assertEquals(List.of("x"), bodies(ok(pulled).body()));
    }

    @Test
    void shouldDelayByLevelAndForgetTheLevel() throws IOException {
        ok(wire.send("orders", 0, "DELAY\u00012\u0002", "in an hour"));
        ok(wire.send("orders", 0, "A\u0001b\u0002DELAY\u00011\u0002", "soon"));
        Wire.Reply pulled = ok(pull(pull("orders", 0, 0, SUBSCRIPTION | SUSPEND)));
        assertEquals(List.of("soon"), bodies(pulled.body()));
        ByteBuffer stored = ByteBuffer.wrap(pulled.body());
        assertNull(Properties.text(StoredMessage.properties(stored, 0), Properties.DELAY));
        refused(ResponseCode.MESSAGE_ILLEGAL, wire.send("orders", 0, "DELAY\u0001x\u0002", "x"));
    }

    @Test
    void shouldRefuseWhatItWouldDeliverTooEarly() throws IOException {
        refused(
                ResponseCode.MESSAGE_ILLEGAL,
                wire.send("orders", 0, "TIMER_DELIVER_MS\u00019999999999999\u0002", "x"));
        refused(
                ResponseCode.MESSAGE_ILLEGAL,
                wire.send("orders", 0, "__STARTDELIVERTIME\u00019999999999999\u0002", "x"));
        ok(wire.send("orders", 0, "TRAN_MSG\u0001false\u0002", "x"));
    }

    @Test
    void shouldTakeBackFromAConsumerAndBuryAtTheEnd() throws IOException {
        ok(beat(wire, heartbeat("c1", "group", "orders")));
        var sent = SendMessageResponse.decode(ok(wire.send("orders", 0, "bad")).header());
        long position = MessageId.parse(sent.msgId()).position();
        ok(sendBack("group", position, 1));
        Wire.Reply again = ok(pull(pull("%RETRY%group", 0, 0, SUBSCRIPTION | SUSPEND)));
        ByteBuffer stored = ByteBuffer.wrap(again.body());
        assertEquals(1, StoredMessage.reconsumeTimes(stored, 0));
        byte[] properties = StoredMessage.properties(stored, 0);
        assertEquals("orders", Properties.text(properties, Properties.RETRY_TOPIC));
        assertEquals(sent.msgId(), Properties.text(properties, Properties.ORIGIN_MESSAGE_ID));
        ok(sendBack("group", position, -1));
        Wire.Reply dead = ok(pull(pull("%DLQ%group", 0, 0, SUBSCRIPTION)));
        assertEquals(List.of("bad"), bodies(dead.body()));
        refused(ResponseCode.SUBSCRIPTION_GROUP_NOT_EXIST, sendBack("nobody", position, 0));
        refused(ResponseCode.QUERY_NOT_FOUND, sendBack("group", 1, 0));
    }

    private Wire.Reply sendBack(String group, long position, int level) throws IOException {
        var header =
                new ConsumerSendMsgBackHeader(
                        group, position, level, null, "orders", false, 16, null);
        return wire.call(RequestCode.CONSUMER_SEND_MSG_BACK, header::encode);
    }

    @Test
    void shouldBuryWhatAClientRetriedTooOften() throws IOException {
        refused(ResponseCode.SUBSCRIPTION_GROUP_NOT_EXIST, wire.send("%RETRY%group", 0, "x"));
        ok(beat(wire, heartbeat("c1", "group", "orders")));
        ok(
                wire.call(
                        RequestCode.SEND_MESSAGE_V2,
                        header("%RETRY%group", 3, 3, false)::encode,
                        utf8("again")));
        ok(
                wire.call(
                        RequestCode.SEND_MESSAGE_V2,
                        header("%RETRY%group", 4, 3, false)::encode,
                        utf8("dead")));
        assertEquals(
                List.of("again"),
                bodies(ok(pull(pull("%RETRY%group", 0, 0, SUBSCRIPTION))).body()));
        assertEquals(
                List.of("dead"), bodies(ok(pull(pull("%DLQ%group", 0, 0, SUBSCRIPTION))).body()));
    }

    @Test
    void shouldKeepTheConnectionAfterARequestItDoesNotKnow() throws IOException {
        refused(ResponseCode.REQUEST_CODE_NOT_SUPPORTED, wire.call(4711, FrontDoor::none));
        assertFalse(wire.socket().isClosed());
        ok(wire.send("orders", 0, "x"));
    }
}
