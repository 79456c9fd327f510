package io.sluice.server.dispatch;

import io.sluice.engine.broker.Broker;
import io.sluice.protocol.RequestCode;
import io.sluice.protocol.ResponseCode;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** Finds who handles a request. Called on the request's event loop; never blocks. */
public final class Dispatcher {
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
    private final InquiryHandler inquiries;

    /**
     * @param storeHost resolved; where message ids say that messages are
     * @param advertised host:port for routes; null for the address by which a client came
     * @param startedMs when the server was started, wall-clock ms
     * @param defaultQueues queues of a topic created without saying how many
     * @param autoCreateQueues queues of a topic created by sending to it; 0 if that is off
     */
    public Dispatcher(
            Broker broker,
            Clients registry,
            InetSocketAddress storeHost,
            @Nullable String advertised,
            long startedMs,
            int defaultQueues,
            int autoCreateQueues) {
        sends = new SendHandler(broker, registry, storeHost);
        pulls = new PullHandler(broker, registry);
        offsets = new OffsetHandler(broker);
        clients = new ClientHandler(broker, registry);
        topics = new TopicHandler(broker.catalog(), defaultQueues);
        groups = new GroupHandler(broker.catalog());
        routes = new RouteHandler(broker, advertised, autoCreateQueues);
        queries = new QueryHandler(broker);
        status = new StatusHandler(broker, startedMs);
        pops = new PopHandler(broker);
        acks = new AckHandler(broker);
        assignments = new AssignmentHandler(broker.catalog(), registry);
        transactions = new TransactionHandler(broker);
        inquiries = new InquiryHandler(broker, registry, storeHost);
    }

    /** Sees to it that {@code request} is answered, now or later, whatever goes wrong. */
    public void dispatch(Request request) {
        // Authorizing, limiting and metering have their place here.
        request.guarded(() -> handle(request));
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
            case RequestCode.GET_CONSUME_STATS -> offsets.consumeStats(request);
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
            case RequestCode.LOCATE_MESSAGE -> inquiries.locate(request);
            case RequestCode.MESSAGE_STATUS -> inquiries.status(request);
            case RequestCode.RESEND_MESSAGE -> inquiries.resend(request);
            case RequestCode.NEXT_DUE -> inquiries.nextDue(request);
            default ->
                    request.fail(
                            ResponseCode.REQUEST_CODE_NOT_SUPPORTED,
                            "request code "
                                    + request.header().code()
                                    + " is not supported by Sluice");
        }
    }
}
