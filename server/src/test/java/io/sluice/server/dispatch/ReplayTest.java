package io.sluice.server.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.protocol.CloneGroupOffsetHeader;
import io.sluice.protocol.ConsumerSendMsgBackHeader;
import io.sluice.protocol.GetRouteInfoHeader;
import io.sluice.protocol.GroupRetryPolicy;
import io.sluice.protocol.LockBatchRequestBody;
import io.sluice.protocol.LockBatchResponseBody;
import io.sluice.protocol.MessageId;
import io.sluice.protocol.MessageQueue;
import io.sluice.protocol.PullMessageResponse;
import io.sluice.protocol.RequestCode;
import io.sluice.protocol.ResetOffsetBody;
import io.sluice.protocol.ResetOffsetHeader;
import io.sluice.protocol.ResponseCode;
import io.sluice.protocol.SendMessageResponse;
import io.sluice.protocol.SubscriptionGroupConfig;
import io.sluice.protocol.SubscriptionGroupList;
import io.sluice.protocol.UpdateConsumerOffsetHeader;
import io.sluice.server.remoting.Wire;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Whose commits count, where operators send groups, and what is decided about them. */
class ReplayTest extends FrontDoor {
    private static MessageQueue queue(int queueId) {
        return new MessageQueue("orders", "sluice-0", queueId);
    }

    private Wire.Reply reset(String group, int queueId, long offset, long ms, boolean force)
            throws IOException {
        var header = new ResetOffsetHeader(group, "orders", queueId, offset, ms, force);
        return wire.call(RequestCode.INVOKE_BROKER_TO_RESET_OFFSET, header::encode);
    }

    private static Map<MessageQueue, Long> offsets(Wire.Reply reply) {
        return ResetOffsetBody.decode(ok(reply).buffer(), 0, reply.body().length).offsets();
    }

    private static boolean locks(Wire from, String clientId) throws IOException {
        var body = new LockBatchRequestBody("group", clientId, List.of(queue(0)));
        Wire.Reply reply =
                ok(from.call(RequestCode.LOCK_BATCH_MQ, w -> w, body.encode().toBytes()));
        return !LockBatchResponseBody.decode(reply.buffer(), 0, reply.body().length)
                .locked()
                .isEmpty();
    }

