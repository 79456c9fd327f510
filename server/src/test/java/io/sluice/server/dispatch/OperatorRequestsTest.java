package io.sluice.server.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.protocol.CreateTopicHeader;
import io.sluice.protocol.GetBrokerConsumeStatsHeader;
import io.sluice.protocol.GetConsumerConnectionListHeader;
import io.sluice.protocol.GetKVListByNamespaceHeader;
import io.sluice.protocol.GetProducerConnectionListHeader;
import io.sluice.protocol.GetSubscriptionGroupConfigHeader;
import io.sluice.protocol.GetTopicStatsInfoHeader;
import io.sluice.protocol.GetTopicsByClusterHeader;
import io.sluice.protocol.Json;
import io.sluice.protocol.KVConfigHeader;
import io.sluice.protocol.QueryConsumeQueueHeader;
import io.sluice.protocol.QueryConsumeTimeSpanHeader;
import io.sluice.protocol.QueryCorrectionOffsetHeader;
import io.sluice.protocol.QuerySubscriptionByConsumerHeader;
import io.sluice.protocol.QueryTopicConsumeByWhoHeader;
import io.sluice.protocol.QueryTopicsByConsumerHeader;
import io.sluice.protocol.RequestCode;
import io.sluice.protocol.ResponseCode;
import io.sluice.protocol.SubscriptionGroupConfig;
import io.sluice.protocol.SubscriptionGroupConfigList;
import io.sluice.protocol.TopicConfig;
import io.sluice.protocol.TopicConfigList;
import io.sluice.protocol.UpdateGroupForbiddenHeader;
import io.sluice.protocol.ViewBrokerStatsDataHeader;
import io.sluice.protocol.WritePermOfBrokerHeader;
import io.sluice.server.TestServers;
import io.sluice.server.remoting.Wire;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What operators' tools ask, as they ask it, and as they do not. */
class OperatorRequestsTest extends FrontDoor {

    @BeforeEach
    void fill() throws IOException {
        ok(beat(wire, heartbeat("c1", "group", "orders")));
        for (int i = 0; i < 3; i++) {
            ok(wire.send("orders", 0, "body " + i));
        }
        ok(commit("group", "orders", 0, 2));
    }

    private static Map<?, ?> json(Wire.Reply reply) {
        return (Map<?, ?>)
                Objects.requireNonNull(Json.read(ok(reply).buffer(), 0, reply.body().length));
    }

    private static Map<?, ?> map(Map<?, ?> json, String name) {
        return (Map<?, ?>) Objects.requireNonNull(json.get(name));
    }

    private static double number(Map<?, ?> json, String name) {
        return ((Number) Objects.requireNonNull(json.get(name))).doubleValue();
    }

    private static String text(Wire.Reply reply) {
        return new String(ok(reply).body(), StandardCharsets.UTF_8);
    }

    private static List<?> list(Map<?, ?> json, String name) {
        return (List<?>) Objects.requireNonNull(json.get(name));
    }

    private Wire.Reply call(int code) throws IOException {
        return wire.call(code, FrontDoor::none);
    }

    private Wire.Reply callWith(int code, String body) throws IOException {
        return wire.call(code, FrontDoor::none, body.getBytes(StandardCharsets.UTF_8));
    }

    // Topics and groups.

    @Test
    void shouldTellOfAllTopicsAtOnce() throws IOException {
        Wire.Reply reply = call(RequestCode.GET_ALL_TOPIC_CONFIG);
        Map<?, ?> topics = map(json(reply), "topicConfigTable");
        assertEquals(topics.size(), reply.header().intField("totalTopicNum"));
        assertEquals(8L, map(topics, "orders").get("readQueueNums"));
    }

    private Wire.Reply createAll(TopicConfig... topics) throws IOException {
        byte[] body = new TopicConfigList(List.of(topics)).encode().toBytes();
        return wire.call(RequestCode.UPDATE_AND_CREATE_TOPIC_LIST, FrontDoor::none, body);
    }

