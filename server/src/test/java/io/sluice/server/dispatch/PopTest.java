package io.sluice.server.dispatch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.engine.message.StoredMessage;
import io.sluice.protocol.FrameWriter;
import io.sluice.protocol.PopMessageHeader;
import io.sluice.protocol.RequestCode;
import io.sluice.protocol.ResponseCode;
import io.sluice.protocol.SerializeType;
import io.sluice.protocol.SubscriptionGroupConfig;
import io.sluice.protocol.UpdateGroupForbiddenHeader;
import io.sluice.protocol.ViewBrokerStatsDataHeader;
import io.sluice.server.remoting.Wire;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Popping in bytes: leases, receipts, and what is answered to those that are wrong. */
final class PopTest extends FrontDoor {
    private static final long HOLD_MS = 60_000;

    @BeforeEach
    void send() throws IOException {
        ok(wire.send("orders", 0, "a"));
        ok(wire.send("orders", 0, "b"));
        ok(wire.send("orders", 0, "c"));
    }

    private static PopMessageHeader header(int queueId, int count, long holdMs, long pollMs) {
        return header(queueId, count, holdMs, pollMs, null);
    }

    /** In order, if the attempt has a name. */
    private static PopMessageHeader header(
            int queueId, int count, long holdMs, long pollMs, @Nullable String attemptId) {
        return new PopMessageHeader(
                "group",
                "orders",
                queueId,
                count,
                holdMs,
                pollMs,
                PopMessageHeader.INIT_MIN,
                "TAG",
                "*",
                attemptId != null,
                attemptId);
    }

    private Wire.Reply pop(int queueId, int count, long holdMs, long pollMs) throws IOException {
        return wire.call(RequestCode.POP_MESSAGE, header(queueId, count, holdMs, pollMs)::encode);
    }

    /** The receipt as clients put it together. */
    private static String receipt(Wire.Reply popped, long offset) {
        var fields = popped.header().fields();
        return "0 %s %s %s 0 sluice-0 0 %d"
                .formatted(
                        fields.get("popTime"),
                        fields.get("invisibleTime"),
                        fields.get("reviveQid"),
                        offset);
    }

    private static FrameWriter named(FrameWriter out, long offset, String receipt) {
        return out.field("consumerGroup", "group")
                .field("topic", "orders")
                .field("queueId", 0)
                .field("extraInfo", receipt)
                .field("offset", offset);
    }

    private Wire.Reply acknowledge(long offset, String receipt) throws IOException {
        return wire.call(RequestCode.ACK_MESSAGE, out -> named(out, offset, receipt));
    }

    private Wire.Reply change(long offset, String receipt, long ms) throws IOException {
        return wire.call(
                RequestCode.CHANGE_MESSAGE_INVISIBLETIME,
                out -> named(out, offset, receipt).field("invisibleTime", ms));
    }

    private static int times(Wire.Reply popped) {
        return StoredMessage.reconsumeTimes(ByteBuffer.wrap(popped.body()), 0);
    }

    @Test
    void shouldLeaseMessagesAndTakeThemBack() throws IOException {
        Wire.Reply popped = ok(pop(0, 2, HOLD_MS, 0));
        assertEquals(List.of("a", "b"), bodies(popped.body()));
        var fields = popped.header().fields();
        assertEquals("0 0 0", fields.get("startOffsetInfo"));
        assertEquals("0 0 0,1", fields.get("msgOffsetInfo"));
        assertEquals("1", fields.get("restNum"));
        assertEquals("60000", fields.get("invisibleTime"));
        ok(acknowledge(1, receipt(popped, 1)));
        assertEquals(0, okOffset(offset("group", "orders", 0)));
        ok(acknowledge(0, receipt(popped, 0)));
        assertEquals(2, okOffset(offset("group", "orders", 0)));
        assertEquals(List.of("c"), bodies(ok(pop(-1, 32, HOLD_MS, 0)).body()));
        assertEquals(ResponseCode.POLLING_TIMEOUT, pop(-1, 32, HOLD_MS, 0).code());
    }

