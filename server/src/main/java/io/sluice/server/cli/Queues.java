package io.sluice.server.cli;

import io.sluice.protocol.ConsumeStats;
import io.sluice.protocol.ConsumeStats.Progress;
import io.sluice.protocol.CreateTopicHeader;
import io.sluice.protocol.DecideTransactionHeader;
import io.sluice.protocol.DeleteTopicHeader;
import io.sluice.protocol.DeleteTopicInNamesrvHeader;
import io.sluice.protocol.FrameWriter;
import io.sluice.protocol.GetConsumeStatsHeader;
import io.sluice.protocol.GetConsumerListByGroupHeader;
import io.sluice.protocol.GetConsumerListByGroupResponseBody;
import io.sluice.protocol.GetMaxOffsetHeader;
import io.sluice.protocol.GetMinOffsetHeader;
import io.sluice.protocol.GetRouteInfoHeader;
import io.sluice.protocol.GetTopicConfigHeader;
import io.sluice.protocol.Header;
import io.sluice.protocol.Json;
import io.sluice.protocol.KeyValues;
import io.sluice.protocol.ListTransactionsHeader;
import io.sluice.protocol.MessageQueue;
import io.sluice.protocol.OffsetResponse;
import io.sluice.protocol.Properties;
import io.sluice.protocol.RequestCode;
import io.sluice.protocol.ResetOffsetBody;
import io.sluice.protocol.ResetOffsetHeader;
import io.sluice.protocol.ResponseCode;
import io.sluice.protocol.SearchOffsetHeader;
import io.sluice.protocol.SendMessageHeader;
import io.sluice.protocol.SendMessageResponse;
import io.sluice.protocol.SubscriptionGroupConfig;
import io.sluice.protocol.SubscriptionGroupList;
import io.sluice.protocol.TopicConfig;
import io.sluice.protocol.TopicRouteData;
import io.sluice.protocol.TransactionList;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** What the commands ask of a server, each a request or two of the public protocol. */
final class Queues implements AutoCloseable {
    /** Names of all topics; body {@code {"topicList":[...]}}. */
    private static final int GET_ALL_TOPIC_LIST = 206;

    /** All groups; body {@code {"subscriptionGroupTable":{name:{...}}}}. */
    private static final int GET_ALL_GROUPS = 201;

    private static final int READ_AND_WRITE = 6;

    private static final int SERVER_CHOOSES = 0;

    private static final int TRANSACTIONS_AT_ONCE = 500;

    /** The topic that stands for "by default" in requests that create a topic. */
    static final String DEFAULT_TOPIC = "TBW102";

    private final RemotingClient client;

    Queues(RemotingClient client) {
        this.client = client;
    }

    /**
     * Where a group stands in one queue.
     *
     * @param committed {@link #NONE} if the group never committed an offset there
     */
    record Lag(String topic, int queue, long committed, long end, long lastMs) {
        static final long NONE = Progress.NONE;

        boolean isCommitted() {
            return committed != NONE;
        }

        long messages() {
            return Math.max(0, end - committed);
        }
    }

    /** A group and how often it retries. */
    record Group(String name, long retries) {}

    List<String> topics() throws CommandException {
        Map<?, ?> body = object(ask(GET_ALL_TOPIC_LIST, UnaryOperator.identity()));
        return body.get("topicList") instanceof List<?> names
                ? names.stream().map(String::valueOf).sorted().toList()
                : List.of();
    }

    /** How many queues can be read. */
    int queueCount(String topic) throws CommandException {
        Answer answer =
                client.call(
                        RequestCode.GET_ROUTEINFO_BY_TOPIC,
                        new GetRouteInfoHeader(topic, true)::encode);
        if (answer.is(ResponseCode.TOPIC_NOT_EXIST)) {
            throw new CommandException(
                    CommandException.NOT_FOUND,
                    "there is no topic '%s'; see ./sluice topic list".formatted(topic));
        }
        TopicRouteData route =
                TopicRouteData.decode(
                        succeeded(answer).frame(),
                        answer.header().bodyIndex(),
                        answer.header().bodySizeBytes());
        return route.queues().stream()
                .mapToInt(TopicRouteData.QueueData::readQueueNums)
                .max()
                .orElse(0);
    }

    long minOffset(String topic, int queue) throws CommandException {
        return offset(
                RequestCode.GET_MIN_OFFSET, new GetMinOffsetHeader(topic, queue, null)::encode);
    }

    long maxOffset(String topic, int queue) throws CommandException {
        return offset(
                RequestCode.GET_MAX_OFFSET,
                new GetMaxOffsetHeader(topic, queue, true, null)::encode);
    }

    long offsetAt(String topic, int queue, long timeMs) throws CommandException {
        return offset(
                RequestCode.SEARCH_OFFSET_BY_TIMESTAMP,
                new SearchOffsetHeader(topic, queue, timeMs, false, null)::encode);
    }