    private static TopicConfig topic(String name, int queues, Map<String, String> attributes) {
        return new TopicConfig(name, queues, queues, 6, new TreeMap<>(attributes), false);
    }

    @Test
    void shouldCreateAllTopicsOfAListOrNone() throws IOException {
        ok(
                createAll(
                        topic("first", 2, Map.of("+durability", "async")),
                        topic("second", 3, Map.of())));
        String all = text(call(RequestCode.GET_ALL_TOPIC_CONFIG));
        assertTrue(all.contains("\"durability\":\"async\""), all);
        refused(
                ResponseCode.INVALID_PARAMETER,
                createAll(topic("third", 1, Map.of()), topic("../etc", 1, Map.of())));
        assertFalse(text(call(RequestCode.GET_ALL_TOPIC_CONFIG)).contains("third"));
        refused(
                ResponseCode.INVALID_PARAMETER,
                callWith(RequestCode.UPDATE_AND_CREATE_TOPIC_LIST, "[]"));
    }

    @Test
    void shouldCreateAllGroupsOfAListOrNone() throws IOException {
        var first = SubscriptionGroupConfig.named("first");
        var bad = SubscriptionGroupConfig.named("b a d");
        int code = RequestCode.UPDATE_AND_CREATE_SUBSCRIPTIONGROUP_LIST;
        byte[] mixed = new SubscriptionGroupConfigList(List.of(first, bad)).encode().toBytes();
        refused(ResponseCode.INVALID_PARAMETER, wire.call(code, FrontDoor::none, mixed));
        var header = new GetSubscriptionGroupConfigHeader("first");
        int ask = RequestCode.GET_SUBSCRIPTIONGROUP_CONFIG;
        refused(ResponseCode.SUBSCRIPTION_GROUP_NOT_EXIST, wire.call(ask, header::encode));
        byte[] one = new SubscriptionGroupConfigList(List.of(first)).encode().toBytes();
        ok(wire.call(code, FrontDoor::none, one));
        assertEquals("first", json(wire.call(ask, header::encode)).get("groupName"));
    }

    private Wire.Reply forbid(String group, @Nullable Boolean readable) throws IOException {
        var header = new UpdateGroupForbiddenHeader(group, "orders", readable);
        return wire.call(RequestCode.UPDATE_AND_GET_GROUP_FORBIDDEN, header::encode);
    }

    @Test
    void shouldForbidAGroupToReadATopic() throws IOException {
        assertEquals(true, json(forbid("group", null)).get("readable"));
        assertEquals(false, json(forbid("group", false)).get("readable"));
        refused(ResponseCode.NO_PERMISSION, pull(pull("orders", 0, 0, SUBSCRIPTION)));
        assertEquals(true, json(forbid("group", true)).get("readable"));
        ok(pull(pull("orders", 0, 0, SUBSCRIPTION)));
        refused(ResponseCode.SUBSCRIPTION_GROUP_NOT_EXIST, forbid("nobody", false));
    }

    // Who is there.

    @Test
    void shouldTellWhichGroupsConsumeATopicAndWhichTopicsAGroup() throws IOException {
        var who = new QueryTopicConsumeByWhoHeader("orders");
        int whoCode = RequestCode.QUERY_TOPIC_CONSUME_BY_WHO;
        assertEquals(List.of("group"), list(json(wire.call(whoCode, who::encode)), "groupList"));
        var nowhere = new QueryTopicConsumeByWhoHeader("nowhere");
        assertEquals(List.of(), list(json(wire.call(whoCode, nowhere::encode)), "groupList"));

        var what = new QueryTopicsByConsumerHeader("group");
        int whatCode = RequestCode.QUERY_TOPICS_BY_CONSUMER;
        assertEquals(List.of("orders"), list(json(wire.call(whatCode, what::encode)), "topicList"));
        var nobody = new QueryTopicsByConsumerHeader("nobody");
        assertEquals(List.of(), list(json(wire.call(whatCode, nobody::encode)), "topicList"));

        int code = RequestCode.QUERY_SUBSCRIPTION_BY_CONSUMER;
        var wanted = new QuerySubscriptionByConsumerHeader("group", "orders");
        Map<?, ?> found = json(wire.call(code, wanted::encode));
        assertEquals("*", map(found, "subscriptionData").get("subString"));
        var unwanted = new QuerySubscriptionByConsumerHeader("group", "nowhere");
        assertFalse(json(wire.call(code, unwanted::encode)).containsKey("subscriptionData"));
    }

