package io.sluice.server.grpc;

import apache.rocketmq.v2.ClientType;
import apache.rocketmq.v2.Code;
import apache.rocketmq.v2.FilterExpression;
import apache.rocketmq.v2.FilterType;
import apache.rocketmq.v2.Message;
import apache.rocketmq.v2.ReceiveMessageRequest;
import apache.rocketmq.v2.ReceiveMessageResponse;
import apache.rocketmq.v2.Status;
import com.google.protobuf.Duration;
import io.grpc.Context;
import io.grpc.Deadline;
import io.sluice.engine.broker.Broker;
import io.sluice.engine.broker.Receive;
import io.sluice.engine.broker.Receive.Received;
import io.sluice.engine.catalog.Group;
import io.sluice.engine.catalog.Topic;
import io.sluice.engine.group.Ordering;
import io.sluice.engine.message.StoredMessage;
import io.sluice.engine.queue.MessageFilter;
import io.sluice.engine.shard.Outcome;
import io.sluice.engine.shard.Refusal;
import io.sluice.server.dispatch.Filters;
import io.sluice.server.meter.Meters;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Hands messages out, at once or when there are some. The rules are those of RocketMQ's proxy, but
 * for two: a client that wants to wait for less than 5 s waits for that, and one that has gone away
 * is handed nothing.
 */
final class ReceiveCalls {
    /** As RocketMQ's proxy has it. */
    static final long INVISIBLE_MS_MIN = 10_000;

    private static final long SUSPEND_MS_MAX = 30_000;

    /** An answer that comes at the very end of a call's time comes too late. */
    private static final long DEADLINE_MARGIN_MS = 200;

    private static final int SIZE_BYTES_MAX = 256 * 1024;
    private static final int ANY_QUEUE = -1;

    private final Broker broker;
    private final ClientCalls clients;
    private final Renewals renewals;
    private final Meters meters;
    private final Filters filters = new Filters();

    ReceiveCalls(Broker broker, ClientCalls clients, Renewals renewals, Meters meters) {
        this.broker = broker;
        this.clients = clients;
        this.renewals = renewals;
        this.meters = meters;
    }

    static ReceiveMessageResponse response(Status status) {
        return ReceiveMessageResponse.newBuilder().setStatus(status).build();
    }

    void receive(
            Caller caller, ReceiveMessageRequest request, Reply<ReceiveMessageResponse> reply) {
        Topic topic = Resources.topic(broker.catalog(), request.getMessageQueue().getTopic());
        Group group = Resources.group(broker.catalog(), request.getGroup());
        if (request.getBatchSize() < 1) {
            throw new CallFault(
                    Code.BAD_REQUEST,
                    "batch_size is %d: ask for at least 1 message"
                            .formatted(request.getBatchSize()));
        }
        long invisibleMs = invisibleMs(request);
        MessageFilter filter = filter(filters, request.getFilterExpression());
        if (!caller.home().hasRoom()) {
            throw new CallFault(
                    Code.TOO_MANY_REQUESTS,
                    "earlier answers have not been taken yet: read them first");
        }
        Handing handing = new Handing(caller, request, group, topic, invisibleMs, reply);
        boolean ordered = group.settings().consumeOrderly();
        GrpcClient client = clients.client(caller.clientId());
        boolean lite = client != null && LiteCalls.isLite(client.settings());
        Receive receive =
                new Receive(
                        group,
                        topic,
                        queue(caller, request, topic, ordered),
                        Math.min(request.getBatchSize(), Receive.COUNT_MAX),
                        SIZE_BYTES_MAX,
                        filter,
                        invisibleMs,
                        ordered ? Ordering.MESSAGE_GROUP : Ordering.NONE,
                        true,
                        suspendMs(request),
                        handing,
                        reply,
                        attemptId(request),
                        handing);
        broker.receiver().receive(lite ? receive.ofLites(caller.clientId()) : receive);
    }

    private static @Nullable String attemptId(ReceiveMessageRequest request) {
        return request.getAttemptId().isEmpty() ? null : request.getAttemptId();
    }

    private static long invisibleMs(ReceiveMessageRequest request) {
        if (request.getAutoRenew()) {
            return Renewals.LEASE_MS;
        }
        long ms = Times.ms(request.getInvisibleDuration());
        requireInvisible(ms, INVISIBLE_MS_MIN);
        return ms;
    }

    static void requireInvisible(long ms, long msMin) {
        if (ms < msMin || ms > Receive.INVISIBLE_MS_MAX) {
            throw new CallFault(
                    Code.ILLEGAL_INVISIBLE_TIME,
                    "a message is invisible for %d ms to %d ms, not for %d ms: ask again for more"
                            .formatted(msMin, Receive.INVISIBLE_MS_MAX, ms));
        }
    }

    static MessageFilter filter(Filters filters, FilterExpression wanted) {
        if (wanted.getType() == FilterType.UNRECOGNIZED) {
            throw new CallFault(
                    Code.ILLEGAL_FILTER_EXPRESSION,
                    "filters of the type %d are not known: use TAG or SQL"
                            .formatted(wanted.getTypeValue()));
        }
        boolean sql = wanted.getType() == FilterType.SQL;
        var read = filters.of(sql ? "SQL92" : "TAG", wanted.getExpression());
        MessageFilter filter = read.filter();
        if (filter == null) {
            throw new CallFault(Code.ILLEGAL_FILTER_EXPRESSION, read.fault());
        }
        return filter;
    }