    private long offset(int code, UnaryOperator<FrameWriter> fields) throws CommandException {
        return OffsetResponse.decode(ask(code, fields).header()).offset();
    }

    /** How many messages of all topics are acknowledged and not yet durable. */
    long acknowledgedNotDurable() throws CommandException {
        Answer answer = ask(RequestCode.GET_BROKER_RUNTIME_INFO, UnaryOperator.identity());
        Header header = answer.header();
        Map<String, String> status =
                KeyValues.decode(answer.frame(), header.bodyIndex(), header.bodySizeBytes())
                        .table();
        return Long.parseLong(status.getOrDefault("acknowledgedNotDurable", "0"));
    }

    /** What was decided about a topic. */
    TopicConfig config(String topic) throws CommandException {
        return config(succeeded(askConfig(topic)));
    }

    private Answer askConfig(String topic) throws CommandException {
        return client.call(RequestCode.GET_TOPIC_CONFIG, new GetTopicConfigHeader(topic)::encode);
    }

    private static TopicConfig config(Answer answer) {
        Header header = answer.header();
        return TopicConfig.decode(answer.frame(), header.bodyIndex(), header.bodySizeBytes());
    }

    /** How many queues to ask for: none, for the server to choose, if none were wanted. */
    static int count(@Nullable Integer wanted) throws CommandException {
        if (wanted != null && wanted < 1) {
            throw new CommandException(
                    CommandException.USAGE,
                    "--queues is " + wanted + "; a topic has at least one queue");
        }
        return wanted == null ? SERVER_CHOOSES : wanted;
    }

    /**
     * Creates or changes a topic; one that is there keeps its permissions.
     *
     * @param queues {@link #SERVER_CHOOSES}: as many as it has, or the server's default
     * @return how many queues it has then
     */
    int createTopic(String topic, int queues, String attributes) throws CommandException {
        Answer before = askConfig(topic);
        int permissions = before.is(ResponseCode.SUCCESS) ? config(before).perm() : READ_AND_WRITE;
        ask(
                RequestCode.UPDATE_AND_CREATE_TOPIC,
                new CreateTopicHeader(
                                topic,
                                DEFAULT_TOPIC,
                                queues,
                                queues,
                                permissions,
                                "SINGLE_TAG",
                                0,
                                false,
                                attributes.isEmpty() ? null : attributes)
                        ::encode);
        return queueCount(topic);
    }

    /**
     * Both halves of RocketMQ's deletion; the second finds nothing left where one server is both.
     */
    void deleteTopic(String topic) throws CommandException {
        ask(RequestCode.DELETE_TOPIC_IN_BROKER, new DeleteTopicHeader(topic)::encode);
        Answer answer =
                client.call(
                        RequestCode.DELETE_TOPIC_IN_NAMESRV,
                        new DeleteTopicInNamesrvHeader(topic, null)::encode);
        if (!answer.is(ResponseCode.TOPIC_NOT_EXIST)) {
            succeeded(answer);
        }
    }

    List<Group> groups() throws CommandException {
        Map<?, ?> body = object(ask(GET_ALL_GROUPS, UnaryOperator.identity()));
        List<Group> groups = new ArrayList<>();
        if (body.get("subscriptionGroupTable") instanceof Map<?, ?> table) {
            table.forEach((name, group) ->
                    groups.add(new Group(String.valueOf(name), number(group, "retryMaxTimes"))));
        }
        groups.sort(Comparator.comparing(Group::name));
        return groups;
    }

    List<Lag> lags(String group) throws CommandException {
        return lags(group, null);
    }

    /**
     * @param topic null for all that the group has an offset in
     */
    List<Lag> lags(String group, @Nullable String topic) throws CommandException {
        Answer answer =
                ask(RequestCode.GET_CONSUME_STATS, new GetConsumeStatsHeader(group, topic)::encode);
        Header header = answer.header();
        List<Lag> lags = new ArrayList<>();
        ConsumeStats.decode(answer.frame(), header.bodyIndex(), header.bodySizeBytes())
                .queues()
                .forEach((queue, progress) -> lags.add(lag(queue, progress)));
        lags.sort(Comparator.comparing(Lag::topic).thenComparingInt(Lag::queue));
        return lags;
    }

    private static Lag lag(MessageQueue queue, Progress progress) {
        return new Lag(
                queue.topic(),
                queue.queueId(),
                progress.consumerOffset(),
                progress.brokerOffset(),
                progress.lastTimestampMs());
    }

    /**
     * Sends a group to the first message stored at {@code ms} or later, or to the end.
     *
     * @return where it is now, by queue
     */
    Map<Integer, Long> reset(String group, String topic, long ms) throws CommandException {
        var header =
                new ResetOffsetHeader(
                        group, topic, ResetOffsetHeader.ALL, ResetOffsetHeader.NONE, ms, true);
        Answer answer = ask(RequestCode.INVOKE_BROKER_TO_RESET_OFFSET, header::encode);
        Map<Integer, Long> offsets = new TreeMap<>();
        ResetOffsetBody.decode(
                        answer.frame(),
                        answer.header().bodyIndex(),
                        answer.header().bodySizeBytes())
                .offsets()
                .forEach((queue, offset) -> offsets.put(queue.queueId(), offset));
        return offsets;
    }

