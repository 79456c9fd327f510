package io.sluice.compat.mqadmin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.compat.harness.AgainstServer;
import io.sluice.compat.harness.Await;
import io.sluice.compat.harness.Feature;
import io.sluice.compat.harness.Target;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.remoting.protocol.body.ConsumerRunningInfo;
import org.apache.rocketmq.tools.monitor.DefaultMonitorListener;
import org.apache.rocketmq.tools.monitor.MonitorConfig;
import org.apache.rocketmq.tools.monitor.MonitorService;
import org.apache.rocketmq.tools.monitor.UndoneMsgs;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Every command that works on topics, groups, clients, the server and its messages. One after the
 * other: what a command prints is what the whole JVM prints.
 */
@AgainstServer
@Feature("Operators' tools: mqadmin")
@Execution(ExecutionMode.SAME_THREAD)
class MqadminTest {
    private static Mqadmin mqadmin;
    private static Shop shop;
    private static String broker;

    @BeforeAll
    static void open() throws Exception {
        Target target = Target.shared();
        broker = target.address();
        mqadmin = new Mqadmin(broker);
        shop = new Shop(target, mqadmin);
    }

    @AfterAll
    static void close() {
        shop.close();
    }

    private static String[] words(String command) {
        return command.replace("TOPIC", shop.topic)
                .replace("GROUP", shop.group)
                .replace("BROKER", broker)
                .split(" ");
    }

    private static String run(String command) {
        return mqadmin.run(words(command));
    }

    private static String ok(String command) {
        return mqadmin.ok(words(command));
    }

    private static String expect(String command, String... texts) {
        return mqadmin.expect(List.of(texts), words(command));
    }

    /** A printed table's line that begins so, in columns. */
    private static String[] columns(String printed, String begin) {
        return printed.lines()
                .filter(line -> line.startsWith(begin))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no line " + begin + " in\n" + printed))
                .trim()
                .split("\\s+");
    }

    // Topics.

    @Test
    void shouldCreateChangeShowAndDeleteTopics() {
        expect("updateTopic -b BROKER -t temporary -r 2 -w 2", "create topic to " + broker);
        expect("topicList", "temporary", shop.topic, "%RETRY%" + shop.group);
        expect("topicRoute -t temporary", "sluice-0", "\"readQueueNums\":2", broker);
        expect("topicRoute -t temporary -l", "sluice-0");
        expect("topicClusterList -t temporary", "sluice");
        expect("updateTopicPerm -b BROKER -t temporary -p 4", "update topic perm from 6 to 4");
        expect("topicRoute -t temporary", "\"perm\":4");
        expect("updateTopicPerm -c sluice -t temporary -p 6", "update topic perm from 4 to 6");
        assertTrue(run("updateTopic -c sluice -t temporary -r 1 -w 1").contains("cannot shrink"));
        expect("deleteTopic -c sluice -t temporary", "delete topic [temporary] from cluster");
        assertFalse(ok("topicList").lines().anyMatch("temporary"::equals));
    }

    @Test
    void shouldKeepTheQueuesOfOrderedTopics() {
        expect("updateTopic -c sluice -t in-order -r 3 -w 3 -o true", "sluice-0:3");
        expect("topicRoute -t in-order", "\"orderTopicConf\":\"sluice-0:3\"");
        expect("updateOrderConf -t in-order -m get", "orderConf=[sluice-0:3]");
        expect("updateOrderConf -t in-order -m put -v sluice-0:2", "update orderConf success");
        expect("updateOrderConf -t in-order -m get", "orderConf=[sluice-0:2]");
        expect("updateOrderConf -t in-order -m delete", "delete orderConf success");
        expect("deleteTopic -c sluice -t in-order", "delete topic [in-order]");
    }

    @Test
    void shouldCreateSeveralTopicsAndGroupsFromAFile() throws Exception {
        Path topics = Path.of("topics.json");
        Files.writeString(
                topics,
                """
                [{"topicName":"listed-1","readQueueNums":2,"writeQueueNums":2,"perm":6},
                 {"topicName":"listed-2","readQueueNums":3,"writeQueueNums":3,"perm":4}]
                """);
        expect("updateTopicList -b BROKER -f " + topics, "submit batch of topic config");
        expect("topicRoute -t listed-2", "\"perm\":4", "\"readQueueNums\":3");
        Path groups = Path.of("groups.json");
        Files.writeString(groups, "[{\"groupName\":\"listed\",\"retryMaxTimes\":7}]");
        expect("updateSubGroupList -c sluice -f " + groups, "submit batch of");
        assertEquals("7", setting(ok("getConsumerConfig -g listed"), "retryMaxTimes"));
    }