    private void send(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            ok(wire.send("orders", 0, "m" + i));
        }
    }

    private Wire.Reply commitBy(Wire from, long offset) throws IOException {
        var update = new UpdateConsumerOffsetHeader("group", "orders", 0, offset, null);
        return ok(from.call(RequestCode.UPDATE_CONSUMER_OFFSET, update::encode));
    }

    @Test
    void shouldNotTakeTheLateCommitOfAClientThatHasLostTheLock() throws IOException {
        send(9);
        try (Wire other = new Wire(server.remotingPort())) {
            ok(beat(wire, heartbeat("one", "group", "orders")));
            ok(beat(other, heartbeat("two", "group", "orders")));
            assertTrue(locks(wire, "one"));
            assertNull(commitBy(wire, 3).header().remark());
            wire.close();
            wire = new Wire(server.remotingPort());
            ok(beat(wire, heartbeat("one", "group", "orders")));
            boolean taken = false;
            while (!taken) {
                taken = locks(other, "two"); // as soon as it is known that the other was gone
            }
            String remark = commitBy(wire, 7).header().remark();
            assertTrue(remark != null && remark.contains("lock"), "" + remark);
            assertEquals(3, okOffset(offset("group", "orders", 0)));
            assertNull(commitBy(other, 4).header().remark());
            assertEquals(4, okOffset(offset("group", "orders", 0)));
        }
    }

    @Test
    void shouldResetAGroupThatIsNotThereNow() throws IOException {
        send(5);
        ok(commit("group", "orders", 0, 3));
        Map<MessageQueue, Long> offsets = offsets(reset("group", -1, -1, 0, true));
        assertEquals(8, offsets.size());
        assertEquals(0, offsets.get(queue(0)));
        assertEquals(0, okOffset(offset("group", "orders", 0)));
        assertEquals(5, offsets(reset("group", -1, -1, -1, true)).get(queue(0)));
        assertEquals(5, okOffset(offset("group", "orders", 0)));
        assertEquals(Map.of(queue(0), 2L), offsets(reset("group", 0, 2, 0, true)));
        assertEquals(2, okOffset(offset("group", "orders", 0)));
        assertEquals(2, offsets(reset("group", -1, -1, -1, false)).get(queue(0)), "that is forth");
    }

    @Test
    void shouldRefuseResetsThatMakeNoSense() throws IOException {
        send(5);
        ok(commit("group", "orders", 0, 3));
        refused(ResponseCode.SYSTEM_ERROR, reset("group", 0, 9, 0, true));
        refused(ResponseCode.SYSTEM_ERROR, reset("group", 0, -7, 0, true));
        refused(ResponseCode.INVALID_PARAMETER, reset("group", 8, 0, 0, true));
        refused(ResponseCode.SUBSCRIPTION_GROUP_NOT_EXIST, reset("nobody", -1, -1, 0, true));
        var nowhere = new ResetOffsetHeader("group", "nowhere", -1, -1, 0, true);
        refused(
                ResponseCode.TOPIC_NOT_EXIST,
                wire.call(RequestCode.INVOKE_BROKER_TO_RESET_OFFSET, nowhere::encode));
        refused(
                ResponseCode.INVALID_PARAMETER,
                wire.call(
                        RequestCode.INVOKE_BROKER_TO_RESET_OFFSET,
                        writer -> writer.field("group", "group").field("topic", "orders")));
        assertEquals(3, okOffset(offset("group", "orders", 0)));
    }

    @Test
    void shouldTellAWaitingConsumerOfItsResetAndNotLetItUndoIt() throws Exception {
        send(5);
        ok(beat(wire, heartbeat("one", "group", "orders")));
        assertEquals(5, bodies(ok(pull(pull("orders", 0, 0, SUBSCRIPTION))).body()).size());
        commitBy(wire, 5);
        try (Wire operator = new Wire(server.remotingPort())) {
            var header = new ResetOffsetHeader("group", "orders", -1, -1, 0, true);
            wire.write(
                    wire.request(
                            RequestCode.PULL_MESSAGE,
                            pull("orders", 0, 5, SUBSCRIPTION | SUSPEND)::encode,
                            new byte[0]));
            ok(operator.call(RequestCode.INVOKE_BROKER_TO_RESET_OFFSET, header::encode));
            assertMoved(0, wire.answer());
            assertNotNull(commitBy(wire, 4).header().remark());
            assertEquals(0, okOffset(offset("group", "orders", 0)));
            assertEquals(5, bodies(ok(pull(pull("orders", 0, 0, SUBSCRIPTION))).body()).size());
            assertNull(commitBy(wire, 4).header().remark());
            assertEquals(4, okOffset(offset("group", "orders", 0)));
        }
    }

    private static void assertMoved(long to, Wire.Reply reply) {
        assertEquals(ResponseCode.PULL_OFFSET_MOVED, reply.code());
        assertEquals(to, PullMessageResponse.decode(reply.header()).nextBeginOffset());
    }

    @Test
    void shouldSendAGroupToWhereAnotherIs() throws IOException {
        send(5);
        ok(commit("group", "orders", 0, 3));
        ok(commit("other", "orders", 0, 1));
        var copy = new CloneGroupOffsetHeader("group", "other", "orders");
        ok(wire.call(RequestCode.CLONE_GROUP_OFFSET, copy::encode));
        assertEquals(3, okOffset(offset("other", "orders", 0)));
        refused(ResponseCode.QUERY_NOT_FOUND, offset("other", "orders", 1));
        var all = new CloneGroupOffsetHeader("other", "group", null);
        ok(wire.call(RequestCode.CLONE_GROUP_OFFSET, all::encode));
        var nobody = new CloneGroupOffsetHeader("nobody", "group", null);
        refused(
                ResponseCode.SUBSCRIPTION_GROUP_NOT_EXIST,
                wire.call(RequestCode.CLONE_GROUP_OFFSET, nobody::encode));
    }

    // What is decided about a group.

    private Wire.Reply set(@Nullable GroupRetryPolicy policy, Map<String, String> attributes)
            throws IOException {
        var config =
                new SubscriptionGroupConfig(
                        "group", true, true, true, false, 1, 3, true, 15, policy, attributes);
        return wire.call(
                RequestCode.UPDATE_AND_CREATE_SUBSCRIPTIONGROUP,
                FrontDoor::none,
                config.encode().toBytes());
    }

    private SubscriptionGroupConfig config() throws IOException {
        Wire.Reply reply =
                ok(wire.call(RequestCode.GET_ALL_SUBSCRIPTIONGROUP_CONFIG, FrontDoor::none));
        return SubscriptionGroupList.decode(reply.buffer(), 0, reply.body().length)
                .groups()
                .stream()
                .filter(group -> group.groupName().equals("group"))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void shouldKeepAGroupsRetryPolicyAndAttributes() throws IOException {
        var growing = new GroupRetryPolicy.Exponential(100, 5_000, 3);
        ok(set(growing, Map.of("+consume-rate", "10", "+after-last-attempt", "discard")));
        assertEquals(growing, config().retryPolicy());
        assertEquals("10", config().attributes().get("consume-rate"));
        var listed = new GroupRetryPolicy.Customized(List.of(1L, 2L, 3L));
        ok(set(listed, Map.of("-consume-rate", "")));
        assertEquals(listed, config().retryPolicy());
        assertNull(config().attributes().get("consume-rate"));
        assertEquals("discard", config().attributes().get("after-last-attempt"));
        ok(set(new GroupRetryPolicy.ByLevels(), Map.of()));
        assertNull(config().retryPolicy());
    }

    @Test
    void shouldRefuseGroupSettingsThatMakeNoSense() throws IOException {
        var levels = new GroupRetryPolicy.ByLevels();
        ok(set(levels, Map.of()));
        int invalid = ResponseCode.INVALID_PARAMETER;
        refused(invalid, set(levels, Map.of("consume-rate", "10")));
        refused(invalid, set(levels, Map.of("+consume-rate", "-10")));
        refused(invalid, set(levels, Map.of("+after-last-attempt", "frame it")));
        refused(invalid, set(new GroupRetryPolicy.Exponential(5, 1, 2), Map.of()));
        refused(invalid, set(new GroupRetryPolicy.Customized(List.of()), Map.of()));
        refused(
                invalid,
                wire.call(
                        RequestCode.UPDATE_AND_CREATE_SUBSCRIPTIONGROUP,
                        FrontDoor::none,
                        "{\"groupName\":\"group\",\"groupRetryPolicy\":{\"type\":\"NEVER\"}}"
                                .getBytes(java.nio.charset.StandardCharsets.UTF_8)));
        assertTrue(config().attributes().isEmpty());
    }

    @Test
    void shouldGiveAGroupNoMoreThanItsRateAllows() throws IOException {
        send(5);
        ok(set(null, Map.of("+consume-rate", "1")));
        assertEquals(1, bodies(ok(pull(pull("orders", 0, 0, SUBSCRIPTION))).body()).size());
        assertTrue(
                bodies(ok(pull(pull("orders", 0, 1, SUBSCRIPTION | SUSPEND))).body())
                        .contains("m1"),
                "it waits for its turn");
    }

    private static long position(Wire.Reply sent) {
        return MessageId.parse(SendMessageResponse.decode(sent.header()).msgId()).position();
    }

    @Test
    void shouldDropAfterTheLastAttemptIfAskedTo() throws IOException {
        long position = position(ok(wire.send("orders", 0, "x")));
        ok(set(null, Map.of("+after-last-attempt", "discard")));
        var back =
                new ConsumerSendMsgBackHeader(
                        "group", position, -1, null, "orders", false, 16, null);
        ok(wire.call(RequestCode.CONSUMER_SEND_MSG_BACK, back::encode));
        var route = new GetRouteInfoHeader("%DLQ%group", true);
        refused(
                ResponseCode.TOPIC_NOT_EXIST,
                wire.call(RequestCode.GET_ROUTEINFO_BY_TOPIC, route::encode));
    }
}
