package io.sluice.server.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.protocol.GetConsumerListByGroupHeader;
import io.sluice.protocol.GetConsumerListByGroupResponseBody;
import io.sluice.protocol.HeartbeatData;
import io.sluice.protocol.LockBatchRequestBody;
import io.sluice.protocol.LockBatchResponseBody;
import io.sluice.protocol.MessageQueue;
import io.sluice.protocol.NotifyConsumerIdsChangedHeader;
import io.sluice.protocol.RequestCode;
import io.sluice.protocol.ResponseCode;
import io.sluice.protocol.UnlockBatchRequestBody;
import io.sluice.protocol.UnregisterClientHeader;
import io.sluice.server.remoting.Wire;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ClientsTest extends FrontDoor {
    private static final List<MessageQueue> QUEUES =
            List.of(
                    new MessageQueue("orders", "sluice-0", 0),
                    new MessageQueue("orders", "sluice-0", 1),
                    new MessageQueue("orders", "sluice-0", 99),
                    new MessageQueue("nowhere", "sluice-0", 0));

    private static Set<String> members(Wire wire, String group) throws IOException {
        var header = new GetConsumerListByGroupHeader(group);
        Wire.Reply reply = ok(wire.call(RequestCode.GET_CONSUMER_LIST_BY_GROUP, header::encode));
        var body =
                GetConsumerListByGroupResponseBody.decode(reply.buffer(), 0, reply.body().length);
        return Set.copyOf(body.clientIds());
    }

    private static void awaitChange(Wire wire, String group) throws IOException {
        Wire.Reply told = wire.notification();
        assertEquals(RequestCode.NOTIFY_CONSUMER_IDS_CHANGED, told.code());
        assertTrue(told.header().oneway());
        assertEquals(group, NotifyConsumerIdsChangedHeader.decode(told.header()).consumerGroup());
    }

    private static List<MessageQueue> lock(Wire wire, String clientId) throws IOException {
        var body = new LockBatchRequestBody("group", clientId, QUEUES);
        Wire.Reply reply =
                ok(wire.call(RequestCode.LOCK_BATCH_MQ, FrontDoor::none, body.encode().toBytes()));
        return LockBatchResponseBody.decode(reply.buffer(), 0, reply.body().length).locked();
    }

    @Test
    void shouldTellMembersWhenOthersComeAndGo() throws IOException {
        ok(beat(wire, heartbeat("c1", "group", "orders")));
        awaitChange(wire, "group");
        try (Wire second = new Wire(server.brokerPort())) {
            ok(beat(second, heartbeat("c2", "group", "orders")));
            awaitChange(wire, "group");
            awaitChange(second, "group");
            assertEquals(Set.of("c1", "c2"), members(wire, "group"));
        }
        awaitChange(wire, "group");
        assertEquals(Set.of("c1"), members(wire, "group"));
    }

    @Test
    void shouldTellMembersWhenTopicsChangeButNotOfEachHeartbeat() throws IOException {
        ok(beat(wire, heartbeat("c1", "group", "orders")));
        awaitChange(wire, "group");
        ok(beat(wire, heartbeat("c1", "group", "orders")));
        ok(beat(wire, heartbeat("c1", "group", "orders", "others")));
        awaitChange(wire, "group");
        ok(beat(wire, heartbeat("c1", "other-group", "orders")));
        awaitChange(wire, "other-group");
    }

    @Test
    void shouldForgetWhoUnregisters() throws IOException {
        ok(beat(wire, heartbeat("c1", "group", "orders")));
        var leave = new UnregisterClientHeader("c1", null, "group");
        ok(wire.call(RequestCode.UNREGISTER_CLIENT, leave::encode));
        var header = new GetConsumerListByGroupHeader("group");
        refused(
                ResponseCode.SYSTEM_ERROR,
                wire.call(RequestCode.GET_CONSUMER_LIST_BY_GROUP, header::encode));
    }

    @Test
    void shouldAskForSubscriptionsItDoesNotKnow() throws IOException {
        HeartbeatData full = heartbeat("c1", "group", "orders");
        HeartbeatData first = new HeartbeatData("c1", List.of(), full.consumers(), 42, false);
        HeartbeatData brief =
                new HeartbeatData("c1", List.of(), heartbeat("c1", "group").consumers(), 42, true);
        assertTrue(tellAgain(beat(wire, full)), "without fingerprints each is told in full");
        assertTrue(tellAgain(beat(wire, brief)), "never heard of");
        assertFalse(tellAgain(beat(wire, first)));
        assertFalse(tellAgain(beat(wire, brief)));
        ok(wire.send("orders", 0, "x"));
        assertEquals(List.of("x"), bodies(ok(pull(pull("orders", 0, 0, 0))).body()));
    }

    private static boolean tellAgain(Wire.Reply reply) {
        assertTrue(ok(reply).header().booleanField("IS_SUPPORT_HEART_BEAT_V2"));
        return reply.header().booleanField("IS_SUB_CHANGE");
    }

    @Test
    void shouldLockQueuesForOneMemberUntilItLeaves() throws IOException {
        ok(wire.send("orders", 0, "x"));
        ok(beat(wire, heartbeat("c1", "group", "orders")));
        assertEquals(QUEUES.subList(0, 2), lock(wire, "c1"));
        try (Wire second = new Wire(server.brokerPort())) {
            ok(beat(second, heartbeat("c2", "group", "orders")));
            assertEquals(List.of(), lock(second, "c2"));
            var body = new UnlockBatchRequestBody("group", "c1", QUEUES.subList(0, 1));
            ok(wire.call(RequestCode.UNLOCK_BATCH_MQ, FrontDoor::none, body.encode().toBytes()));
            assertEquals(QUEUES.subList(0, 1), lock(second, "c2"));
            awaitChange(second, "group");
            wire.close();
            awaitChange(second, "group");
            assertEquals(QUEUES.subList(0, 2), lock(second, "c2"));
        }
    }

    @Test
    void shouldCheckSubscriptions() throws IOException {
        ok(check("TAG", "a || b"));
        ok(check("TAG", "*"));
        ok(check("SQL92", "a > 1 AND TAGS IN ('x')"));
        Wire.Reply malformed = check("SQL92", "a > 1 AND");
        refused(ResponseCode.SUBSCRIPTION_PARSE_FAILED, malformed);
        String remark = String.valueOf(malformed.header().remark());
        assertTrue(remark.contains("at character 10: expected a property"), remark);
        refused(ResponseCode.SUBSCRIPTION_PARSE_FAILED, check("SQL92", ""));
        refused(ResponseCode.SUBSCRIPTION_PARSE_FAILED, check("REGEX", "a"));
        refused(ResponseCode.SUBSCRIPTION_PARSE_FAILED, check("TAG", "||"));
    }

    private Wire.Reply check(String type, String expression) throws IOException {
        String body =
                "{\"clientId\":\"c1\",\"group\":\"group\",\"subscriptionData\":{\"expressionType\":\"%s\",\"subString\":\"%s\",\"topic\":\"orders\"}}"
                        .formatted(type, expression);
        return wire.call(
                RequestCode.CHECK_CLIENT_CONFIG,
                FrontDoor::none,
                body.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void shouldRefuseAHeartbeatThatIsNone() throws IOException {
        refused(
                ResponseCode.INVALID_PARAMETER,
                wire.call(
                        RequestCode.HEART_BEAT,
                        FrontDoor::none,
                        "nonsense".getBytes(StandardCharsets.UTF_8)));
    }
}