    @Test
    void shouldShowWhatATopicHolds() {
        String printed = expect("topicStatus -t TOPIC", "#Min Offset", "#Last Updated");
        long messages = 0;
        for (int queueId = 0; queueId < 4; queueId++) {
            String begin = "%-32s  %-4d".formatted("sluice-0", queueId);
            String[] queue = columns(printed, begin);
            assertEquals("0", queue[2]);
            messages += Long.parseLong(queue[3]);
            assertTrue(queue.length > 4, "when it was last updated: " + printed);
        }
        assertTrue(messages >= Shop.MESSAGES, printed);
        expect("topicStatus -t TOPIC -c sluice", "sluice-0");
    }

    // Groups.

    private static String setting(String printed, String name) {
        return columns(printed, "%-40s=".formatted(name))[2];
    }

    @Test
    void shouldCreateChangeShowAndDeleteGroups() {
        expect("updateSubGroup -c sluice -g temporary -r 3", "create subscription group to");
        String config = ok("getConsumerConfig -g temporary");
        assertEquals("3", setting(config, "retryMaxTimes"));
        assertEquals("true", setting(config, "consumeEnable"));
        expect("updateSubGroup -b BROKER -g temporary -s false", "create subscription group");
        assertEquals("false", setting(ok("getConsumerConfig -g temporary"), "consumeEnable"));
        expect("deleteSubGroup -c sluice -g temporary", "delete subscription group [temporary]");
        assertFalse(ok("getConsumerConfig -g temporary").contains("retryMaxTimes"));
    }

    @Test
    void shouldShowHowFarGroupsAre() {
        shop.awaitCommitted(mqadmin);
        String printed = expect("consumerProgress -g GROUP -t TOPIC", "#Diff", "#Inflight");
        long offsets = 0;
        for (int queueId = 0; queueId < 4; queueId++) {
            String begin = "%-64s  %-32s  %-4d".formatted(shop.topic, "sluice-0", queueId);
            String[] queue = columns(printed, begin);
            assertEquals(queue[3], queue[4], "broker and consumer offset: " + printed);
            assertEquals("0", queue[5], "diff: " + printed);
            offsets += Long.parseLong(queue[4]);
        }
        assertTrue(offsets >= Shop.MESSAGES, printed);
        String[] rate = columns(printed, "Consume TPS:");
        assertTrue(Double.parseDouble(rate[2]) > 0, printed);

        String[] group = columns(ok("consumerProgress"), shop.group);
        assertEquals("1", group[1], "clients");
        assertEquals("PUSH", group[3]);
        assertEquals("CLUSTERING", group[4]);
        String ip = shop.clientId().split("@")[0];
        expect("consumerProgress -g GROUP -t TOPIC -s true", "#Client IP", ip);

        String all = expect("brokerConsumeStats -b BROKER", "#Consumer Offset", "Diff Total:");
        String[] queue = columns(all, "%-64s  %-64s".formatted(shop.topic, shop.group));
        assertEquals("0", queue[6], all);
    }

    // Clients.

    @Test
    void shouldShowConsumersAndProducers() {
        expect(
                "consumerConnection -g GROUP",
                shop.clientId(),
                "127.0.0.1:",
                "JAVA",
                "V5_5_0",
                "paid || open",
                "ConsumeType: CONSUME_PASSIVELY",
                "MessageModel: CLUSTERING",
                "ConsumeFromWhere: CONSUME_FROM_FIRST_OFFSET");
        assertTrue(run("consumerConnection -g nobody").contains("nobody"));
        String producers = "producerConnection -t TOPIC -g " + shop.producers;
        Await.until("its heartbeat", () -> run(producers).contains("JAVA"));
        expect(producers, "127.0.0.1:", "V5_5_0");
        expect(
                "producer -b BROKER",
                "producer group (" + shop.producers + ") instance : clientId=");
    }

