package io.sluice.server.dispatch;

import io.sluice.engine.broker.Broker;
import io.sluice.engine.time.Clock;
import io.sluice.protocol.Header;
import io.sluice.protocol.RequestCode;
import io.sluice.protocol.ResponseCode;
import io.sluice.server.meter.Meters;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** Finds who handles a remoting request. Called on the request's event loop; never blocks. */
public final class Dispatcher {
    private final Admission admission;
    private final Clients registry;
    private final SendHandler sends;
    private final PullHandler pulls;
    private final OffsetHandler offsets;
    private final ClientHandler clients;
    private final TopicHandler topics;
    private final GroupHandler groups;
    private final RouteHandler routes;
    private final QueryHandler queries;
    private final StatusHandler status;
    private final PopHandler pops;
    private final AckHandler acks;
    private final AssignmentHandler assignments;
    private final TransactionHandler transactions;
    private final ClientCallHandler calls;
    private final ConsumerStatusHandler memberStatus;
    private final ReplyHandler replies;
    private final ReplayHandler replays;
    private final RecallHandler recalls;
    private final ProgressHandler progress;
    private final StatsHandler stats;
    private final ConnectionHandler connections;
    private final NameServiceHandler names;
    private final SettingsHandler settings;
    private final InquiryHandler inquiries;

    /**
     * @param admission what each request passes first
     * @param storeHost resolved; where message ids say that messages are
     * @param advertised host:port for routes; null for the address by which a client came
     * @param clock by which replies say when they were passed on
     */
    public Dispatcher(
            Admission admission,
            Broker broker,
            Clients registry,
            InetSocketAddress storeHost,
            @Nullable String advertised,
            About about,
            Meters meters,
            Clock clock) {
        this.admission = admission;
        this.registry = registry;
        sends = new SendHandler(broker, registry, storeHost, meters);
        pulls = new PullHandler(broker, registry, meters);
        offsets = new OffsetHandler(broker, registry);
        clients = new ClientHandler(broker, registry);
        topics = new TopicHandler(broker);
        groups = new GroupHandler(broker.catalog());
        routes = new RouteHandler(broker, advertised);
        queries = new QueryHandler(broker);
        replays = new ReplayHandler(broker);
        status = new StatusHandler(broker, about, admission, meters, clock);
        pops = new PopHandler(broker, meters);
        acks = new AckHandler(broker);
        assignments = new AssignmentHandler(broker.catalog(), registry);
        transactions = new TransactionHandler(broker);
        calls = new ClientCallHandler(broker, registry);
        memberStatus = new ConsumerStatusHandler(registry);
        recalls = new RecallHandler(broker);
        replies = new ReplyHandler(broker, registry, storeHost, clock);
        progress = new ProgressHandler(broker, registry, meters, clock);
        stats = new StatsHandler(broker, registry, meters);
        connections = new ConnectionHandler(broker, registry);
        names = new NameServiceHandler(broker.catalog(), routes);
        settings = new SettingsHandler(broker, about.settings());
        inquiries = new InquiryHandler(broker, registry, storeHost);
    }

    /** Sees to it that {@code request} is answered, now or later, whatever goes wrong. */
    public void dispatch(Request request) {
        request.guarded(() -> {
            Action action = Action.of(request.header().code());
            var refusal = admission.refusal(action, () -> demand(action, request));
            if (refusal == null) {
                handle(request);
            } else {
                request.answer(Answer.refused(refusal));
            }
        });
    }

    private Demand demand(Action action, Request request) {
        Header header = request.header();
        boolean isShort =
                header.code() == RequestCode.SEND_MESSAGE_V2
                        || header.code() == RequestCode.SEND_BATCH_MESSAGE
                        || header.code() == RequestCode.SEND_REPLY_MESSAGE_V2;
        String group = header.textOrNull("consumerGroup");
        return new Demand(
                action,
                registry.saidBy(request.peer()),
                request.peer().remoteAddress(),
                header.textOrNull(isShort ? "b" : "topic"),
                group == null ? header.textOrNull("group") : group);
    }

