package io.sluice.server.grpc;

import apache.rocketmq.v2.AckMessageRequest;
import apache.rocketmq.v2.AckMessageResponse;
import apache.rocketmq.v2.ChangeInvisibleDurationRequest;
import apache.rocketmq.v2.ChangeInvisibleDurationResponse;
import apache.rocketmq.v2.EndTransactionRequest;
import apache.rocketmq.v2.EndTransactionResponse;
import apache.rocketmq.v2.ForwardMessageToDeadLetterQueueRequest;
import apache.rocketmq.v2.ForwardMessageToDeadLetterQueueResponse;
import apache.rocketmq.v2.GetOffsetRequest;
import apache.rocketmq.v2.GetOffsetResponse;
import apache.rocketmq.v2.HeartbeatRequest;
import apache.rocketmq.v2.HeartbeatResponse;
import apache.rocketmq.v2.MessagingServiceGrpc;
import apache.rocketmq.v2.NotifyClientTerminationRequest;
import apache.rocketmq.v2.NotifyClientTerminationResponse;
import apache.rocketmq.v2.PullMessageRequest;
import apache.rocketmq.v2.PullMessageResponse;
import apache.rocketmq.v2.QueryAssignmentRequest;
import apache.rocketmq.v2.QueryAssignmentResponse;
import apache.rocketmq.v2.QueryOffsetRequest;
import apache.rocketmq.v2.QueryOffsetResponse;
import apache.rocketmq.v2.QueryRouteRequest;
import apache.rocketmq.v2.QueryRouteResponse;
import apache.rocketmq.v2.RecallMessageRequest;
import apache.rocketmq.v2.RecallMessageResponse;
import apache.rocketmq.v2.ReceiveMessageRequest;
import apache.rocketmq.v2.ReceiveMessageResponse;
import apache.rocketmq.v2.Resource;
import apache.rocketmq.v2.SendMessageRequest;
import apache.rocketmq.v2.SendMessageResponse;
import apache.rocketmq.v2.Status;
import apache.rocketmq.v2.SyncLiteSubscriptionRequest;
import apache.rocketmq.v2.SyncLiteSubscriptionResponse;
import apache.rocketmq.v2.TelemetryCommand;
import apache.rocketmq.v2.UpdateOffsetRequest;
import apache.rocketmq.v2.UpdateOffsetResponse;
import io.grpc.stub.StreamObserver;
import io.sluice.server.dispatch.Action;
import io.sluice.server.dispatch.Admission;
import io.sluice.server.dispatch.Demand;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** All calls of the protocol, and who answers each. */
final class MessagingCalls extends MessagingServiceGrpc.MessagingServiceImplBase {
    private final Admission admission;
    private final RouteCalls routes;
    private final ClientCalls clients;
    private final SendCalls sends;
    private final TransactionCalls transactions;
    private final ReceiveCalls receives;
    private final AckCalls acks;
    private final PullCalls pulls;
    private final OffsetCalls offsets;
    private final LiteCalls lites;

    MessagingCalls(
            Admission admission,
            RouteCalls routes,
            ClientCalls clients,
            SendCalls sends,
            TransactionCalls transactions,
            ReceiveCalls receives,
            AckCalls acks,
            PullCalls pulls,
            OffsetCalls offsets,
            LiteCalls lites) {
        this.admission = admission;
        this.routes = routes;
        this.clients = clients;
        this.sends = sends;
        this.transactions = transactions;
        this.receives = receives;
        this.acks = acks;
        this.pulls = pulls;
        this.offsets = offsets;
        this.lites = lites;
    }

    /** What a call is about, if it names that. */
    private record About(@Nullable Resource topic, @Nullable Resource group) {
        Demand demand(Action action, Caller caller) {
            return new Demand(
                    action,
                    caller.clientId(),
                    caller.remote(),
                    topic == null ? null : Resources.name(topic),
                    group == null ? null : Resources.name(group));
        }
    }

    /** Sees to it that a call is answered, whatever goes wrong. */
    private <T> void answer(
            StreamObserver<T> out,
            Function<Status, T> failed,
            Action action,
            About about,
            BiConsumer<Caller, Reply<T>> call) {
        Caller caller = Caller.current();
        Reply<T> reply = new Reply<>(caller.home(), out, failed);
        reply.guarded(() -> {
            caller.requiredClientId();
            var refusal = admission.refusal(action, () -> about.demand(action, caller));
            if (refusal == null) {
                call.accept(caller, reply);
            } else {
                reply.fail(Statuses.of(refusal));
            }
        });
    }

    @Override
    public void queryRoute(QueryRouteRequest request, StreamObserver<QueryRouteResponse> out) {
        answer(
                out,
                status -> QueryRouteResponse.newBuilder().setStatus(status).build(),
                Action.CONNECT,
                new About(request.getTopic(), null),
                (caller, reply) -> routes.route(caller, request, reply));
    }

    @Override
    public void queryAssignment(
            QueryAssignmentRequest request, StreamObserver<QueryAssignmentResponse> out) {
        answer(
                out,
                status -> QueryAssignmentResponse.newBuilder().setStatus(status).build(),
                Action.SUBSCRIBE,
                new About(request.getTopic(), request.getGroup()),
                (caller, reply) -> routes.assignment(caller, request, reply));
    }

    @Override
    public void heartbeat(HeartbeatRequest request, StreamObserver<HeartbeatResponse> out) {
        answer(
                out,
                status -> HeartbeatResponse.newBuilder().setStatus(status).build(),
                Action.CONNECT,
                new About(null, request.hasGroup() ? request.getGroup() : null),
                (caller, reply) -> clients.heartbeat(caller, request, reply));
    }