    @Test
    void shouldSayThatNobodyIsThere() throws IOException {
        var consumers = new GetConsumerConnectionListHeader("nobody");
        refused(
                ResponseCode.CONSUMER_NOT_ONLINE,
                wire.call(RequestCode.GET_CONSUMER_CONNECTION_LIST, consumers::encode));
        var producers = new GetProducerConnectionListHeader("nobody");
        refused(
                ResponseCode.SYSTEM_ERROR,
                wire.call(RequestCode.GET_PRODUCER_CONNECTION_LIST, producers::encode));
        assertEquals(Map.of(), json(call(RequestCode.GET_ALL_PRODUCER_INFO)).get("data"));
    }

    // How far and how much.

    @Test
    void shouldTellHowFarBehindAGroupIs() throws IOException {
        var header = new QueryConsumeTimeSpanHeader("orders", "group");
        int code = RequestCode.QUERY_CONSUME_TIME_SPAN;
        List<?> spans = list(json(wire.call(code, header::encode)), "consumeTimeSpanSet");
        assertEquals(8, spans.size());
        Map<?, ?> first = (Map<?, ?>) spans.getFirst();
        double firstMs = number(first, "minTimeStamp");
        assertTrue(firstMs > 0);
        assertTrue(number(first, "maxTimeStamp") >= number(first, "consumeTimeStamp"));
        assertTrue(number(first, "consumeTimeStamp") >= firstMs);
        Map<?, ?> empty = (Map<?, ?>) spans.get(1);
        assertEquals(0L, empty.get("delayTime"));
        var unknown = new QueryConsumeTimeSpanHeader("nowhere", "group");
        refused(ResponseCode.TOPIC_NOT_EXIST, wire.call(code, unknown::encode));
    }

    @Test
    void shouldTellTheLowestOffsetsOfGroups() throws IOException {
        ok(commit("other", "orders", 0, 1));
        assertEquals(Map.of("0", 1L), corrections(null, "nobody"));
        assertEquals(Map.of("0", 2L), corrections("other,other,more", "nobody"));
        assertEquals(Map.of("0", Long.MAX_VALUE), corrections("other", "other"));
    }

    private Map<?, ?> corrections(@Nullable String leftOut, String compared) throws IOException {
        var header = new QueryCorrectionOffsetHeader(leftOut, compared, "orders");
        int code = RequestCode.QUERY_CORRECTION_OFFSET;
        return map(json(wire.call(code, header::encode)), "correctionOffsets");
    }

    @Test
    void shouldTellHowFarAllGroupsAre() throws IOException {
        int code = RequestCode.GET_BROKER_CONSUME_STATS;
        var all = new GetBrokerConsumeStatsHeader(false);
        Map<?, ?> found = json(wire.call(code, all::encode));
        assertEquals(1L, found.get("totalDiff"));
        assertEquals(0L, found.get("totalInflightDiff"));
        ok(pull(pull("orders", 0, 2, SUBSCRIPTION)));
        assertEquals(1L, json(wire.call(code, all::encode)).get("totalInflightDiff"));
        assertTrue(found.toString().contains("consumerOffset=2"), found::toString);
        var ordered = new GetBrokerConsumeStatsHeader(true);
        assertEquals(0L, json(wire.call(code, ordered::encode)).get("totalDiff"));
        var conf = new KVConfigHeader("ORDER_TOPIC_CONFIG", "orders", "sluice-0:8");
        ok(wire.call(RequestCode.PUT_KV_CONFIG, conf::encode));
        assertEquals(1L, json(wire.call(code, ordered::encode)).get("totalDiff"));
    }

