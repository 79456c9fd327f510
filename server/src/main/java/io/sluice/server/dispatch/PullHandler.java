package io.sluice.server.dispatch;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.sluice.engine.broker.Broker;
import io.sluice.engine.broker.Permission;
import io.sluice.engine.broker.Pull;
import io.sluice.engine.broker.Pull.Pulled;
import io.sluice.engine.catalog.Group;
import io.sluice.engine.catalog.Names;
import io.sluice.engine.catalog.Topic;
import io.sluice.engine.queue.MessageFilter;
import io.sluice.engine.shard.Outcome;
import io.sluice.protocol.PullMessageHeader;
import io.sluice.protocol.PullMessageResponse;
import io.sluice.protocol.ResponseCode;
import io.sluice.server.meter.Meters;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Reads queues, now or when there is something. Messages are copied once, from the log's memory
 * into the buffer that goes to the socket.
 *
 * <p>The rules are those of RocketMQ's {@code PullMessageProcessor}; the subscription comes with
 * the request or from the heartbeats of the member that came by the same connection. Unlike there,
 * a group that is not known is not created by a pull that brings its subscription and commits
 * nothing, since nothing of it is kept: who only looks leaves no trace.
 */
final class PullHandler {
    /** More than any client asks for by default (32). */
    private static final int COUNT_MAX = 1024;

    /** As RocketMQ's {@code maxTransferBytesOnMessageInMemory}. */
    private static final int SIZE_BYTES_MAX = 256 * 1024;

    /** Longer than any client waits by default (15 s). */
    private static final long SUSPEND_MS_MAX = 30_000;

    /** This shard, the only replica. */
    private static final long PULL_FROM_MASTER = 0;

    private static final Answer TOO_MANY_WAIT =
            Answer.error(
                    ResponseCode.SYSTEM_BUSY,
                    "there is nothing, and too many pulls wait for messages already: try again");

    private final Broker broker;
    private final Clients clients;
    private final Filters filters = new Filters();
    private final Meters meters;

    PullHandler(Broker broker, Clients clients, Meters meters) {
        this.broker = broker;
        this.clients = clients;
        this.meters = meters;
    }

    void pull(Request request) {
        PullMessageHeader fields = PullMessageHeader.decode(request.header());
        Group group = broker.catalog().group(fields.consumerGroup());
        if (group != null) {
            pull(request, fields, group);
            return;
        }
        if (!fields.carriesSubscription() || !commitsAlong(fields)) {
            look(request, fields);
            return;
        }
        if (topic(request, fields) == null || ownFilter(request, fields) == null) {
            return; // what is refused makes no group
        }
        broker.groupForUse(
                fields.consumerGroup(),
                request.then(created ->
                        request.peer()
                                .execute(() ->
                                        request.guarded(() -> pull(request, fields, created)))));
    }

    /** A pull in the name of a group that is not there and for which nothing is kept. */
    private void look(Request request, PullMessageHeader fields) {
        String fault = Names.groupFault(fields.consumerGroup());
        if (fault != null) {
            request.fail(ResponseCode.SUBSCRIPTION_GROUP_NOT_EXIST, fault);
            return;
        }
        Topic topic = topic(request, fields);
        if (topic != null && !fields.carriesSubscription()) {
            request.fail(
                    ResponseCode.SUBSCRIPTION_NOT_EXIST,
                    "what the consumer subscribes to is not known: its next heartbeat tells");
            return;
        }
        MessageFilter filter = topic == null ? null : ownFilter(request, fields);
        if (topic != null && filter != null) {
            pull(request, fields, topic, filter, Pull.Reader.NOBODY);
        }
    }

    private void pull(Request request, PullMessageHeader fields, Group group) {
        Topic topic = topic(request, fields);
        if (topic == null) {
            return;
        }
        Outcome.Refused<?> fault = Permission.fault(group, topic);
        if (fault != null) {
            request.answer(Answer.refused(fault));
            return;
        }
        MessageFilter filter =
                fields.carriesSubscription()
                        ? ownFilter(request, fields)
                        : memberFilter(request, fields, group);
        if (filter != null) {
            Pull.Reader reader = reader(request, group);
            commit(fields, group, topic, reader);
            pull(request, fields, topic, filter, reader);
        }
    }

    /** The topic that is pulled from; null if the request was refused. */
    private @Nullable Topic topic(Request request, PullMessageHeader fields) {
        Topic topic = broker.catalog().topic(fields.topic());
        if (topic == null) {
            request.answer(Answer.topicUnknown(fields.topic()));
        }
        return topic;
    }

    /** The filter that the request brings; null if it was refused. */
    private @Nullable MessageFilter ownFilter(Request request, PullMessageHeader fields) {
        Subscription.Read read =
                fields.filtersByClass()
                        ? Subscription.NO_CLASSES
                        : filters.of(fields.expressionType(), fields.subscription());
        return filter(request, read.filter(), read.fault());
    }

    private static @Nullable MessageFilter filter(
            Request request, @Nullable MessageFilter filter, String fault) {
        if (filter == null) {
            request.fail(ResponseCode.SUBSCRIPTION_PARSE_FAILED, fault);
        }
        return filter;
    }