    @Test
    void shouldAskConsumersHowTheyAre() {
        expect(
                "consumerStatus -g GROUP",
                shop.clientId(),
                "Same subscription in the same group of consumer",
                "Rebalance OK");
        expect("consumerStatus -g GROUP -b BROKER", shop.clientId());
        String one = "consumerStatus -g GROUP -i " + shop.clientId();
        expect(one, "#Consumer Properties#", "#Consumer MQ Detail#", shop.topic);
        expect(one + " -s", "#Consumer jstack#");
        assertTrue(run("consumerStatus -g GROUP -i nobody").contains("not online"));
    }

    @Test
    void shouldMonitorGroups() throws Exception {
        shop.awaitCommitted(mqadmin);
        List<UndoneMsgs> undone = new ArrayList<>();
        List<String> clients = new ArrayList<>();
        MonitorConfig config = new MonitorConfig();
        config.setNamesrvAddr(broker);
        var listener =
                new DefaultMonitorListener() {
                    @Override
                    public void reportUndoneMsgs(UndoneMsgs found) {
                        undone.add(found);
                    }

                    @Override
                    @SuppressWarnings("NonApiType") // as the listener has it
                    public void reportConsumerRunningInfo(
                            TreeMap<String, ConsumerRunningInfo> found) {
                        clients.addAll(found.keySet());
                    }
                };
        MonitorService monitor = new MonitorService(config, listener, null);
        monitor.start();
        try {
            monitor.doMonitorWork();
        } finally {
            monitor.shutdown();
        }
        assertTrue(
                undone.stream()
                        .anyMatch(found ->
                                found.getTopic().equals(shop.topic)
                                        && found.getUndoneMsgsTotal() == 0));
        assertTrue(clients.contains(shop.clientId()), clients::toString);
    }

    // The server.

    @Test
    void shouldShowTheServer() throws Exception {
        String list = expect("clusterList", "#InTPS(LOAD)", "Sluice");
        String[] server = columns(list, "sluice ");
        assertEquals("sluice-0", server[1]);
        assertEquals(broker, server[3]);
        assertTrue(list.contains(" true"), "active: " + list);
        String more = expect("clusterList -m", "#InTotalToday");
        String[] totals = columns(more, "sluice ");
        assertTrue(Long.parseLong(totals[4]) >= Shop.MESSAGES, more);
        assertTrue(Long.parseLong(totals[5]) >= Shop.MESSAGES, more);

        String status = expect("brokerStatus -b BROKER", "putTps", "commitLogDiskRatio", "storage");
        assertTrue(Double.parseDouble(columns(status, "putTps")[3]) > 0, status);
        expect("brokerStatus -c sluice", "getTransferredTps");
        String inJvm = mqadmin.inItsOwnJvm("clusterList");
        assertTrue(inJvm.contains("sluice-0"), inJvm);
    }

    @Test
    void shouldTellHowMuchGoesInAndOut() {
        shop.awaitCommitted(mqadmin);
        String printed = expect("statsAll -t TOPIC", "#Accumulation", "#InMsg24Hour");
        String[] topic = columns(printed, "%-64s  %-64s".formatted(shop.topic, shop.group));
        assertEquals("0", topic[2], printed);
        assertTrue(Double.parseDouble(topic[3]) > 0, printed);
        assertTrue(Double.parseDouble(topic[4]) > 0, printed);
        assertTrue(Long.parseLong(topic[5]) >= Shop.MESSAGES, printed);
        assertTrue(Long.parseLong(topic[6]) >= Shop.MESSAGES, printed);
        expect("statsAll -a", shop.group);
    }

    @Test
    void shouldShowSettingsAndChangeOnlyWhatIsHarmless() {
        expect("getBrokerConfig -b BROKER", "brokerName", "autoCreateTopicEnable", "sluice-0");
        expect("getBrokerConfig -c sluice", "fileReservedTime");
        expect("updateBrokerConfig -b BROKER -k fileReservedTime -v 71", "success");
        expect("getBrokerConfig -b BROKER", "71");
        expect("updateBrokerConfig -c sluice -k fileReservedTime -v 72", "success");
        String refused = run("updateBrokerConfig -b BROKER -k storePathRootDir -v /tmp");
        assertTrue(refused.contains("[storePathRootDir] is no setting"), refused);
        assertFalse(refused.contains("success"), refused);
        String path = run("updateBrokerConfig -b BROKER -k brokerConfigPath -v /etc/passwd");
        assertFalse(path.contains("success"), path);
        String odd = run("updateBrokerConfig -b BROKER -k defaultTopicQueueNums -v many");
        assertTrue(odd.contains("a number from 1 to 1024"), odd);
        expect("getNamesrvConfig", "enableTopicList");
        String names = run("updateNamesrvConfig -k kvConfigPath -v /tmp/x");
        assertTrue(names.contains("no settings that can be changed"), names);
    }