    private Wire.Reply counted(String name, String key) throws IOException {
        var header = new ViewBrokerStatsDataHeader(name, key);
        return wire.call(RequestCode.VIEW_BROKER_STATS_DATA, header::encode);
    }

    @Test
    void shouldCountWhatGoesInAndOut() throws IOException {
        ok(pull(pull("orders", 0, 0, SUBSCRIPTION)));
        Map<?, ?> day = map(json(counted("TOPIC_PUT_NUMS", "orders")), "statsDay");
        assertEquals(3L, day.get("sum"));
        Map<?, ?> got = map(json(counted("GROUP_GET_NUMS", "orders@group")), "statsDay");
        assertEquals(3L, got.get("sum"));
        Map<?, ?> all = map(json(counted("BROKER_PUT_NUMS", "sluice")), "statsHour");
        assertEquals(3L, all.get("sum"));
        refused(ResponseCode.SYSTEM_ERROR, counted("TOPIC_PUT_NUMS", "nowhere"));
        refused(ResponseCode.SYSTEM_ERROR, counted("../../etc/passwd", "@@@"));
        var header = new GetTopicStatsInfoHeader("orders");
        Map<?, ?> stats = json(wire.call(RequestCode.GET_TOPIC_STATS_INFO, header::encode));
        assertTrue(number(stats, "topicPutTps") > 0);
        var nowhere = new GetTopicStatsInfoHeader("nowhere");
        refused(
                ResponseCode.TOPIC_NOT_EXIST,
                wire.call(RequestCode.GET_TOPIC_STATS_INFO, nowhere::encode));
    }

    private Wire.Reply queue(int queueId, long index, int count, @Nullable String group)
            throws IOException {
        var header = new QueryConsumeQueueHeader("orders", queueId, index, count, group);
        return wire.call(RequestCode.QUERY_CONSUME_QUEUE, header::encode);
    }

    @Test
    void shouldTellWhatTheIndexOfAQueueSays() throws IOException {
        Map<?, ?> all = json(queue(0, 0, Integer.MAX_VALUE, "group"));
        assertEquals(3L, all.get("maxQueueIndex"));
        assertEquals(3, list(all, "queueData").size());
        assertEquals("*", all.get("filterData"));
        Map<?, ?> entry = (Map<?, ?>) list(all, "queueData").getFirst();
        assertTrue(number(entry, "physicOffset") > 0);
        assertEquals(1, list(json(queue(0, Long.MIN_VALUE, -1, null)), "queueData").size());
        assertEquals(0, list(json(queue(0, Long.MAX_VALUE, 1, null)), "queueData").size());
        refused(ResponseCode.SYSTEM_ERROR, queue(-1, 0, 1, null));
        refused(ResponseCode.SYSTEM_ERROR, queue(8, 0, 1, null));
    }

    // The name service.

    @Test
    void shouldKeepTextsOverARestart() throws IOException {
        var put = new KVConfigHeader("house", "door/../é", "open = \\ \"yes\"");
        ok(wire.call(RequestCode.PUT_KV_CONFIG, put::encode));
        wire.close();
        server.close();
        server = TestServers.start(directory);
        wire = new Wire(server.remotingPort());
        Wire.Reply found = ok(wire.call(RequestCode.GET_KV_CONFIG, put::encode));
        assertEquals("open = \\ \"yes\"", found.header().text("value"));
        var house = new GetKVListByNamespaceHeader("house");
        Map<?, ?> all = json(wire.call(RequestCode.GET_KVLIST_BY_NAMESPACE, house::encode));
        assertEquals(Map.of("door/../é", "open = \\ \"yes\""), all.get("table"));
        ok(wire.call(RequestCode.DELETE_KV_CONFIG, put::encode));
        ok(wire.call(RequestCode.DELETE_KV_CONFIG, put::encode));
        refused(ResponseCode.QUERY_NOT_FOUND, wire.call(RequestCode.GET_KV_CONFIG, put::encode));
        refused(
                ResponseCode.QUERY_NOT_FOUND,
                wire.call(RequestCode.GET_KVLIST_BY_NAMESPACE, house::encode));
    }