    private Wire.Reply popOrdered(String attemptId) throws IOException {
        return wire.call(RequestCode.POP_MESSAGE, header(0, 2, HOLD_MS, 0, attemptId)::encode);
    }

    @Test
    void shouldGiveAnOrderedPopThatIsRepeatedWhatItWasGiven() throws IOException {
        Wire.Reply lost = ok(popOrdered("first"));
        assertEquals(List.of("a", "b"), bodies(lost.body()));
        assertEquals(ResponseCode.POLLING_TIMEOUT, popOrdered("second").code());
        Wire.Reply again = ok(popOrdered("first"));
        assertEquals(List.of("a", "b"), bodies(again.body()));
        assertEquals(0, times(again));
        ok(acknowledge(0, receipt(lost, 0)));
        ok(acknowledge(1, receipt(again, 1)));
        assertEquals(List.of("c"), bodies(ok(popOrdered("first")).body()));
    }

    @Test
    void shouldRefuseATopicThatTheGroupMayNotRead() throws IOException {
        ok(pop(0, 1, HOLD_MS, 0));
        var forbidden = new UpdateGroupForbiddenHeader("group", "orders", false);
        ok(wire.call(RequestCode.UPDATE_AND_GET_GROUP_FORBIDDEN, forbidden::encode));
        assertEquals(ResponseCode.NO_PERMISSION, pop(0, 1, HOLD_MS, 0).code());
        var allowed = new UpdateGroupForbiddenHeader("group", "orders", true);
        ok(wire.call(RequestCode.UPDATE_AND_GET_GROUP_FORBIDDEN, allowed::encode));
        assertEquals(List.of("b"), bodies(ok(pop(0, 1, HOLD_MS, 0)).body()));
    }

    @Test
    void shouldCountWhatIsPopped() throws IOException {
        ok(pop(0, 2, HOLD_MS, 0));
        ok(pop(0, 2, HOLD_MS, 0));
        var meter = new ViewBrokerStatsDataHeader("GROUP_GET_NUMS", "orders@group");
        Wire.Reply counted = ok(wire.call(RequestCode.VIEW_BROKER_STATS_DATA, meter::encode));
        String text = new String(counted.body(), UTF_8);
        assertTrue(text.contains("\"sum\":3"), text);
    }

    @Test
    void shouldGiveAMessageAgainThatWasGivenBack() throws IOException {
        Wire.Reply popped = ok(pop(0, 3, HOLD_MS, 0));
        Wire.Reply changed = ok(change(0, receipt(popped, 0), 1));
        assertEquals("1", changed.header().fields().get("invisibleTime"));
        Wire.Reply again = ok(pop(0, 1, HOLD_MS, 5_000));
        assertEquals(List.of("a"), bodies(again.body()));
        assertEquals(1, times(again));
        refused(ResponseCode.NO_MESSAGE, acknowledge(0, receipt(popped, 0)));
        refused(ResponseCode.NO_MESSAGE, change(0, receipt(popped, 0), 1_000));
        ok(acknowledge(0, receipt(again, 0)));
        refused(ResponseCode.NO_MESSAGE, acknowledge(0, receipt(again, 0)));
    }

    @Test
    void shouldBuryAfterTheLastAttempt() throws IOException {
        SubscriptionGroupConfig config =
                new SubscriptionGroupConfig("group", true, true, true, false, 1, 1, true, 15);
        ok(
                wire.call(
                        RequestCode.UPDATE_AND_CREATE_SUBSCRIPTIONGROUP,
                        FrontDoor::none,
                        config.encode().toBytes()));
        Wire.Reply popped = ok(pop(0, 3, HOLD_MS, 0)); // nothing else is left to be popped
        ok(change(0, receipt(popped, 0), 1));
        Wire.Reply again = ok(pop(0, 1, HOLD_MS, 5_000));
        assertEquals(List.of("a"), bodies(again.body()));
        assertEquals(1, times(again));
        ok(change(0, receipt(again, 0), 1));
        Wire.Reply told = wire.call(RequestCode.NOTIFICATION, out -> waiting(out, 5_000));
        assertEquals("true", ok(told).header().fields().get("hasMsg"));
        assertEquals(ResponseCode.POLLING_TIMEOUT, pop(0, 1, HOLD_MS, 0).code());
        Wire.Reply dead = ok(pull(pull("other", "%DLQ%group", 0, 0, SUBSCRIPTION, "*")));
        assertEquals(List.of("a"), bodies(dead.body()));
        assertEquals(2, times(dead));
    }