    /** The filter of the last heartbeat that came by this connection; null if it was refused. */
    private @Nullable MessageFilter memberFilter(
            Request request, PullMessageHeader fields, Group group) {
        Map<String, Subscription> subscriptions =
                clients.subscriptions(group.name(), request.peer());
        if (subscriptions == null) {
            request.fail(
                    ResponseCode.SUBSCRIPTION_NOT_EXIST,
                    "what the consumer subscribes to is not known: its next heartbeat tells");
            return null;
        }
        if (!group.settings().consumeBroadcastEnabled() && clients.broadcasts(group.name())) {
            request.fail(
                    ResponseCode.NO_PERMISSION,
                    "the consumer group["
                            + group.name()
                            + "] can not consume by broadcast way: change that setting of the group");
            return null;
        }
        Subscription subscription = subscriptions.get(fields.topic());
        if (subscription == null) {
            request.fail(
                    ResponseCode.SUBSCRIPTION_NOT_EXIST,
                    "the consumer's subscription not exist: this member of group %s does not subscribe to topic %s"
                            .formatted(group.name(), fields.topic()));
            return null;
        }
        if (subscription.data().subVersion() < fields.subVersion()) {
            request.fail(
                    ResponseCode.SUBSCRIPTION_NOT_LATEST,
                    "the consumer's subscription not latest: the next heartbeat brings it");
            return null;
        }
        return filter(request, subscription.filter(), subscription.fault());
    }

    private Pull.Reader reader(Request request, Group group) {
        return new Pull.Reader(group.id(), clients.clientId(request.peer()));
    }

    /** What comes along with a pull is a courtesy: no answer depends on it. */
    private void commit(PullMessageHeader fields, Group group, Topic topic, Pull.Reader reader) {
        if (commitsAlong(fields)) {
            broker.commitOffset(
                    group,
                    topic,
                    fields.queueId(),
                    fields.commitOffset(),
                    true,
                    reader.clientId(),
                    outcome -> {});
        }
    }

    private static boolean commitsAlong(PullMessageHeader fields) {
        return fields.commits() && fields.commitOffset() >= 0;
    }

    private void pull(
            Request request,
            PullMessageHeader fields,
            Topic topic,
            MessageFilter filter,
            Pull.Reader reader) {
        boolean mayWait = request.mayPark();
        long suspendMs =
                fields.suspends() && mayWait
                        ? Math.clamp(fields.suspendTimeoutMs(), 0, SUSPEND_MS_MAX)
                        : 0;
        int sizeBytesMax = Math.clamp(fields.maxMsgBytes(), 1, SIZE_BYTES_MAX);
        request.expect(sizeBytesMax);
        Reading reading =
                new Reading(
                        request,
                        mayWait || !fields.suspends(),
                        pulled -> count(topic, fields, pulled));
        broker.pull(
                new Pull(
                        topic,
                        fields.queueId(),
                        fields.queueOffset(),
                        Math.clamp(fields.maxMsgNums(), 1, COUNT_MAX),
                        sizeBytesMax,
                        filter,
                        suspendMs,
                        reading,
                        request,
                        reading,
                        reader));
        boolean isRead =
                filter.all()
                        && fields.queueOffset() < broker.endOffset(topic, fields.queueId())
                        && !broker.mayHoldBack(reader, topic);
        if (suspendMs > 0 && !isRead) {
            request.park();
        }
    }

    /** Who only looks, in the name of a group that is not there, is not counted. */
    private void count(Topic topic, PullMessageHeader fields, Pulled pulled) {
        String group = fields.consumerGroup();
        meters.pulled(pulled.count() > 0);
        if (pulled.count() > 0 && broker.catalog().group(group) != null) {
            int sizeBytes = pulled.messages().remaining();
            meters.delivered(topic.name(), group, pulled.count(), sizeBytes);
            meters.pulledTo(topic.name(), group, fields.queueId(), pulled.nextOffset());
        }
    }

    /** The buffer of one pull on its way from the log to the answer, released on every path. */
    private static final class Reading
            implements IntFunction<ByteBuffer>, Consumer<Outcome<Pulled>> {
        private final Request request;
        private final boolean mayFindNothing;
        private final Consumer<Pulled> count;
        private ByteBuf buffer = Unpooled.EMPTY_BUFFER;

        /**
         * @param mayFindNothing false if the client wants to wait and there is no memory for that:
         *     were it told that there is nothing, it would ask again at once
         */
        Reading(Request request, boolean mayFindNothing, Consumer<Pulled> count) {
            this.request = request;
            this.mayFindNothing = mayFindNothing;
            this.count = count;
        }

        @Override
        public ByteBuffer apply(int sizeBytes) {
            buffer.release();
            buffer = request.peer().allocator().directBuffer(sizeBytes, sizeBytes);
            return buffer.nioBuffer(0, sizeBytes);
        }

        @Override
        public void accept(Outcome<Pulled> outcome) {
            switch (outcome) {
                case Outcome.Done<Pulled>(Pulled pulled) -> {
                    count.accept(pulled);
                    boolean busy = pulled.found() == Pull.Found.END && !mayFindNothing;
                    request.answer(busy ? TOO_MANY_WAIT : answer(pulled));
                }
                case Outcome.Refused<Pulled> refused -> {
                    buffer.release();
                    request.answer(Answer.refused(refused));
                }
            }
        }

        private Answer answer(Pulled pulled) {
            var response =
                    new PullMessageResponse(
                            PULL_FROM_MASTER, pulled.nextOffset(), pulled.first(), pulled.end());
            buffer.writerIndex(pulled.messages().remaining());
            return new Answer(code(pulled.found()), null, response::encode, buffer);
        }

        private static int code(Pull.Found found) {
            return switch (found) {
                case MESSAGES -> ResponseCode.SUCCESS;
                case END -> ResponseCode.PULL_NOT_FOUND;
                case NO_MATCH -> ResponseCode.PULL_RETRY_IMMEDIATELY;
                case OUT_OF_RANGE -> ResponseCode.PULL_OFFSET_MOVED;
            };
        }
    }
}