    @Test
    void shouldRefuseTextsThatAreTooLongOrHaveNoName() throws IOException {
        for (var bad :
                List.of(
                        new KVConfigHeader("house", "k".repeat(2000), "v"),
                        new KVConfigHeader("house", "key", "v".repeat(5000)),
                        new KVConfigHeader("house", "key", null))) {
            refused(
                    ResponseCode.INVALID_PARAMETER,
                    wire.call(RequestCode.PUT_KV_CONFIG, bad::encode));
        }
        refused(ResponseCode.INVALID_PARAMETER, call(RequestCode.PUT_KV_CONFIG));
    }

    @Test
    void shouldTellWhatBelongsToTheClusterAndTheSystem() throws IOException {
        var here = new GetTopicsByClusterHeader("sluice");
        int code = RequestCode.GET_TOPICS_BY_CLUSTER;
        assertTrue(list(json(wire.call(code, here::encode)), "topicList").contains("orders"));
        var elsewhere = new GetTopicsByClusterHeader("elsewhere");
        assertEquals(List.of(), list(json(wire.call(code, elsewhere::encode)), "topicList"));
        Map<?, ?> names = json(call(RequestCode.GET_SYSTEM_TOPIC_LIST_FROM_NS));
        assertEquals("127.0.0.1:" + server.remotingPort(), names.get("brokerAddr"));
        Map<?, ?> topics = json(call(RequestCode.GET_SYSTEM_TOPIC_LIST_FROM_BROKER));
        assertTrue(list(topics, "topicList").contains("TBW102"));
    }

    @Test
    void shouldLetProducersKnowThatNothingCanBeWritten() throws IOException {
        var here = new WritePermOfBrokerHeader("sluice-0");
        var elsewhere = new WritePermOfBrokerHeader("elsewhere");
        int wipe = RequestCode.WIPE_WRITE_PERM_OF_BROKER;
        refused(ResponseCode.INVALID_PARAMETER, wire.call(wipe, elsewhere::encode));
        Wire.Reply wiped = ok(wire.call(wipe, here::encode));
        assertTrue(wiped.header().intField("wipeTopicCount") >= 1);
        assertEquals(0, ok(wire.call(wipe, here::encode)).header().intField("wipeTopicCount"));
        Wire.Reply added = ok(wire.call(RequestCode.ADD_WRITE_PERM_OF_BROKER, here::encode));
        assertTrue(added.header().intField("addTopicCount") >= 1);
    }

    // Settings.

    @Test
    void shouldChangeSettingsThatMayBeChangedAllOrNone() throws IOException {
        int change = RequestCode.UPDATE_BROKER_CONFIG;
        ok(
                callWith(
                        change,
                        "autoCreateTopicEnable=false\nretention=36h\nflushDiskType=ASYNC_FLUSH"));
        String settings = text(call(RequestCode.GET_BROKER_CONFIG));
        for (String line :
                List.of(
                        "auto-create-topics=false",
                        "retention=36h",
                        "fileReservedTime=36",
                        "durability=async")) {
            assertTrue(settings.lines().anyMatch(line::equals), line + " in " + settings);
        }
        refused(ResponseCode.TOPIC_NOT_EXIST, wire.send("not-there", 0, "body"));
        refused(
                ResponseCode.INVALID_PARAMETER,
                callWith(change, "autoCreateTopicEnable=true\nnonsense=1"));
        refused(ResponseCode.INVALID_PARAMETER, callWith(change, "default-queues=0"));
        refused(ResponseCode.INVALID_PARAMETER, callWith(change, "default-queues=\\u00zz"));
        refused(ResponseCode.TOPIC_NOT_EXIST, wire.send("not-there", 0, "body"));
    }