    private void handle(Request request) {
        switch (request.header().code()) {
            case RequestCode.SEND_MESSAGE,
                    RequestCode.SEND_MESSAGE_V2,
                    RequestCode.SEND_BATCH_MESSAGE ->
                    sends.send(request);
            case RequestCode.CONSUMER_SEND_MSG_BACK -> sends.sendBack(request);
            case RequestCode.PULL_MESSAGE, RequestCode.LITE_PULL_MESSAGE -> pulls.pull(request);
            case RequestCode.QUERY_CONSUMER_OFFSET -> offsets.start(request);
            case RequestCode.UPDATE_CONSUMER_OFFSET -> offsets.commit(request);
            case RequestCode.SEARCH_OFFSET_BY_TIMESTAMP -> offsets.atTime(request);
            case RequestCode.GET_MAX_OFFSET -> offsets.end(request);
            case RequestCode.GET_MIN_OFFSET -> offsets.first(request);
            case RequestCode.GET_EARLIEST_MSG_STORETIME -> offsets.firstStoreMs(request);
            case RequestCode.HEART_BEAT -> clients.heartbeat(request);
            case RequestCode.UNREGISTER_CLIENT -> clients.unregister(request);
            case RequestCode.CHECK_CLIENT_CONFIG -> clients.checkConfig(request);
            case RequestCode.GET_CONSUMER_LIST_BY_GROUP -> clients.members(request);
            case RequestCode.LOCK_BATCH_MQ -> clients.lockQueues(request);
            case RequestCode.UNLOCK_BATCH_MQ -> clients.unlockQueues(request);
            case RequestCode.UPDATE_AND_CREATE_TOPIC -> topics.createOrUpdate(request);
            case RequestCode.DELETE_TOPIC_IN_BROKER -> topics.delete(request);
            case RequestCode.DELETE_TOPIC_IN_NAMESRV -> topics.forgetRoute(request);
            case RequestCode.GET_TOPIC_CONFIG -> topics.config(request);
            case RequestCode.GET_ALL_TOPIC_LIST_FROM_NAMESERVER -> topics.list(request);
            case RequestCode.UPDATE_AND_CREATE_SUBSCRIPTIONGROUP -> groups.createOrUpdate(request);
            case RequestCode.DELETE_SUBSCRIPTIONGROUP -> groups.delete(request);
            case RequestCode.GET_ALL_SUBSCRIPTIONGROUP_CONFIG -> groups.list(request);
            case RequestCode.GET_ROUTEINFO_BY_TOPIC -> routes.route(request);
            case RequestCode.GET_BROKER_CLUSTER_INFO -> routes.cluster(request);
            case RequestCode.GET_BROKER_RUNTIME_INFO -> status.status(request);
            case RequestCode.QUERY_MESSAGE -> queries.byKey(request);
            case RequestCode.VIEW_MESSAGE_BY_ID -> queries.byPosition(request);
            case RequestCode.POP_MESSAGE -> pops.pop(request);
            case RequestCode.ACK_MESSAGE -> acks.acknowledge(request);
            case RequestCode.BATCH_ACK_MESSAGE -> acks.acknowledgeAll(request);
            case RequestCode.CHANGE_MESSAGE_INVISIBLETIME -> acks.changeInvisibleTime(request);
            case RequestCode.PEEK_MESSAGE -> pops.peek(request);
            case RequestCode.NOTIFICATION -> pops.notification(request);
            case RequestCode.POLLING_INFO -> pops.pollingInfo(request);
            case RequestCode.QUERY_ASSIGNMENT -> assignments.query(request);
            case RequestCode.SET_MESSAGE_REQUEST_MODE -> assignments.setMode(request);
            case RequestCode.GET_ALL_MESSAGE_REQUEST_MODE -> assignments.modes(request);
            case RequestCode.END_TRANSACTION -> transactions.end(request);
            case RequestCode.RESUME_CHECK_HALF_MESSAGE -> transactions.resume(request);
            case RequestCode.LIST_TRANSACTIONS -> transactions.list(request);
            case RequestCode.DECIDE_TRANSACTION -> transactions.decide(request);
            case RequestCode.GET_CONSUME_STATS -> progress.consumeStats(request);
            case RequestCode.GET_BROKER_CONSUME_STATS -> progress.allConsumeStats(request);
            case RequestCode.QUERY_CONSUME_TIME_SPAN -> progress.timeSpans(request);
            case RequestCode.QUERY_CORRECTION_OFFSET -> progress.correctionOffsets(request);
            case RequestCode.UPDATE_AND_CREATE_TOPIC_LIST -> topics.createOrUpdateAll(request);
            case RequestCode.GET_ALL_TOPIC_CONFIG -> topics.configs(request);
            case RequestCode.UPDATE_AND_CREATE_SUBSCRIPTIONGROUP_LIST ->
                    groups.createOrUpdateAll(request);
            case RequestCode.GET_SUBSCRIPTIONGROUP_CONFIG -> groups.config(request);
            case RequestCode.UPDATE_AND_GET_GROUP_FORBIDDEN -> groups.forbidden(request);
            case RequestCode.GET_TOPIC_STATS_INFO -> stats.topic(request);
            case RequestCode.VIEW_BROKER_STATS_DATA -> stats.counted(request);
            case RequestCode.QUERY_CONSUME_QUEUE -> stats.queue(request);
            case RequestCode.GET_CONSUMER_CONNECTION_LIST -> connections.consumers(request);
            case RequestCode.GET_PRODUCER_CONNECTION_LIST -> connections.producers(request);
            case RequestCode.GET_ALL_PRODUCER_INFO -> connections.allProducers(request);
            case RequestCode.QUERY_TOPIC_CONSUME_BY_WHO -> connections.groupsOfTopic(request);
            case RequestCode.QUERY_TOPICS_BY_CONSUMER -> connections.topicsOfGroup(request);
            case RequestCode.QUERY_SUBSCRIPTION_BY_CONSUMER -> connections.subscription(request);
            case RequestCode.PUT_KV_CONFIG -> names.put(request);
            case RequestCode.GET_KV_CONFIG -> names.value(request);
            case RequestCode.DELETE_KV_CONFIG -> names.remove(request);
            case RequestCode.GET_KVLIST_BY_NAMESPACE -> names.values(request);
            case RequestCode.WIPE_WRITE_PERM_OF_BROKER -> names.forbidWriting(request);
            case RequestCode.ADD_WRITE_PERM_OF_BROKER -> names.allowWriting(request);
            case RequestCode.GET_TOPICS_BY_CLUSTER -> names.topicsOfCluster(request);
            case RequestCode.GET_SYSTEM_TOPIC_LIST_FROM_NS -> names.systemNames(request);
            case RequestCode.GET_SYSTEM_TOPIC_LIST_FROM_BROKER -> names.systemTopics(request);
            case RequestCode.GET_NAMESRV_CONFIG -> names.settings(request);
            case RequestCode.UPDATE_NAMESRV_CONFIG -> names.changeSettings(request);
            case RequestCode.GET_BROKER_CONFIG -> settings.tell(request);
            case RequestCode.UPDATE_BROKER_CONFIG -> settings.change(request);
            case RequestCode.CLEAN_EXPIRED_CONSUMEQUEUE,
                    RequestCode.CLEAN_UNUSED_TOPIC,
                    RequestCode.DELETE_EXPIRED_COMMITLOG ->
                    status.clean(request);
            case RequestCode.GET_CONSUMER_RUNNING_INFO -> calls.runningInfo(request);
            case RequestCode.CONSUME_MESSAGE_DIRECTLY -> calls.consumeDirectly(request);
            case RequestCode.INVOKE_BROKER_TO_GET_CONSUMER_STATUS -> memberStatus.ask(request);
            case RequestCode.SEND_REPLY_MESSAGE, RequestCode.SEND_REPLY_MESSAGE_V2 ->
                    replies.reply(request);
            case RequestCode.INVOKE_BROKER_TO_RESET_OFFSET -> replays.reset(request);
            case RequestCode.CLONE_GROUP_OFFSET -> replays.copy(request);
            case RequestCode.RECALL_MESSAGE -> recalls.recall(request);
            case RequestCode.LOCATE_MESSAGE -> inquiries.locate(request);
            case RequestCode.MESSAGE_STATUS -> inquiries.status(request);
            case RequestCode.RESEND_MESSAGE -> inquiries.resend(request);
            case RequestCode.NEXT_DUE -> inquiries.nextDue(request);
            default ->
                    request.fail(
                            ResponseCode.REQUEST_CODE_NOT_SUPPORTED,
                            "request code "
                                    + request.header().code()
                                    + " is not supported by Sluice: see docs/COMPATIBILITY.md");
        }
    }
}