    @Override
    public void notifyClientTermination(
            NotifyClientTerminationRequest request,
            StreamObserver<NotifyClientTerminationResponse> out) {
        answer(
                out,
                status -> NotifyClientTerminationResponse.newBuilder().setStatus(status).build(),
                Action.CONNECT,
                new About(null, request.hasGroup() ? request.getGroup() : null),
                (caller, reply) -> clients.terminate(caller, request, reply));
    }

    @Override
    public StreamObserver<TelemetryCommand> telemetry(StreamObserver<TelemetryCommand> out) {
        Caller caller = Caller.current();
        var refusal =
                admission.refusal(
                        Action.CONNECT, () -> new About(null, null).demand(Action.CONNECT, caller));
        return refusal == null
                ? clients.telemetry(caller, out)
                : Telemetry.refused(out, Statuses.of(refusal));
    }

    @Override
    public void sendMessage(SendMessageRequest request, StreamObserver<SendMessageResponse> out) {
        answer(
                out,
                status -> SendMessageResponse.newBuilder().setStatus(status).build(),
                Action.PUBLISH,
                new About(first(request), null),
                (caller, reply) -> sends.send(caller, request, reply));
    }

    @Override
    public void recallMessage(
            RecallMessageRequest request, StreamObserver<RecallMessageResponse> out) {
        answer(
                out,
                status -> RecallMessageResponse.newBuilder().setStatus(status).build(),
                Action.PUBLISH,
                new About(request.getTopic(), null),
                (caller, reply) -> sends.recall(request, reply));
    }

    @Override
    public void endTransaction(
            EndTransactionRequest request, StreamObserver<EndTransactionResponse> out) {
        answer(
                out,
                status -> EndTransactionResponse.newBuilder().setStatus(status).build(),
                Action.PUBLISH,
                new About(request.getTopic(), null),
                (caller, reply) -> transactions.end(request, reply));
    }

    @Override
    public void receiveMessage(
            ReceiveMessageRequest request, StreamObserver<ReceiveMessageResponse> out) {
        answer(
                out,
                ReceiveCalls::response,
                Action.SUBSCRIBE,
                new About(request.getMessageQueue().getTopic(), request.getGroup()),
                (caller, reply) -> receives.receive(caller, request, reply));
    }

    @Override
    public void ackMessage(AckMessageRequest request, StreamObserver<AckMessageResponse> out) {
        answer(
                out,
                status -> AckMessageResponse.newBuilder().setStatus(status).build(),
                Action.SUBSCRIBE,
                new About(request.getTopic(), request.getGroup()),
                (caller, reply) -> acks.acknowledge(request, reply));
    }

    @Override
    public void changeInvisibleDuration(
            ChangeInvisibleDurationRequest request,
            StreamObserver<ChangeInvisibleDurationResponse> out) {
        answer(
                out,
                status ->
                        ChangeInvisibleDurationResponse.newBuilder()
                                .setStatus(status)
                                .setReceiptHandle(request.getReceiptHandle())
                                .build(),
                Action.SUBSCRIBE,
                new About(request.getTopic(), request.getGroup()),
                (caller, reply) -> acks.changeInvisible(request, reply));
    }

    @Override
    public void forwardMessageToDeadLetterQueue(
            ForwardMessageToDeadLetterQueueRequest request,
            StreamObserver<ForwardMessageToDeadLetterQueueResponse> out) {
        answer(
                out,
                status ->
                        ForwardMessageToDeadLetterQueueResponse.newBuilder()
                                .setStatus(status)
                                .build(),
                Action.SUBSCRIBE,
                new About(request.getTopic(), request.getGroup()),
                (caller, reply) -> acks.forward(request, reply));
    }

    @Override
    public void pullMessage(PullMessageRequest request, StreamObserver<PullMessageResponse> out) {
        answer(
                out,
                PullCalls::response,
                Action.SUBSCRIBE,
                new About(request.getMessageQueue().getTopic(), request.getGroup()),
                (caller, reply) -> pulls.pull(caller, request, reply));
    }

    @Override
    public void syncLiteSubscription(
            SyncLiteSubscriptionRequest request, StreamObserver<SyncLiteSubscriptionResponse> out) {
        answer(
                out,
                status -> SyncLiteSubscriptionResponse.newBuilder().setStatus(status).build(),
                Action.SUBSCRIBE,
                new About(request.getTopic(), request.getGroup()),
                (caller, reply) -> lites.sync(caller, request, reply));
    }

    @Override
    public void getOffset(GetOffsetRequest request, StreamObserver<GetOffsetResponse> out) {
        answer(
                out,
                status -> GetOffsetResponse.newBuilder().setStatus(status).build(),
                Action.SUBSCRIBE,
                new About(request.getMessageQueue().getTopic(), request.getGroup()),
                (caller, reply) -> offsets.committed(request, reply));
    }

    @Override
    public void updateOffset(
            UpdateOffsetRequest request, StreamObserver<UpdateOffsetResponse> out) {
        answer(
                out,
                status -> UpdateOffsetResponse.newBuilder().setStatus(status).build(),
                Action.SUBSCRIBE,
                new About(request.getMessageQueue().getTopic(), request.getGroup()),
                (caller, reply) -> offsets.commit(request, reply));
    }

    @Override
    public void queryOffset(QueryOffsetRequest request, StreamObserver<QueryOffsetResponse> out) {
        answer(
                out,
                status -> QueryOffsetResponse.newBuilder().setStatus(status).build(),
                Action.SUBSCRIBE,
                new About(request.getMessageQueue().getTopic(), null),
                (caller, reply) -> offsets.find(request, reply));
    }

    /** All messages of a call go to one topic. */
    private static @Nullable Resource first(SendMessageRequest request) {
        return request.getMessagesCount() == 0 ? null : request.getMessages(0).getTopic();
    }
}