    @Test
    void shouldNeverSetWhatIsFixedNorTellWhereDataLies() throws IOException {
        int change = RequestCode.UPDATE_BROKER_CONFIG;
        for (String fixed : List.of("bind", "data-dir", "remoting-port", "rocketmqHome")) {
            refused(ResponseCode.NO_PERMISSION, callWith(change, fixed + "=x"));
        }
        for (String unknown : List.of("storePathRootDir", "messageStorePlugIn", "x")) {
            Wire.Reply reply = callWith(change, unknown + "=x");
            refused(ResponseCode.INVALID_PARAMETER, reply);
            assertTrue(("" + reply.header().remark()).contains(unknown));
        }
        String settings = text(call(RequestCode.GET_BROKER_CONFIG));
        assertFalse(settings.contains(directory.toString()), settings);
        refused(
                ResponseCode.NO_PERMISSION,
                callWith(RequestCode.UPDATE_NAMESRV_CONFIG, "kvConfigPath=/tmp/x"));
        refused(
                ResponseCode.INVALID_PARAMETER,
                callWith(RequestCode.UPDATE_NAMESRV_CONFIG, "x=\\u00zz"));
        Wire.Reply tooLong = callWith(change, "k".repeat(100_000) + "=x");
        refused(ResponseCode.INVALID_PARAMETER, tooLong);
        assertTrue(("" + tooLong.header().remark()).length() < 500);
        assertTrue(text(call(RequestCode.GET_NAMESRV_CONFIG)).contains("enableTopicList=true"));
    }

    @Test
    void shouldShowTheServerUnderRocketMqNames() throws IOException {
        Map<?, ?> status = map(json(call(RequestCode.GET_BROKER_RUNTIME_INFO)), "table");
        assertEquals("true", status.get("brokerActive"));
        assertEquals("3", status.get("msgPutTotalTodayNow"));
        assertTrue(Double.parseDouble("" + status.get("commitLogDiskRatio")) > 0);
        for (String rate : List.of("putTps", "getTransferredTps", "getTotalTps")) {
            assertEquals(3, ("" + status.get(rate)).split(" ").length, rate);
        }
    }

    @Test
    void shouldRefuseRequestsWithoutTheirFields() throws IOException {
        for (int code :
                List.of(
                        RequestCode.GET_TOPIC_STATS_INFO,
                        RequestCode.GET_CONSUMER_CONNECTION_LIST,
                        RequestCode.GET_PRODUCER_CONNECTION_LIST,
                        RequestCode.WIPE_WRITE_PERM_OF_BROKER,
                        RequestCode.QUERY_TOPIC_CONSUME_BY_WHO,
                        RequestCode.QUERY_CONSUME_TIME_SPAN,
                        RequestCode.GET_CONSUMER_RUNNING_INFO,
                        RequestCode.CONSUME_MESSAGE_DIRECTLY,
                        RequestCode.VIEW_BROKER_STATS_DATA,
                        RequestCode.QUERY_CONSUME_QUEUE,
                        RequestCode.QUERY_TOPICS_BY_CONSUMER,
                        RequestCode.QUERY_SUBSCRIPTION_BY_CONSUMER,
                        RequestCode.GET_SUBSCRIPTIONGROUP_CONFIG,
                        RequestCode.UPDATE_AND_GET_GROUP_FORBIDDEN)) {
            refused(ResponseCode.INVALID_PARAMETER, call(code));
        }
        for (int never : List.of(22, 23, 212)) { // which RocketMQ itself does not answer either
            refused(ResponseCode.REQUEST_CODE_NOT_SUPPORTED, call(never));
        }
    }

    @Test
    void shouldRouteTheNamesOfClusterAndBroker() throws IOException {
        for (String name : List.of("sluice", "sluice-0")) {
            Wire.Reply route =
                    wire.call(RequestCode.GET_ROUTEINFO_BY_TOPIC, out -> out.field("topic", name));
            assertTrue(text(route).contains("sluice-0"));
        }
        var header = new CreateTopicHeader("x", "TBW102", 2, 3, 6, "SINGLE_TAG", 0, false, null);
        refused(
                ResponseCode.INVALID_PARAMETER,
                wire.call(RequestCode.UPDATE_AND_CREATE_TOPIC, header::encode));
    }
}