    private static FrameWriter waiting(FrameWriter out, long pollMs) {
        return out.field("consumerGroup", "group")
                .field("topic", "orders")
                .field("queueId", -1)
                .field("pollTime", pollMs)
                .field("bornTime", 0);
    }

    @Test
    void shouldWaitForAMessageAndSayHowManyWait() throws IOException {
        ok(pop(-1, 32, HOLD_MS, 0));
        try (Wire other = new Wire(server.remotingPort())) {
            other.write(
                    other.request(
                            RequestCode.POP_MESSAGE,
                            header(-1, 32, HOLD_MS, 9_000)::encode,
                            new byte[0]));
            awaitWaiting(1);
            ok(wire.send("orders", 3, "new"));
            assertEquals(List.of("new"), bodies(ok(other.answer()).body()));
        }
    }

    @Test
    void shouldLetGoOfWhoWaitsOnAConnectionThatCloses() throws IOException {
        ok(pop(-1, 32, HOLD_MS, 0));
        try (Wire gone = new Wire(server.remotingPort())) {
            for (long pollMs = 30_000; pollMs > 29_000; pollMs -= 500) {
                gone.write(
                        gone.request(
                                RequestCode.POP_MESSAGE,
                                header(-1, 32, HOLD_MS, pollMs)::encode,
                                new byte[0]));
            }
            awaitWaiting(2);
        }
        long closed = System.nanoTime();
        awaitWaiting(0);
        long ms = (System.nanoTime() - closed) / 1_000_000;
        assertTrue(ms < 25_000, () -> "they waited for another " + ms + " ms");
    }

    private void awaitWaiting(int count) throws IOException {
        Wire.Reply info = info();
        while (info.header().intField("pollingNum") != count) {
            info = info();
        }
    }

    private Wire.Reply info() throws IOException {
        return ok(wire.call(RequestCode.POLLING_INFO, out -> waiting(out, 0)));
    }

    @Test
    void shouldAcknowledgeManyAtOnceAndCountTheStale() throws IOException {
        Wire.Reply popped = ok(pop(0, 3, HOLD_MS, 0));
        ok(acknowledge(1, receipt(popped, 1)));
        Wire.Reply done = ok(acknowledgeAll(popped, 0, 1, 2, 70));
        assertTrue(requireNonNull(done.header().remark()).startsWith("2 "));
        assertEquals(3, okOffset(offset("group", "orders", 0)));
        assertNotNull(ok(acknowledgeAll(popped, 0)).header().remark());
        refused(ResponseCode.NO_MESSAGE, wire.call(RequestCode.BATCH_ACK_MESSAGE, FrontDoor::none));
        refused(
                ResponseCode.INVALID_PARAMETER,
                wire.call(
                        RequestCode.BATCH_ACK_MESSAGE,
                        FrontDoor::none,
                        "{\"acks\":[{\"b\":\"%%\"}]}".getBytes(UTF_8)));
    }

    private Wire.Reply acknowledgeAll(Wire.Reply popped, int... offsets) throws IOException {
        BitSet bits = new BitSet();
        for (int offset : offsets) {
            bits.set(offset);
        }
        String body =
                "{\"brokerName\":\"sluice-0\",\"acks\":[{\"c\":\"group\",\"t\":\"orders\",\"r\":\"0\",\"so\":0,\"q\":0,\"rq\":%s,\"pt\":%s,\"it\":60000,\"b\":\"%s\"},{\"c\":\"nobody\",\"t\":\"orders\",\"q\":0,\"b\":\"\"}]}"
                        .formatted(
                                popped.header().fields().get("reviveQid"),
                                popped.header().fields().get("popTime"),
                                Base64.getEncoder().encodeToString(bits.toByteArray()));
        return wire.call(RequestCode.BATCH_ACK_MESSAGE, FrontDoor::none, body.getBytes(UTF_8));
    }

