package io.sluice.server.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.protocol.GetConsumerListByGroupHeader;
import io.sluice.protocol.HeartbeatData;
import io.sluice.protocol.HeartbeatData.ConsumeFromWhere;
import io.sluice.protocol.HeartbeatData.ConsumeType;
import io.sluice.protocol.HeartbeatData.MessageModel;
import io.sluice.protocol.PullMessageHeader;
import io.sluice.protocol.PullMessageResponse;
import io.sluice.protocol.RequestCode;
import io.sluice.protocol.ResponseCode;
import io.sluice.protocol.SubscriptionData;
import io.sluice.server.remoting.Wire;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** SQL92, and members of a group that want different things. */
class FilterTest extends FrontDoor {
    private static final int CLASS_FILTER = PullMessageHeader.FLAG_CLASS_FILTER;

    @BeforeEach
    void send() throws IOException {
        for (int i = 0; i < 6; i++) {
            String tag = i % 2 == 0 ? "even" : "odd";
            ok(wire.send("orders", 0, "TAGS\1" + tag + "\2n\1" + i + "\2", "m" + i));
        }
    }

    private static PullMessageHeader sql(String expression, long offset, int flags) {
        return new PullMessageHeader(
                "group",
                "orders",
                0,
                offset,
                32,
                flags | SUBSCRIPTION,
                0,
                20_000,
                expression,
                0,
                "SQL92",
                Integer.MAX_VALUE,
                null);
    }

    private static SubscriptionData wanted(String topic, String type, String expression) {
        return new SubscriptionData(topic, expression, List.of(), type, 5, false);
    }

    private static HeartbeatData beatOf(String client, SubscriptionData... wanted) {
        var consumer =
                new HeartbeatData.Consumer(
                        "group",
                        ConsumeType.CONSUME_PASSIVELY,
                        MessageModel.CLUSTERING,
                        ConsumeFromWhere.CONSUME_FROM_FIRST_OFFSET,
                        List.of(wanted),
                        false);
        return new HeartbeatData(client, List.of(), List.of(consumer), 0, false);
    }

    private static List<String> pulled(Wire from) throws IOException {
        Wire.Reply reply = ok(from.call(RequestCode.PULL_MESSAGE, pull("orders", 0, 0, 0)::encode));
        return bodies(reply.body());
    }

    @Test
    void shouldFilterBySqlThatAPullBrings() throws IOException {
        Wire.Reply some = ok(pull(sql("TAGS = 'even' AND n BETWEEN 1 AND 9", 0, 0)));
        assertEquals(List.of("m2", "m4"), bodies(some.body()));
        assertEquals(6, PullMessageResponse.decode(some.header()).nextBeginOffset());
        Wire.Reply none = pull(sql("n > 5", 0, 0));
        assertEquals(ResponseCode.PULL_RETRY_IMMEDIATELY, none.code());
        assertEquals(6, PullMessageResponse.decode(none.header()).nextBeginOffset());
        assertEquals(List.of("m5"), bodies(ok(pull(sql("n > 4", 0, 0))).body()));
    }

    @Test
    void shouldWaitForAMessageOfWhichTheExpressionIsTrue() throws IOException {
        wire.write(
                wire.request(
                        RequestCode.PULL_MESSAGE, sql("n = 9", 0, SUSPEND)::encode, new byte[0]));
        try (Wire producer = new Wire(server.brokerPort())) {
            ok(producer.send("orders", 0, "n\0018\2", "m8"));
            ok(producer.send("orders", 0, "n\0019\2", "m9"));
        }
        Wire.Reply woken = ok(wire.answer());
        assertEquals(List.of("m9"), bodies(woken.body()));
        assertEquals(8, PullMessageResponse.decode(woken.header()).nextBeginOffset());
    }

