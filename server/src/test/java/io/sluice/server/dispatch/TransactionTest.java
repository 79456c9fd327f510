package io.sluice.server.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.sluice.engine.message.Properties;
import io.sluice.engine.message.StoredMessage;
import io.sluice.protocol.BatchBody;
import io.sluice.protocol.CheckTransactionStateHeader;
import io.sluice.protocol.DecideTransactionHeader;
import io.sluice.protocol.EndTransactionHeader;
import io.sluice.protocol.HeartbeatData;
import io.sluice.protocol.ListTransactionsHeader;
import io.sluice.protocol.MessageId;
import io.sluice.protocol.RequestCode;
import io.sluice.protocol.ResponseCode;
import io.sluice.protocol.ResumeCheckHalfMessageHeader;
import io.sluice.protocol.SendMessageHeader;
import io.sluice.protocol.SendMessageResponse;
import io.sluice.protocol.TransactionList;
import io.sluice.server.remoting.Wire;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Transactions as bytes; on this server producers are asked after 300 ms, twice. */
class TransactionTest extends FrontDoor {
    private static final String HALF = "TRAN_MSG\u0001true\u0002PGROUP\u0001payers\u0002";

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private SendMessageResponse prepare(String body) throws IOException {
        Wire.Reply reply = wire.send("orders", 1, HALF + "UNIQ_KEY\u0001K\u0002", body);
        return SendMessageResponse.decode(ok(reply).header());
    }

    private static long id(SendMessageResponse prepared) {
        return MessageId.parse(prepared.msgId()).position();
    }

    private Wire.Reply end(long id, String group, int decision) throws IOException {
        var header =
                new EndTransactionHeader("orders", group, 0, id, decision, false, "K", "K", null);
        return wire.call(RequestCode.END_TRANSACTION, header::encode);
    }

    private List<String> delivered() throws IOException {
        Wire.Reply reply = pull(pull("orders", 1, 0, SUBSCRIPTION));
        return reply.code() == ResponseCode.SUCCESS ? bodies(reply.body()) : List.of();
    }

    private List<TransactionList.Entry> list() throws IOException {
        var header = new ListTransactionsHeader(0, 10);
        Wire.Reply reply = ok(wire.call(RequestCode.LIST_TRANSACTIONS, header::encode));
        return TransactionList.decode(reply.buffer(), 0, reply.body().length).transactions();
    }

    @Test
    void shouldDeliverAMessageOnceItIsCommitted() throws IOException {
        SendMessageResponse prepared = prepare("paid");
        assertEquals("K", prepared.transactionId());
        assertEquals(1, prepared.queueId());
        assertEquals(List.of(), delivered());

        ok(end(id(prepared), "payers", EndTransactionHeader.UNKNOWN));
        assertEquals(List.of(), delivered());
        ok(end(id(prepared), "payers", EndTransactionHeader.COMMIT));
        ByteBuffer stored = ByteBuffer.wrap(ok(pull(pull("orders", 1, 0, SUBSCRIPTION))).body());
        assertEquals(8, StoredMessage.systemFlag(stored, 0));
        byte[] properties = StoredMessage.properties(stored, 0);
        assertEquals("payers", Properties.text(properties, Properties.PRODUCER_GROUP));
        assertEquals("true", Properties.text(properties, SendProperties.TRANSACTION_PREPARED));
        ok(end(id(prepared), "payers", EndTransactionHeader.COMMIT));
        assertEquals(List.of("paid"), delivered());
    }

    @Test
    void shouldAnswerASecondDecisionWithTheFirst() throws IOException {
        long id = id(prepare("not paid"));
        ok(end(id, "payers", EndTransactionHeader.ROLLBACK));
        Wire.Reply reply = end(id, "payers", EndTransactionHeader.COMMIT);
        refused(ResponseCode.ILLEGAL_OPERATION, reply);
        assertTrue(("" + reply.header().remark()).contains("was rolled back"));
        assertEquals(List.of(), delivered());
    }

    @Test
    void shouldRefuseWhatIsNoDecisionOfThisTransaction() throws IOException {
        long id = id(prepare("paid"));
        refused(ResponseCode.SYSTEM_ERROR, end(id, "thieves", EndTransactionHeader.COMMIT));
        refused(ResponseCode.SYSTEM_ERROR, end(id + 1, "payers", EndTransactionHeader.COMMIT));
        refused(ResponseCode.SYSTEM_ERROR, end(-5, "payers", EndTransactionHeader.ROLLBACK));
        refused(ResponseCode.INVALID_PARAMETER, end(id, "payers", 4));
        refused(
                ResponseCode.INVALID_PARAMETER,
                wire.call(RequestCode.END_TRANSACTION, FrontDoor::none));
        assertEquals(List.of(), delivered());
        assertEquals(1, list().size());
    }

    @Test
    void shouldRefuseWhatCannotBeTransactional() throws IOException {
        ByteBuf batch = Unpooled.buffer();
        BatchBody.encode(batch, 0, utf8("x"), utf8(HALF));
        byte[] bytes = new byte[batch.readableBytes()];
        batch.readBytes(bytes);
        refused(
                ResponseCode.MESSAGE_ILLEGAL,
                wire.call(RequestCode.SEND_BATCH_MESSAGE, header(0, true)::encode, bytes));
        refused(
                ResponseCode.MESSAGE_ILLEGAL,
                wire.call(RequestCode.SEND_MESSAGE_V2, header(4, false)::encode, bytes));
        refused(
                ResponseCode.MESSAGE_ILLEGAL,
                wire.send("orders", 0, HALF + "TIMER_DELIVER_MS\u00019999999999999\u0002", "x"));
        assertEquals(List.of(), list());
    }