    @Test
    void shouldShowWhatComesNextWithoutLeasingIt() throws IOException {
        ok(pop(0, 1, HOLD_MS, 0));
        Wire.Reply peeked = ok(wire.call(RequestCode.PEEK_MESSAGE, out -> peek(out, "group")));
        assertEquals(List.of("b", "c"), bodies(peeked.body()));
        assertEquals(List.of("b", "c"), bodies(ok(pop(0, 32, HOLD_MS, 0)).body()));
        assertEquals(
                ResponseCode.PULL_NOT_FOUND,
                wire.call(RequestCode.PEEK_MESSAGE, out -> peek(out, "group")).code());
        refused(
                ResponseCode.SUBSCRIPTION_GROUP_NOT_EXIST,
                wire.call(RequestCode.PEEK_MESSAGE, out -> peek(out, "nobody")));
    }

    private static FrameWriter peek(FrameWriter out, String group) {
        return out.field("topic", "orders")
                .field("queueId", -1)
                .field("maxMsgNums", 32)
                .field("consumerGroup", group);
    }

    @Test
    void shouldKnowTheCodesThatABinaryHeaderCutOff() throws IOException {
        try (Wire binary = new Wire(server.remotingPort(), SerializeType.ROCKETMQ)) {
            Wire.Reply popped = binary.call((short) 200_050, header(0, 1, HOLD_MS, 0)::encode);
            assertEquals(List.of("a"), bodies(ok(popped).body()));
            String receipt = receipt(popped, 0);
            ok(
                    binary.call(
                            (short) 200_053,
                            out -> named(out, 0, receipt).field("invisibleTime", HOLD_MS)));
            ok(binary.call((short) 200_051, out -> named(out, 0, receipt)));
            ok(binary.call((short) 200_052, out -> peek(out, "group")));
            ok(binary.call((short) 200_054, out -> waiting(out, 0)));
            ok(binary.call((short) 200_055, out -> waiting(out, 0)));
            refused(ResponseCode.NO_MESSAGE, binary.call((short) 200_151, FrontDoor::none));
            Wire.Reply rollback = binary.call((short) 200_056, FrontDoor::none);
            refused(ResponseCode.REQUEST_CODE_NOT_SUPPORTED, rollback);
            assertTrue(requireNonNull(rollback.header().remark()).contains("200056"));
        }
        try (Wire json = new Wire(server.remotingPort())) {
            refused(
                    ResponseCode.REQUEST_CODE_NOT_SUPPORTED,
                    json.call((short) 200_050, header(0, 1, HOLD_MS, 0)::encode));
        }
    }

    @Test
    void shouldRefuseWhatMakesNoSenseAndChangeNothing() throws IOException {
        refused(ResponseCode.INVALID_PARAMETER, pop(0, 33, HOLD_MS, 0));
        refused(ResponseCode.INVALID_PARAMETER, pop(0, 0, HOLD_MS, 0));
        refused(ResponseCode.INVALID_PARAMETER, pop(99, 1, HOLD_MS, 0));
        refused(ResponseCode.INVALID_PARAMETER, pop(0, 1, 0, 0));
        refused(ResponseCode.INVALID_PARAMETER, pop(0, 1, Long.MAX_VALUE, 0));
        refused(
                ResponseCode.INVALID_PARAMETER,
                wire.call(RequestCode.POP_MESSAGE, FrontDoor::none));
        Wire.Reply popped = ok(pop(0, 3, HOLD_MS, Long.MAX_VALUE));
        assertEquals(3, bodies(popped.body()).size());
        String receipt = receipt(popped, 0);
        refused(ResponseCode.INVALID_PARAMETER, acknowledge(0, "no receipt"));
        refused(ResponseCode.INVALID_PARAMETER, acknowledge(0, "0 0 0 x 0 b 0 0"));
        refused(ResponseCode.NO_MESSAGE, acknowledge(3, receipt));
        refused(ResponseCode.NO_MESSAGE, acknowledge(-1, receipt));
        refused(ResponseCode.NO_MESSAGE, acknowledge(0, "0 0 0 77 0 b 0 0"));
        refused(ResponseCode.INVALID_PARAMETER, change(0, receipt, -1));
        refused(ResponseCode.INVALID_PARAMETER, change(0, receipt, Long.MAX_VALUE));
        refused(
                ResponseCode.MESSAGE_ILLEGAL,
                wire.call(
                        RequestCode.ACK_MESSAGE,
                        out -> named(out, 0, receipt).field("queueId", -5)));
        refused(
                ResponseCode.TOPIC_NOT_EXIST,
                wire.call(
                        RequestCode.ACK_MESSAGE,
                        out -> named(out, 0, receipt).field("topic", "%RETRY%group_orders")));
        refused(
                ResponseCode.SUBSCRIPTION_GROUP_NOT_EXIST,
                wire.call(
                        RequestCode.ACK_MESSAGE,
                        out -> named(out, 0, receipt).field("consumerGroup", "nobody")));
        ok(acknowledgeAll(popped, 0, 1, 2));
        assertEquals(3, okOffset(offset("group", "orders", 0)));
    }