    @Test
    void shouldRefuseMalformedExpressionsWithThePlace() throws IOException {
        Wire.Reply refused = pull(sql("n >", 0, 0));
        refused(ResponseCode.SUBSCRIPTION_PARSE_FAILED, refused);
        assertTrue(remark(refused).contains("at character 4: expected a property"));
        Wire.Reply beat =
                beat(
                        wire,
                        beatOf(
                                "c1",
                                wanted("orders", "SQL92", "n = = 1"),
                                wanted("others", "TAG", "*")));
        refused(ResponseCode.SUBSCRIPTION_PARSE_FAILED, beat);
        assertTrue(remark(beat).startsWith("group group, topic orders: "));
        assertTrue(remark(beat).contains("at character 5: "), beat.header()::toString);
        refused(
                ResponseCode.SUBSCRIPTION_PARSE_FAILED,
                wire.call(RequestCode.PULL_MESSAGE, pull("orders", 0, 0, 0)::encode));
        ok(wire.send("others", 0, "still there"));
        Wire.Reply others =
                ok(wire.call(RequestCode.PULL_MESSAGE, pull("others", 0, 0, 0)::encode));
        assertEquals(List.of("still there"), bodies(others.body()));
    }

    @Test
    void shouldRefuseFilterClasses() throws IOException {
        refused(
                ResponseCode.SUBSCRIPTION_PARSE_FAILED,
                pull(pull("orders", 0, 0, SUBSCRIPTION | CLASS_FILTER)));
        var byClass = new SubscriptionData("orders", "a.Filter", List.of(), "TAG", 5, true);
        Wire.Reply beat = beat(wire, beatOf("c1", byClass));
        refused(ResponseCode.SUBSCRIPTION_PARSE_FAILED, beat);
        assertTrue(remark(beat).contains("filter classes are not supported"));
    }

    @Test
    void shouldGiveEachMemberWhatItAsksFor() throws IOException {
        ok(beat(wire, beatOf("c1", wanted("orders", "TAG", "even"))));
        try (Wire second = new Wire(server.brokerPort());
                Wire third = new Wire(server.brokerPort())) {
            ok(beat(second, beatOf("c2", wanted("orders", "TAG", "odd"))));
            ok(beat(third, beatOf("c3", wanted("orders", "SQL92", "n IN ('0', '5')"))));
            assertEquals(List.of("m0", "m2", "m4"), pulled(wire));
            assertEquals(List.of("m1", "m3", "m5"), pulled(second));
            assertEquals(List.of("m0", "m5"), pulled(third));
            ok(beat(wire, beatOf("c1", wanted("orders", "TAG", "even"))));
            assertEquals(List.of("m1", "m3", "m5"), pulled(second));
        }
    }

    @Test
    void shouldTellInWhatMembersDiffer() throws IOException {
        ok(beat(wire, beatOf("c1", wanted("orders", "TAG", "b || a"))));
        try (Wire second = new Wire(server.brokerPort())) {
            ok(beat(second, beatOf("c2", wanted("orders", "TAG", "a||b"))));
            assertNull(conflict());
            ok(
                    beat(
                            second,
                            beatOf(
                                    "c2",
                                    new SubscriptionData("orders", "*", List.of(), "TAG", 6, false),
                                    wanted("others", "SQL92", "n > 1"))));
            assertEquals(
                    "topic orders: tags * (c2), tags a || b (c1);"
                            + " topic others: SQL92 n > 1 (c2), nothing (c1)",
                    conflict());
        }
        for (int changes = 0; changes < 4; changes++) {
            wire.notification(); // both joined, the second wanted one more topic, and left
        }
        assertNull(conflict());
    }

    private static String remark(Wire.Reply reply) {
        return String.valueOf(reply.header().remark());
    }

    private @Nullable String conflict() throws IOException {
        var header = new GetConsumerListByGroupHeader("group");
        Wire.Reply reply = ok(wire.call(RequestCode.GET_CONSUMER_LIST_BY_GROUP, header::encode));
        return reply.header().textOrNull("subscriptionConflict");
    }

    @Test
    void shouldNotTakeAnothersSubscriptionForThatOfANewConnection() throws IOException {
        ok(beat(wire, beatOf("c1", wanted("orders", "TAG", "even"))));
        try (Wire second = new Wire(server.brokerPort())) {
            refused(
                    ResponseCode.SUBSCRIPTION_NOT_EXIST,
                    second.call(RequestCode.PULL_MESSAGE, pull("orders", 0, 0, 0)::encode));
        }
    }
}
