package io.sluice.server.dispatch;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.protocol.ConsumeStats;
import io.sluice.protocol.EarliestMsgStoretimeResponse;
import io.sluice.protocol.GetConsumeStatsHeader;
import io.sluice.protocol.GetEarliestMsgStoretimeHeader;
import io.sluice.protocol.GetMaxOffsetHeader;
import io.sluice.protocol.GetMinOffsetHeader;
import io.sluice.protocol.MessageQueue;
import io.sluice.protocol.RequestCode;
import io.sluice.protocol.ResponseCode;
import io.sluice.protocol.SearchOffsetHeader;
import io.sluice.server.remoting.Wire;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OffsetTest extends FrontDoor {
    private Wire.Reply end(String topic, int queueId) throws IOException {
        var header = new GetMaxOffsetHeader(topic, queueId, true, null);
        return wire.call(RequestCode.GET_MAX_OFFSET, header::encode);
    }

    private Wire.Reply search(String topic, long ms, boolean upper) throws IOException {
        var header = new SearchOffsetHeader(topic, 0, ms, upper, null);
        return wire.call(RequestCode.SEARCH_OFFSET_BY_TIMESTAMP, header::encode);
    }

    @Test
    void shouldLeaveTheBeginningToANewGroupsClient() throws IOException {
        ok(wire.send("orders", 0, "history"));
        refused(ResponseCode.QUERY_NOT_FOUND, offset("group", "orders", 0));
        Wire.Reply plain =
                wire.call(
                        RequestCode.QUERY_CONSUMER_OFFSET,
                        writer ->
                                writer.field("consumerGroup", "group")
                                        .field("topic", "orders")
                                        .field("queueId", 0));
        refused(ResponseCode.QUERY_NOT_FOUND, plain);
        Wire.Reply zero =
                wire.call(
                        RequestCode.QUERY_CONSUMER_OFFSET,
                        writer ->
                                writer.field("consumerGroup", "group")
                                        .field("topic", "orders")
                                        .field("queueId", 0)
                                        .field("setZeroIfNotFound", true));
        assertEquals(0, okOffset(zero));
    }

    @Test
    void shouldKeepWhatWasCommitted() throws IOException {
        ok(wire.send("orders", 0, "x"));
        refused(ResponseCode.SUBSCRIPTION_GROUP_NOT_EXIST, commit("gr/oup", "orders", 0, 1));
        ok(commit("group", "orders", 0, 1));
        assertEquals(1, okOffset(offset("group", "orders", 0)));
        ok(commit("group", "orders", 0, 0));
        assertEquals(0, okOffset(offset("group", "orders", 0)));
        refused(ResponseCode.TOPIC_NOT_EXIST, commit("group", "nowhere", 0, 1));
        refused(ResponseCode.INVALID_PARAMETER, commit("group", "orders", 8, 1));
    }

    @Test
    void shouldSayWhereQueuesBeginAndEnd() throws IOException {
        long before = System.currentTimeMillis();
        ok(wire.send("orders", 0, "x"));
        ok(wire.send("orders", 0, "y"));
        assertEquals(2, okOffset(end("orders", 0)));
        assertEquals(0, okOffset(end("orders", 1)));
        refused(ResponseCode.TOPIC_NOT_EXIST, end("nowhere", 0));
        refused(ResponseCode.INVALID_PARAMETER, end("orders", -1));
        var first = new GetMinOffsetHeader("orders", 0, null);
        assertEquals(0, okOffset(wire.call(RequestCode.GET_MIN_OFFSET, first::encode)));
        assertEquals(0, okOffset(search("orders", before, false)));
        assertEquals(2, okOffset(search("orders", Long.MAX_VALUE, false)));
        assertEquals(1, okOffset(search("orders", before + 3_600_000, true)));
        var earliest = new GetEarliestMsgStoretimeHeader("orders", 0, null);
        Wire.Reply stored = ok(wire.call(RequestCode.GET_EARLIEST_MSG_STORETIME, earliest::encode));
        assertTrue(EarliestMsgStoretimeResponse.decode(stored.header()).timestampMs() >= before);
    }

    @Test
    void shouldReportAGroupsProgress() throws IOException {
        ok(wire.send("orders", 0, "x"));
        ok(wire.send("orders", 0, "y"));
        ok(wire.send("others", 0, "z"));
        refused(ResponseCode.QUERY_NOT_FOUND, offset("group", "orders", 0));
        ok(commit("group", "orders", 0, 1));
        var header = new GetConsumeStatsHeader("group", null);
        Wire.Reply reply = ok(wire.call(RequestCode.GET_CONSUME_STATS, header::encode));
        Map<MessageQueue, ConsumeStats.Progress> queues =
                ConsumeStats.decode(reply.buffer(), 0, reply.body().length).queues();
        assertEquals(8, queues.size(), queues::toString);
        var untouched = requireNonNull(queues.get(new MessageQueue("orders", "sluice-0", 1)));
        assertEquals(ConsumeStats.Progress.NONE, untouched.consumerOffset());
        var progress = requireNonNull(queues.get(new MessageQueue("orders", "sluice-0", 0)));
        assertEquals(2, progress.brokerOffset());
        assertEquals(1, progress.consumerOffset());
        assertTrue(progress.lastTimestampMs() > 0);
        var unknown = new GetConsumeStatsHeader("nobody", null);
        refused(
                ResponseCode.SUBSCRIPTION_GROUP_NOT_EXIST,
                wire.call(RequestCode.GET_CONSUME_STATS, unknown::encode));
    }
}