    private static SendMessageHeader header(int systemFlag, boolean batch) {
        SendMessageHeader header = Wire.sendHeader("orders", 0, "");
        return new SendMessageHeader(
                header.producerGroup(),
                header.topic(),
                header.defaultTopic(),
                4,
                0,
                systemFlag,
                1,
                0,
                header.properties(),
                0,
                false,
                SendMessageHeader.ABSENT,
                batch,
                null);
    }

    @Test
    void shouldTakeTheGroupOfTheHeaderWhereTheMessageNamesNone() throws IOException {
        Wire.Reply reply = wire.send("orders", 1, "TRAN_MSG\u0001true\u0002", "x");
        long id = id(SendMessageResponse.decode(ok(reply).header()));
        ok(end(id, "producers", EndTransactionHeader.COMMIT));
        assertEquals(List.of("x"), delivered());
    }

    @Test
    void shouldAskAProducerOfTheGroup() throws IOException {
        try (Wire producer = new Wire(server.remotingPort())) {
            ok(beat(producer, new HeartbeatData("c", List.of("payers"), List.of(), 0, false)));
            SendMessageResponse prepared = prepare("paid");
            Wire.Reply asked = producer.notification();
            assertEquals(RequestCode.CHECK_TRANSACTION_STATE, asked.code());
            assertTrue(asked.header().oneway());
            var header = CheckTransactionStateHeader.decode(asked.header());
            assertEquals("orders", header.topic());
            assertEquals(id(prepared), header.commitLogOffset());
            assertEquals("K", header.transactionId());
            assertEquals(prepared.msgId(), header.offsetMsgId());
            ByteBuffer half = ByteBuffer.wrap(asked.body());
            assertEquals("paid", bodies(asked.body()).getFirst());
            byte[] properties = StoredMessage.properties(half, 0);
            assertEquals("payers", Properties.text(properties, Properties.PRODUCER_GROUP));
            assertEquals(id(prepared), StoredMessage.position(half, 0));

            ok(end(header.commitLogOffset(), "payers", EndTransactionHeader.COMMIT));
            assertEquals(List.of("paid"), delivered());
        }
    }

    @Test
    void shouldAskLaterWhereTheMessageSaysSo() throws IOException {
        try (Wire producer = new Wire(server.remotingPort())) {
            ok(beat(producer, new HeartbeatData("c", List.of("payers"), List.of(), 0, false)));
            String later = "CHECK_IMMUNITY_TIME_IN_SECONDS\u00013600\u0002";
            String nonsense = "CHECK_IMMUNITY_TIME_IN_SECONDS\u0001soon\u0002";
            ok(wire.send("orders", 1, HALF + later, "later"));
            ok(wire.send("orders", 1, HALF + nonsense, "by rule"));
            assertEquals("by rule", bodies(producer.notification().body()).getFirst());
            assertEquals("by rule", bodies(producer.notification().body()).getFirst());
            assertEquals(
                    List.of(0, 2), list().stream().map(TransactionList.Entry::checks).toList());
        }
    }

    @Test
    void shouldDelayFromTheCommitOn() throws IOException {
        SendMessageResponse prepared =
                SendMessageResponse.decode(
                        ok(wire.send("orders", 1, HALF + "DELAY\u00012\u0002", "in an hour"))
                                .header());
        ok(end(id(prepared), "payers", EndTransactionHeader.COMMIT));
        assertEquals(List.of(), delivered());
        ok(wire.send("orders", 1, "now"));
        assertEquals(List.of("now"), delivered());
    }

    @Test
    void shouldLetAnOperatorLookDecideAndAskAnew() throws IOException {
        try (Wire producer = new Wire(server.remotingPort())) {
            ok(beat(producer, new HeartbeatData("c", List.of("payers"), List.of(), 0, false)));
            SendMessageResponse prepared = prepare("paid");
            assertEquals(RequestCode.CHECK_TRANSACTION_STATE, producer.notification().code());
            assertEquals(RequestCode.CHECK_TRANSACTION_STATE, producer.notification().code());
            TransactionList.Entry entry = list().getFirst();
            assertEquals(id(prepared), entry.id());
            assertEquals("orders", entry.topic());
            assertEquals(1, entry.queueId());
            assertEquals("payers", entry.producerGroup());
            assertEquals(2, entry.checks());

            var resume = new ResumeCheckHalfMessageHeader("orders", prepared.msgId());
            ok(wire.call(RequestCode.RESUME_CHECK_HALF_MESSAGE, resume::encode));
            assertEquals(RequestCode.CHECK_TRANSACTION_STATE, producer.notification().code());
            var nonsense = new ResumeCheckHalfMessageHeader("orders", "nonsense");
            refused(
                    ResponseCode.INVALID_PARAMETER,
                    wire.call(RequestCode.RESUME_CHECK_HALF_MESSAGE, nonsense::encode));

            var decide = new DecideTransactionHeader(id(prepared), true);
            ok(wire.call(RequestCode.DECIDE_TRANSACTION, decide::encode));
            assertEquals(List.of("paid"), delivered());
            assertEquals(List.of(), list());
        }
    }
}