    @Test
    void shouldTellClientsWhetherToPop() throws IOException {
        ok(beat(wire, heartbeat("c1", "group", "orders")));
        assertEquals("PULL", mode(assignment("orders")));
        refused(ResponseCode.TOPIC_NOT_EXIST, setMode("nothing", "group", "POP"));
        refused(ResponseCode.SUBSCRIPTION_GROUP_NOT_EXIST, setMode("orders", "nobody", "POP"));
        refused(ResponseCode.NO_PERMISSION, setMode("%RETRY%group", "group", "POP"));
        refused(ResponseCode.INVALID_PARAMETER, setMode("orders", "group", "PUSH"));
        ok(setMode("orders", "group", "POP"));
        String assigned = assignment("orders");
        assertEquals("POP", mode(assigned));
        assertTrue(assigned.contains("\"queueId\":-1"), assigned);
        assertEquals("PULL", mode(assignment("%RETRY%group")));
        assertEquals("{}", assignment("nothing"));
        Wire.Reply all = ok(wire.call(RequestCode.GET_ALL_MESSAGE_REQUEST_MODE, FrontDoor::none));
        assertEquals(
                "{\"messageRequestModeMap\":{\"orders\":{\"group\":{\"consumerGroup\":\"group\",\"mode\":\"POP\",\"popShareQueueNum\":0,\"topic\":\"orders\"}}}}",
                new String(all.body(), UTF_8));
        ok(setMode("orders", "group", "PULL"));
        String pulled = assignment("orders");
        assertEquals("PULL", mode(pulled));
        assertTrue(pulled.contains("\"queueId\":3"), pulled);
    }

    private Wire.Reply setMode(String topic, String group, String mode) throws IOException {
        String body =
                "{\"consumerGroup\":\"%s\",\"mode\":\"%s\",\"popShareQueueNum\":0,\"topic\":\"%s\"}"
                        .formatted(group, mode, topic);
        return wire.call(
                RequestCode.SET_MESSAGE_REQUEST_MODE, FrontDoor::none, body.getBytes(UTF_8));
    }

    private String assignment(String topic) throws IOException {
        String body =
                "{\"clientId\":\"c1\",\"consumerGroup\":\"group\",\"messageModel\":\"CLUSTERING\",\"strategyName\":\"AVG\",\"topic\":\"%s\"}"
                        .formatted(topic);
        return new String(
                ok(wire.call(RequestCode.QUERY_ASSIGNMENT, FrontDoor::none, body.getBytes(UTF_8)))
                        .body(),
                UTF_8);
    }

    private static String mode(String assigned) {
        boolean pops = assigned.contains("\"mode\":\"POP\"");
        assertNull(pops && assigned.contains("\"mode\":\"PULL\"") ? assigned : null);
        return pops ? "POP" : "PULL";
    }
}