    /** What was decided about a group; the defaults if it is not there. */
    SubscriptionGroupConfig groupConfig(String group) throws CommandException {
        Answer answer = ask(GET_ALL_GROUPS, UnaryOperator.identity());
        return SubscriptionGroupList.decode(
                        answer.frame(),
                        answer.header().bodyIndex(),
                        answer.header().bodySizeBytes())
                .groups()
                .stream()
                .filter(known -> known.groupName().equals(group))
                .findFirst()
                .orElse(SubscriptionGroupConfig.named(group));
    }

    /** Creates or changes a group. */
    void updateGroup(SubscriptionGroupConfig config) throws CommandException {
        succeeded(
                client.call(
                        RequestCode.UPDATE_AND_CREATE_SUBSCRIPTIONGROUP,
                        UnaryOperator.identity(),
                        config.encode().toBytes()));
    }

    /**
     * The clients of a group that are connected now.
     *
     * @param conflict in what they differ that should all subscribe to the same; empty if in
     *     nothing
     */
    record Online(List<String> clients, String conflict) {}

    Online online(String group) throws CommandException {
        Answer answer =
                client.call(
                        RequestCode.GET_CONSUMER_LIST_BY_GROUP,
                        new GetConsumerListByGroupHeader(group)::encode);
        if (!answer.is(ResponseCode.SUCCESS)) {
            return new Online(List.of(), "");
        }
        Header header = answer.header();
        String conflict = header.textOrNull("subscriptionConflict");
        return new Online(
                GetConsumerListByGroupResponseBody.decode(
                                answer.frame(), header.bodyIndex(), header.bodySizeBytes())
                        .clientIds(),
                conflict == null ? "" : conflict);
    }

    SendMessageResponse send(String topic, int queue, Map<String, String> properties, byte[] body)
            throws CommandException {
        return SendMessageResponse.decode(
                succeeded(
                                client.call(
                                        RequestCode.SEND_MESSAGE_V2,
                                        sendHeader(topic, queue, properties)::encode,
                                        body))
                        .header());
    }

    static SendMessageHeader sendHeader(String topic, int queue, Map<String, String> properties) {
        return new SendMessageHeader(
                "sluice-cli",
                topic,
                DEFAULT_TOPIC,
                8,
                queue,
                0,
                System.currentTimeMillis(),
                0,
                Properties.encode(properties),
                0,
                false,
                SendMessageHeader.ABSENT,
                false,
                null);
    }

    /** All transactions that are not decided. */
    List<TransactionList.Entry> transactions() throws CommandException {
        List<TransactionList.Entry> all = new ArrayList<>();
        while (true) {
            long after = all.isEmpty() ? 0 : all.getLast().id();
            Answer answer =
                    ask(
                            RequestCode.LIST_TRANSACTIONS,
                            new ListTransactionsHeader(after, TRANSACTIONS_AT_ONCE)::encode);
            Header header = answer.header();
            List<TransactionList.Entry> more =
                    TransactionList.decode(
                                    answer.frame(), header.bodyIndex(), header.bodySizeBytes())
                            .transactions();
            if (more.isEmpty()) {
                return all;
            }
            all.addAll(more);
        }
    }

    void decideTransaction(long id, boolean commit) throws CommandException {
        var _ =
                ask(
                        RequestCode.DECIDE_TRANSACTION,
                        new DecideTransactionHeader(id, commit)::encode);
    }

    private Answer ask(int code, UnaryOperator<FrameWriter> fields) throws CommandException {
        return succeeded(client.call(code, fields));
    }

    static Answer succeeded(Answer answer) throws CommandException {
        return switch (answer.header().code()) {
            case ResponseCode.SUCCESS -> answer;
            case ResponseCode.TOPIC_NOT_EXIST, ResponseCode.SUBSCRIPTION_GROUP_NOT_EXIST ->
                    throw new CommandException(CommandException.NOT_FOUND, answer.remark());
            case ResponseCode.INVALID_PARAMETER, ResponseCode.MESSAGE_ILLEGAL ->
                    throw new CommandException(
                            CommandException.USAGE, "the server refused: " + answer.remark());
            default ->
                    throw new CommandException(
                            CommandException.FAILED, "the server refused: " + answer.remark());
        };
    }

    private static Map<?, ?> object(Answer answer) {
        Object body =
                Json.read(
                        answer.frame(),
                        answer.header().bodyIndex(),
                        answer.header().bodySizeBytes());
        return body instanceof Map<?, ?> members ? members : Map.of();
    }

    private static long number(@Nullable Object object, String name) {
        return object instanceof Map<?, ?> members && members.get(name) instanceof Number number
                ? number.longValue()
                : 0;
    }

    @Override
    public void close() {
        client.close();
    }
}
