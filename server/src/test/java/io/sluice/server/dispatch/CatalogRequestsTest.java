package io.sluice.server.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.protocol.ClusterInfo;
import io.sluice.protocol.CreateTopicHeader;
import io.sluice.protocol.DeleteSubscriptionGroupHeader;
import io.sluice.protocol.DeleteTopicHeader;
import io.sluice.protocol.DeleteTopicInNamesrvHeader;
import io.sluice.protocol.GetRouteInfoHeader;
import io.sluice.protocol.GetTopicConfigHeader;
import io.sluice.protocol.KeyValues;
import io.sluice.protocol.MessageId;
import io.sluice.protocol.QueryMessageHeader;
import io.sluice.protocol.RequestCode;
import io.sluice.protocol.ResponseCode;
import io.sluice.protocol.SendMessageResponse;
import io.sluice.protocol.SubscriptionGroupConfig;
import io.sluice.protocol.SubscriptionGroupList;
import io.sluice.protocol.TopicConfig;
import io.sluice.protocol.TopicList;
import io.sluice.protocol.TopicRouteData;
import io.sluice.protocol.ViewMessageHeader;
import io.sluice.server.remoting.Wire;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class CatalogRequestsTest extends FrontDoor {
    private Wire.Reply create(String topic, int read, int write) throws IOException {
        var header =
                new CreateTopicHeader(
                        topic,
                        "TBW102",
                        read,
                        write,
                        6,
                        "SINGLE_TAG",
                        0,
                        false,
                        "+message.type=FIFO");
        return wire.call(RequestCode.UPDATE_AND_CREATE_TOPIC, header::encode);
    }

    private Wire.Reply delete(String topic) throws IOException {
        var header = new DeleteTopicHeader(topic);
        return wire.call(RequestCode.DELETE_TOPIC_IN_BROKER, header::encode);
    }

    private static Wire.Reply route(Wire wire, String topic) throws IOException {
        var header = new GetRouteInfoHeader(topic, true);
        return wire.call(RequestCode.GET_ROUTEINFO_BY_TOPIC, header::encode);
    }

    private static TopicRouteData okRoute(Wire.Reply reply) {
        return TopicRouteData.decode(ok(reply).buffer(), 0, reply.body().length);
    }

    @Test
    void shouldRouteToTheAddressByWhichTheClientCame() throws IOException {
        ok(create("orders", 3, 3));
        for (int port : List.of(server.remotingPort(), server.brokerPort(), server.vipPort())) {
            try (Wire client = new Wire(port)) {
                TopicRouteData route = okRoute(route(client, "orders"));
                assertEquals(3, route.queues().getFirst().writeQueueNums());
                assertEquals(6, route.queues().getFirst().perm());
                assertEquals("127.0.0.1:" + port, route.brokers().getFirst().addresses().get(0L));
                assertEquals(
                        route.brokers().getFirst().brokerName(),
                        route.queues().getFirst().brokerName());
            }
        }
    }

    @Test
    void shouldRouteUnknownTopicsOnlyThroughTheOneForCreation() throws IOException {
        refused(ResponseCode.TOPIC_NOT_EXIST, route(wire, "orders"));
        TopicRouteData template = okRoute(route(wire, "TBW102"));
        assertEquals(8, template.queues().getFirst().writeQueueNums());
        assertEquals(7, template.queues().getFirst().perm());
    }

    private Wire.Reply createWith(String topic, String attributes) throws IOException {
        var header =
                new CreateTopicHeader(topic, "TBW102", 2, 2, 6, "SINGLE_TAG", 0, false, attributes);
        return wire.call(RequestCode.UPDATE_AND_CREATE_TOPIC, header::encode);
    }

    @Test
    void shouldRefuseTopicAttributesThatCannotBeAndSayWhatCan() throws IOException {
        for (String wrong :
                List.of("+durability=maybe", "+retention=soon", "+retention-size=much")) {
            Wire.Reply reply = createWith("clicks", wrong);
            refused(ResponseCode.INVALID_PARAMETER, reply);
            String said = String.valueOf(reply.header().remark());
            assertTrue(said.contains(wrong.substring(wrong.indexOf('=') + 1)), said);
        }
        refused(ResponseCode.TOPIC_NOT_EXIST, route(wire, "clicks"));
        ok(createWith("clicks", "+durability=async,+retention=1h,+retention-size=1GB"));
        ok(createWith("clicks", "-durability"));
    }

    @Test
    void shouldSayHowItIs() throws IOException {
        Wire.Reply reply = ok(wire.call(RequestCode.GET_BROKER_RUNTIME_INFO, FrontDoor::none));
        var table = KeyValues.decode(reply.buffer(), 0, reply.body().length).table();
        assertEquals("0", table.get("acknowledgedNotDurable"));
        assertEquals("ok", table.get("storage"));
    }

    @Test
    void shouldNameTheCluster() throws IOException {
        Wire.Reply reply = ok(wire.call(RequestCode.GET_BROKER_CLUSTER_INFO, FrontDoor::none));
        ClusterInfo info = ClusterInfo.decode(reply.buffer(), 0, reply.body().length);
        assertEquals(List.of("sluice-0"), info.clusters().get("sluice"));
        assertTrue(info.brokers().containsKey("sluice-0"));
    }

    @Test
    void shouldCreateGrowAndDeleteTopics() throws IOException {
        ok(create("orders", 2, 2));
        ok(wire.send("orders", 1, "old"));
        ok(create("orders", 4, 4));
        ok(wire.send("orders", 3, "x"));
        refused(ResponseCode.INVALID_PARAMETER, create("orders", 1, 1));
        refused(ResponseCode.INVALID_PARAMETER, create("orders", 4, 2));
        refused(ResponseCode.INVALID_PARAMETER, create("or ders", 4, 4));
        assertTrue(topics().contains("orders"));
        var route = new DeleteTopicInNamesrvHeader("orders", null);
        ok(wire.call(RequestCode.DELETE_TOPIC_IN_NAMESRV, route::encode));
        ok(delete("orders"));
        ok(delete("orders"));
        assertFalse(topics().contains("orders"));
        ok(create("orders", 2, 2));
        assertEquals(ResponseCode.PULL_NOT_FOUND, pull(pull("orders", 1, 0, SUBSCRIPTION)).code());
    }

    @Test
    void shouldLeaveTheNumberOfQueuesToTheServer() throws IOException {
        ok(create("orders", 0, 0));
        assertEquals(8, config("orders").readQueueNums());
        ok(create("orders", 20, 20));
        ok(create("orders", 0, 0));
        assertEquals(20, config("orders").writeQueueNums());
        refused(ResponseCode.INVALID_PARAMETER, create("bills", -1, -1));
        refused(ResponseCode.INVALID_PARAMETER, create("orders", -1, -1));
    }

    @Test
    void shouldSayHowATopicIs() throws IOException {
        ok(createWith("clicks", "+durability=async,+retention=1h"));
        assertEquals(
                new TopicConfig(
                        "clicks",
                        2,
                        2,
                        6,
                        new TreeMap<>(Map.of("durability", "async", "retention", "1h")),
                        false),
                config("clicks"));
        var nowhere = new GetTopicConfigHeader("nowhere");
        refused(
                ResponseCode.TOPIC_NOT_EXIST,
                wire.call(RequestCode.GET_TOPIC_CONFIG, nowhere::encode));
    }

    private TopicConfig config(String topic) throws IOException {
        var header = new GetTopicConfigHeader(topic);
        Wire.Reply reply = ok(wire.call(RequestCode.GET_TOPIC_CONFIG, header::encode));
        return TopicConfig.decode(reply.buffer(), 0, reply.body().length);
    }

    @Test
    void shouldNotCreateTheGroupOfWhoOnlyLooks() throws IOException {
        ok(wire.send("orders", 0, "x"));
        ok(pull(pull("looker", "orders", 0, 0, SUBSCRIPTION, "*")));
        assertEquals(List.of(), groups());
        assertEquals(List.of("orders"), topics());
        ok(commit("looker", "orders", 0, 1));
        assertEquals("looker", groups().getFirst().groupName());
    }

    private List<String> topics() throws IOException {
        Wire.Reply reply =
                ok(wire.call(RequestCode.GET_ALL_TOPIC_LIST_FROM_NAMESERVER, FrontDoor::none));
        return TopicList.decode(reply.buffer(), 0, reply.body().length).topics();
    }

    @Test
    void shouldCreateChangeAndDeleteGroups() throws IOException {
        SubscriptionGroupConfig config =
                new SubscriptionGroupConfig("group", true, true, false, false, 1, 3, true, 15);
        ok(update(SubscriptionGroupConfig.named("group")));
        ok(update(config));
        assertEquals(List.of(config), groups());
        assertTrue(topics().contains("%RETRY%group"));
        var header = new DeleteSubscriptionGroupHeader("group", true);
        ok(wire.call(RequestCode.DELETE_SUBSCRIPTIONGROUP, header::encode));
        ok(wire.call(RequestCode.DELETE_SUBSCRIPTIONGROUP, header::encode));
        assertEquals(List.of(), groups());
        refused(ResponseCode.INVALID_PARAMETER, update(SubscriptionGroupConfig.named("gr/oup")));
    }

    private Wire.Reply update(SubscriptionGroupConfig config) throws IOException {
        return wire.call(
                RequestCode.UPDATE_AND_CREATE_SUBSCRIPTIONGROUP,
                FrontDoor::none,
                config.encode().toBytes());
    }

    private List<SubscriptionGroupConfig> groups() throws IOException {
        Wire.Reply reply =
                ok(wire.call(RequestCode.GET_ALL_SUBSCRIPTIONGROUP_CONFIG, FrontDoor::none));
        return SubscriptionGroupList.decode(reply.buffer(), 0, reply.body().length).groups();
    }

    @Test
    void shouldFindMessagesByIdAndByKey() throws IOException {
        String properties = "UNIQ_KEY\u0001U1\u0002KEYS\u0001red blue\u0002";
        var sent = SendMessageResponse.decode(ok(wire.send("orders", 0, properties, "x")).header());
        ok(wire.send("orders", 0, "y"));
        var view = new ViewMessageHeader("orders", MessageId.parse(sent.msgId()).position());
        assertEquals(
                List.of("x"),
                bodies(ok(wire.call(RequestCode.VIEW_MESSAGE_BY_ID, view::encode)).body()));
        var wrong = new ViewMessageHeader("orders", 5);
        refused(
                ResponseCode.QUERY_NOT_FOUND,
                wire.call(RequestCode.VIEW_MESSAGE_BY_ID, wrong::encode));
        assertEquals(List.of("x"), bodies(ok(query("orders", "blue", false)).body()));
        assertEquals(List.of("x"), bodies(ok(query("orders", "U1", true)).body()));
        refused(ResponseCode.QUERY_NOT_FOUND, query("orders", "green", false));
        refused(ResponseCode.QUERY_NOT_FOUND, query("orders", "red", true));
        refused(ResponseCode.TOPIC_NOT_EXIST, query("nowhere", "red", true));
    }

    private Wire.Reply query(String topic, String key, boolean unique) throws IOException {
        var header = new QueryMessageHeader(topic, key, 10, 0, Long.MAX_VALUE, unique, null, null);
        return wire.call(RequestCode.QUERY_MESSAGE, header::encode);
    }

    @Test
    void shouldKeepTheConnectionAfterARequestItDoesNotKnow() throws IOException {
        refused(
                ResponseCode.REQUEST_CODE_NOT_SUPPORTED,
                wire.call(4711, FrontDoor::none, "body".getBytes(StandardCharsets.UTF_8)));
        ok(wire.send("orders", 0, "x"));
    }
}