    @Test
    void shouldTakeWritePermissionFromRoutesAndGiveItBack() {
        String wiped = expect("wipeWritePerm -b sluice-0", "OK, ");
        try {
            assertFalse(wiped.contains("OK, 0"), wiped);
            expect("topicRoute -t TOPIC", "\"perm\":4");
            expect("wipeWritePerm -b sluice-0", "OK, 0");
        } finally {
            expect("addWritePerm -b sluice-0", "OK, ");
        }
        expect("topicRoute -t TOPIC", "\"perm\":6");
        assertTrue(
                run("wipeWritePerm -b elsewhere")
                        .contains("the only one is sluice-0, not elsewhere"));
    }

    @Test
    void shouldKeepTexts() {
        expect("updateKvConfig -s house -k door -v open", "create or update kv config");
        expect("deleteKvConfig -s house -k door", "delete kv config from namespace success");
        expect("deleteKvConfig -s house -k door", "delete kv config from namespace success");
    }

    @Test
    void shouldHaveNothingToCleanUp() {
        expect("cleanExpiredCQ -b BROKER", "success");
        expect("cleanUnusedTopic -c sluice", "success");
        expect("deleteExpiredCommitLog -b BROKER", "success");
    }

    // Messages.

    @Test
    void shouldSendAndMeasure() throws Exception {
        expect("sendMessage -t TOPIC -p hello -k greeting -c open", "SEND_OK", "sluice-0");
        expect("sendMessage -t TOPIC -p hello -b sluice-0 -i 2", "SEND_OK");
        expect("checkMsgSendRT -t TOPIC -a 3 -s 16", "true", "Avg RT:");
        Thread forever = new Thread(() -> run("clusterRT -a 3 -s 8 -i 600"));
        forever.start();
        Await.until(
                "its first round",
                () -> mqadmin.printed().lines().anyMatch(line -> line.startsWith("sluice ")));
        forever.interrupt();
        forever.join(60_000);
        String[] row = columns(mqadmin.printed(), "sluice ");
        assertEquals("3", row[3], "sent");
        assertEquals("0", row[4], "failed");
    }

    @Test
    void shouldPrintMessages() {
        SendResult first = shop.sent.getFirst();
        int queueId = first.getMessageQueue().getQueueId();
        long offset = first.getQueueOffset();
        expect("printMsg -t TOPIC", "minOffset=0", "body 0", "body 9");
        expect("printMsgByQueue -t TOPIC -a sluice-0 -p true -d true -i " + queueId, "body 0");
        expect("consumeMessage -t TOPIC", "Consume ok", "body 9");
        expect(
                "consumeMessage -t TOPIC -b sluice-0 -i %d -o %d".formatted(queueId, offset),
                "body 0");
        expect(
                "queryMsgByOffset -t TOPIC -b sluice-0 -i %d -o %d".formatted(queueId, offset),
                "key-0");
        expect("queryCq -t TOPIC -b BROKER -c 3 -i 0 -q " + queueId, "Queue data:", "max: ");
        expect("queryCq -t TOPIC -b BROKER -c 3 -i 0 -g GROUP -q " + queueId, "paid || open");
    }

    @Test
    void shouldFindMessagesAndWhoConsumedThem() {
        SendResult first = shop.sent.getFirst();
        String id = "queryMsgById -t TOPIC -i " + first.getOffsetMsgId();
        expect(id, "key-0", "consumerGroup=" + shop.group, "CONSUMED");
        expect("queryMsgByUniqueKey -t TOPIC -i " + first.getMsgId(), "key-0", "CONSUMED");
        expect("queryMsgByKey -t TOPIC -k key-0", first.getMsgId());
        int before = shop.consumed.get();
        expect(id + " -g GROUP -d " + shop.clientId(), "CR_SUCCESS");
        assertTrue(shop.consumed.get() > before, "consumed once more");
    }

    @Test
    void shouldShareQueuesOut() {
        String printed = expect("allocateMQ -t TOPIC -i 10.0.0.1,10.0.0.2", "10.0.0.1", "10.0.0.2");
        assertTrue(printed.contains("\"queueId\":3"), printed);
    }
}