    /**
     * Consumers in order receive queue by queue. The others are told of queues that stand for all:
     * a simple consumer names one after the other, and would miss what is in the next.
     */
    private int queue(Caller caller, ReceiveMessageRequest request, Topic topic, boolean ordered) {
        int asked = request.getMessageQueue().getId();
        if (asked >= topic.queues()) {
            throw new CallFault(
                    Code.BAD_REQUEST,
                    "topic %s has queues 0 to %d, not %d"
                            .formatted(topic.name(), topic.queues() - 1, asked));
        }
        GrpcClient client = clients.client(caller.clientId());
        boolean pushed =
                client != null && client.settings().getClientType() == ClientType.PUSH_CONSUMER;
        return ordered && pushed ? Math.max(ANY_QUEUE, asked) : ANY_QUEUE;
    }

    private static long suspendMs(ReceiveMessageRequest request) {
        return suspendMs(request.hasLongPollingTimeout(), request.getLongPollingTimeout());
    }

    /**
     * How long a call may wait: as it says, else half of its time; in any case the answer comes
     * before that is over.
     */
    static long suspendMs(boolean said, Duration timeout) {
        Deadline deadline = Context.current().getDeadline();
        long leftMs =
                deadline == null
                        ? SUSPEND_MS_MAX
                        : Math.max(0, deadline.timeRemaining(TimeUnit.MILLISECONDS));
        long askedMs = said ? Times.ms(timeout) : leftMs / 2;
        if (askedMs < 0) {
            throw new CallFault(
                    Code.ILLEGAL_POLLING_TIME,
                    "long_polling_timeout is %d ms: it is at least 0".formatted(askedMs));
        }
        long latestMs = leftMs - Math.min(DEADLINE_MARGIN_MS, leftMs / 2);
        return Math.min(askedMs, Math.min(latestMs, SUSPEND_MS_MAX));
    }

    /** One receive under way, from the log to the answer. */
    private final class Handing implements IntFunction<ByteBuffer>, Consumer<Outcome<Received>> {
        private final Caller caller;
        private final ReceiveMessageRequest request;
        private final Group group;
        private final Topic topic;
        private final long invisibleMs;
        private final Reply<ReceiveMessageResponse> reply;

        Handing(
                Caller caller,
                ReceiveMessageRequest request,
                Group group,
                Topic topic,
                long invisibleMs,
                Reply<ReceiveMessageResponse> reply) {
            this.caller = caller;
            this.request = request;
            this.group = group;
            this.topic = topic;
            this.invisibleMs = invisibleMs;
            this.reply = reply;
        }

        /** On the heap: the answer's messages point into it until they are encoded. */
        @Override
        public ByteBuffer apply(int sizeBytes) {
            reply.hold(sizeBytes);
            return ByteBuffer.allocate(sizeBytes);
        }

        @Override
        public void accept(Outcome<Received> outcome) {
            switch (outcome) {
                case Outcome.Refused<Received> refused -> reply.fail(status(refused));
                case Outcome.Done<Received>(Received received) -> {
                    if (received.queueId() < 0) {
                        meters.pulled(false);
                        reply.fail(
                                Statuses.of(
                                        Code.MESSAGE_NOT_FOUND,
                                        "there is no message in this time"));
                    } else {
                        reply.execute(() -> reply.guarded(() -> give(received)));
                    }
                }
            }
        }

        private static Status status(Outcome.Refused<Received> refused) {
            return refused.refusal() == Refusal.INVALID
                    ? Statuses.of(Code.BAD_REQUEST, refused.detail())
                    : Statuses.of(refused);
        }

        private void give(Received received) {
            List<Receipt> receipts = new ArrayList<>(received.offsets().length);
            for (long offset : received.offsets()) {
                receipts.add(
                        new Receipt(
                                group.id(),
                                topic.id(),
                                received.queueId(),
                                offset,
                                received.number()));
            }
            List<ReceiveMessageResponse> answers = answers(received, receipts);
            if (request.getAutoRenew()) {
                renewals.add(caller.clientId(), group, topic, receipts);
            }
            count(received);
            reply.giveAll(answers, () -> giveBack(receipts));
        }

        private List<ReceiveMessageResponse> answers(Received received, List<Receipt> receipts) {
            String namespace = request.getMessageQueue().getTopic().getResourceNamespace();
            Duration invisible = Times.duration(invisibleMs);
            List<ReceiveMessageResponse> answers = new ArrayList<>(receipts.size() + 2);
            answers.add(response(Statuses.OK));
            ByteBuffer messages = received.messages();
            Compression compression = new Compression();
            int at = 0;
            for (Receipt receipt : receipts) {
                Message.Builder message = StoredReader.read(messages, at, namespace, compression);
                message.getSystemPropertiesBuilder()
                        .setReceiptHandle(receipt.encode())
                        .setInvisibleDuration(invisible);
                answers.add(ReceiveMessageResponse.newBuilder().setMessage(message).build());
                at += StoredMessage.sizeBytes(messages, at);
            }
            answers.add(
                    ReceiveMessageResponse.newBuilder()
                            .setDeliveryTimestamp(Times.timestamp(received.atMs()))
                            .build());
            return answers;
        }

        private void count(Received received) {
            int sizeBytes = received.messages().remaining();
            meters.pulled(true);
            meters.delivered(topic.name(), group.name(), received.offsets().length, sizeBytes);
        }

        /** The client went away before it had them: somebody else gets them at once. */
        private void giveBack(List<Receipt> receipts) {
            for (Receipt receipt : receipts) {
                renewals.remove(receipt);
                broker.receiver()
                        .extend(
                                group,
                                topic,
                                receipt.queueId(),
                                receipt.number(),
                                receipt.offset(),
                                0,
                                outcome -> {}); // else its time runs out by itself
            }
        }
    }
}
