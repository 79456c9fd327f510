package io.sluice.server.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.Unpooled;
import io.sluice.engine.message.StoredMessage;
import io.sluice.protocol.GetRouteInfoHeader;
import io.sluice.protocol.LocateMessageHeader;
import io.sluice.protocol.LocateMessageResponse;
import io.sluice.protocol.MessageStatus;
import io.sluice.protocol.MessageStatusHeader;
import io.sluice.protocol.NextDueHeader;
import io.sluice.protocol.QueryMessageHeader;
import io.sluice.protocol.RequestCode;
import io.sluice.protocol.ResendMessageHeader;
import io.sluice.protocol.ResponseCode;
import io.sluice.protocol.SendMessageResponse;
import io.sluice.protocol.ViewMessageHeader;
import io.sluice.server.Server;
import io.sluice.server.TestServers;
import io.sluice.server.config.Config;
import io.sluice.server.remoting.Wire;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Finding messages over the wire, and what the command line asks beyond RocketMQ. */
class QueryTest extends FrontDoor {
    @TempDir Path other;

    private void sendMany(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            String properties =
                    "KEYS\1all k%d\2UNIQ_KEY\1U%d\2TAGS\1%s\2"
                            .formatted(i, i, i % 2 == 0 ? "even" : "odd");
            ok(wire.send("orders", 0, properties, "m" + i));
        }
    }

    private Wire.Reply query(QueryMessageHeader header) throws IOException {
        return wire.call(RequestCode.QUERY_MESSAGE, header::encode);
    }

    private static QueryMessageHeader header(
            String key, int maxNum, @Nullable String type, @Nullable String lastKey) {
        return new QueryMessageHeader(
                "orders", key, maxNum, 0, Long.MAX_VALUE, false, type, lastKey);
    }

    /** What mqadmin prints for the last message of a page, and an operator hands back. */
    private static String lastKey(byte[] body) {
        ByteBuffer in = ByteBuffer.wrap(body);
        long last = 0;
        for (int at = 0; at < body.length; at += StoredMessage.sizeBytes(in, at)) {
            last = StoredMessage.position(in, at);
        }
        return "490000@orders@K@all@U@" + last;
    }

    @Test
    void shouldGiveAsManyAsAskedForAndGoOnAfterTheLastKey() throws IOException {
        sendMany(150);
        assertEquals(150, bodies(ok(query(header("all", 200, "K", null))).body()).size());
        for (String type : List.of("K", "T")) {
            String key = type.equals("K") ? "all" : "odd";
            List<String> got = new ArrayList<>();
            Wire.Reply reply = query(header(key, 64, type, null));
            while (reply.code() == ResponseCode.SUCCESS) {
                got.addAll(bodies(reply.body()));
                reply = query(header(key, 64, type, lastKey(reply.body())));
            }
            assertEquals(ResponseCode.QUERY_NOT_FOUND, reply.code());
            assertEquals(type.equals("K") ? 150 : 75, got.size());
            assertEquals(type.equals("K") ? "m149" : "m1", got.getFirst());
            assertEquals(type.equals("K") ? "m0" : "m149", got.getLast());
        }
    }

    @Test
    void shouldRefuseALastKeyThatIsNone() throws IOException {
        sendMany(1);
        for (String bad : List.of("x", "a@b", "1@", "9".repeat(40))) {
            refused(ResponseCode.INVALID_PARAMETER, query(header("all", 10, "K", bad)));
        }
    }

    @Test
    void shouldFindAUniqueKeyWhateverTheClocksOfClientsSay() throws IOException {
        sendMany(1);
        long later = System.currentTimeMillis() + 3_600_000;
        var unique = new QueryMessageHeader("orders", "U0", 32, later, later + 1, true, "U", null);
        assertEquals(List.of("m0"), bodies(ok(query(unique)).body()));
        var key = new QueryMessageHeader("orders", "all", 32, later, later + 1, false, "K", null);
        refused(ResponseCode.QUERY_NOT_FOUND, query(key));
    }

    @Test
    void shouldSayThatAMessageIsNotDueWhenItIsViewed() throws IOException {
        var sent =
                SendMessageResponse.decode(
                        ok(wire.send("orders", 0, "DELAY\0012\2UNIQ_KEY\1U1\2", "later")).header());
        long position = Long.parseLong(sent.msgId().substring(16), 16);
        var view = new ViewMessageHeader("orders", position);
        Wire.Reply reply = wire.call(RequestCode.VIEW_MESSAGE_BY_ID, view::encode);
        refused(ResponseCode.QUERY_NOT_FOUND, reply);
        assertTrue(("" + reply.header().remark()).contains("before it is due"));
        var locate = new LocateMessageHeader("orders", sent.msgId());
        Wire.Reply located = ok(wire.call(RequestCode.LOCATE_MESSAGE, locate::encode));
        assertTrue(LocateMessageResponse.decode(located.header()).dueMs() > 0);
        assertEquals(List.of("later"), bodies(located.body()));
    }

    @Test
    void shouldRefuseNonsense() throws IOException {
        sendMany(1);
        for (String id :
                List.of("", "../../etc/passwd", "0:-1", "99:0", "0:99999999999", "F".repeat(32))) {
            Wire.Reply reply =
                    wire.call(
                            RequestCode.LOCATE_MESSAGE,
                            new LocateMessageHeader("orders", id)::encode);
            assertTrue(reply.code() != ResponseCode.SUCCESS, id);
            assertTrue(reply.header().remark() != null, id);
        }
        refused(ResponseCode.INVALID_PARAMETER, wire.call(RequestCode.NEXT_DUE, FrontDoor::none));
        ok(wire.call(RequestCode.NEXT_DUE, new NextDueHeader(-5)::encode));
        ok(wire.call(RequestCode.NEXT_DUE, new NextDueHeader(Integer.MAX_VALUE)::encode));
        refused(
                ResponseCode.SUBSCRIPTION_GROUP_NOT_EXIST,
                wire.call(
                        RequestCode.RESEND_MESSAGE,
                        new ResendMessageHeader("nobody", "orders", "U0")::encode));
        refused(
                ResponseCode.SUBSCRIPTION_GROUP_NOT_EXIST,
                wire.call(
                        RequestCode.MESSAGE_STATUS,
                        new MessageStatusHeader("orders", "U0", "nobody")::encode));
    }

    @Test
    void shouldTellWhatTheSubscriptionLeavesOutAndWhoSubscribesWithoutHavingRead()
            throws IOException {
        sendMany(2);
        try (Wire client = new Wire(server.remotingPort())) {
            ok(beat(client, heartbeat("c1", "billing", "orders")));
            assertEquals("NEVER_CONSUMED", state("U0", null));
        }
    }

    private String state(String id, @Nullable String group) throws IOException {
        var header = new MessageStatusHeader("orders", id, group);
        Wire.Reply reply = ok(wire.call(RequestCode.MESSAGE_STATUS, header::encode));
        var body = Unpooled.wrappedBuffer(reply.body());
        List<MessageStatus.OfGroup> groups =
                MessageStatus.decode(body, 0, reply.body().length).groups();
        assertEquals(1, groups.size());
        return groups.getFirst().state();
    }

    @Test
    void shouldHaveTheTopicOfTracesAlsoWhereNoTopicsAreCreated() throws IOException {
        Config auto = TestServers.config(other);
        Config none =
                new Config(
                        auto.dataDir(),
                        auto.bind(),
                        auto.advertise(),
                        0,
                        0,
                        0,
                        0,
                        false,
                        auto.defaultQueues(),
                        auto.delayLevels(),
                        auto.retention(),
                        auto.retentionSizeBytes(),
                        auto.durability(),
                        false,
                        auto.transactions(),
                        auto.delayMax());
        try (Server strict = Server.start(none);
                Wire client = new Wire(strict.remotingPort())) {
            var route = new GetRouteInfoHeader("RMQ_SYS_TRACE_TOPIC", true);
            ok(client.call(RequestCode.GET_ROUTEINFO_BY_TOPIC, route::encode));
            ok(client.send("RMQ_SYS_TRACE_TOPIC", 0, "KEYS\1U1 U2\2", "a trace"));
            refused(ResponseCode.TOPIC_NOT_EXIST, client.send("orders", 0, "x"));
        }
    }
}
