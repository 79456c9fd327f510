package io.sluice.server.dispatch;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.sluice.engine.broker.Broker;
import io.sluice.engine.broker.Pull;
import io.sluice.engine.broker.Receive;
import io.sluice.engine.broker.Receive.Received;
import io.sluice.engine.broker.Receiver;
import io.sluice.engine.catalog.Group;
import io.sluice.engine.catalog.Topic;
import io.sluice.engine.group.Ordering;
import io.sluice.engine.queue.MessageFilter;
import io.sluice.engine.queue.TagFilter;
import io.sluice.engine.shard.Offer;
import io.sluice.engine.shard.Outcome;
import io.sluice.engine.shard.Refusal;
import io.sluice.protocol.NotificationHeader;
import io.sluice.protocol.PeekMessageHeader;
import io.sluice.protocol.PopMessageHeader;
import io.sluice.protocol.PopMessageResponse;
import io.sluice.protocol.PopReceipt;
import io.sluice.protocol.ResponseCode;
import io.sluice.server.meter.Meters;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Leases messages to consumers that pop. A client shows the number of the handing out where
 * RocketMQ's receipts name a queue of its own for redelivery, which there is not here: messages
 * come again in the queue they are in, so a receipt never names a retry topic.
 *
 * <p>The rules are those of RocketMQ's {@code PopMessageProcessor}, but for one: an answer holds
 * messages of one queue.
 */
final class PopHandler {
    /** RocketMQ's, which refuses more. */
    private static final int COUNT_MAX = 32;

    private static final int SIZE_BYTES_MAX = 256 * 1024;

    /** Longer than any client waits by default (15 s). */
    private static final long SUSPEND_MS_MAX = 30_000;

    private static final long[] NO_OFFSETS = {};

    private final Broker broker;
    private final Meters meters;

    PopHandler(Broker broker, Meters meters) {
        this.broker = broker;
        this.meters = meters;
    }

    void pop(Request request) {
        PopMessageHeader fields = PopMessageHeader.decode(request.header());
        Topic topic = topic(request, fields.topic());
        if (topic == null) {
            return;
        }
        if (fields.maxMsgNums() < 1 || fields.maxMsgNums() > COUNT_MAX) {
            request.fail(
                    ResponseCode.INVALID_PARAMETER,
                    "1 to %d messages can be popped at once, not %d: set popBatchNums"
                            .formatted(COUNT_MAX, fields.maxMsgNums()));
            return;
        }
        Outcome.Refused<?> fault =
                Receiver.fault(topic, fields.queueId(), fields.invisibleTimeMs());
        if (fault != null) {
            request.answer(Answer.refused(fault));
            return;
        }
        Subscription.Read read = Subscription.read(fields.expressionType(), fields.expression());
        MessageFilter filter = read.filter();
        if (filter == null) {
            request.fail(ResponseCode.SUBSCRIPTION_PARSE_FAILED, read.fault());
            return;
        }
        broker.groupForUse(
                fields.consumerGroup(),
                request.then(group ->
                        request.peer()
                                .execute(() ->
                                        request.guarded(() ->
                                                pop(request, fields, group, topic, filter)))));
    }

    private void pop(
            Request request,
            PopMessageHeader fields,
            Group group,
            Topic topic,
            MessageFilter filter) {
        boolean waits = fields.pollTimeMs() > 0;
        boolean mayWait = request.mayPark();
        long suspendMs = waits && mayWait ? Math.clamp(fields.pollTimeMs(), 0, SUSPEND_MS_MAX) : 0;
        request.expect(SIZE_BYTES_MAX);
        Popping popping =
                new Popping(
                        request,
                        topic,
                        fields.invisibleTimeMs(),
                        mayWait || !waits,
                        received -> count(topic, group, received));
        broker.receiver()
                .receive(
                        new Receive(
                                group,
                                topic,
                                fields.queueId(),
                                fields.maxMsgNums(),
                                SIZE_BYTES_MAX,
                                filter,
                                fields.invisibleTimeMs(),
                                ordering(fields.order(), group),
                                fields.initMode() != PopMessageHeader.INIT_MIN,
                                suspendMs,
                                popping,
                                request,
                                fields.attemptId(),
                                popping));
        if (suspendMs > 0) {
            request.park();
        }
    }

    private static Ordering ordering(boolean asked, Group group) {
        return asked || group.settings().consumeOrderly() ? Ordering.QUEUE : Ordering.NONE;
    }

    private void count(Topic topic, Group group, Received received) {
        int count = received.offsets().length;
        meters.pulled(count > 0);
        if (count > 0) {
            long end = LongStream.of(received.offsets()).max().orElse(0) + 1;
            int sizeBytes = received.messages().remaining();
            meters.delivered(topic.name(), group.name(), count, sizeBytes);
            meters.pulledTo(topic.name(), group.name(), received.queueId(), end);
        }
    }

    /** The topic that is popped from; null if the request was refused. */
    private @Nullable Topic topic(Request request, String name) {
        Topic topic = broker.catalog().topic(name);
        if (topic == null) {
            request.answer(Answer.topicUnknown(name));
        }
        return topic;
    }

    /** The group that asks; null if the request was refused. */
    private @Nullable Group group(Request request, String name) {
        Group group = broker.catalog().group(name);
        if (group == null) {
            request.answer(Answer.groupUnknown(name));
        }
        return group;
    }

    /** Answers when there is something to pop, or at the end of the time to wait. */
    void notification(Request request) {
        NotificationHeader fields = NotificationHeader.decode(request.header());
        Topic topic = topic(request, fields.topic());
        Group group = topic == null ? null : group(request, fields.consumerGroup());
        if (topic == null || group == null) {
            return;
        }
        boolean mayWait = request.mayPark();
        long suspendMs = mayWait ? Math.clamp(fields.pollTimeMs(), 0, SUSPEND_MS_MAX) : 0;
        Ordering ordering = ordering(fields.order(), group);
        Consumer<Outcome<Offer>> told =
                outcome -> {
                    boolean full =
                            outcome instanceof Outcome.Refused<Offer>(Refusal why, String detail)
                                    && why == Refusal.TOO_MANY_LEASES;
                    if (outcome instanceof Outcome.Refused<Offer> refused && !full) {
                        request.answer(Answer.refused(refused));
                        return;
                    }
                    boolean any =
                            outcome instanceof Outcome.Done<Offer>(Offer offer)
                                    && !offer.isNothing();
                    request.answer(
                            Answer.ok(out ->
                                    out.field("hasMsg", any).field("pollingFull", !mayWait)));
                };
        broker.receiver().look(group, topic, fields.queueId(), ordering, suspendMs, request, told);
        if (suspendMs > 0) {
            request.park();
        }
    }

    /** How many receivers wait. */
    void pollingInfo(Request request) {
        NotificationHeader fields = NotificationHeader.decode(request.header());
        Topic topic = topic(request, fields.topic());
        Group group = topic == null ? null : group(request, fields.consumerGroup());
        if (topic != null && group != null) {
            broker.receiver()
                    .waiting(
                            group,
                            topic,
                            fields.queueId(),
                            request.answering(
                                    count -> Answer.ok(out -> out.field("pollingNum", count))));
        }
    }

    /** Reads what would be popped next, and leaves it there. */
    void peek(Request request) {
        PeekMessageHeader fields = PeekMessageHeader.decode(request.header());
        Topic topic = topic(request, fields.topic());
        Group group = topic == null ? null : group(request, fields.consumerGroup());
        if (topic == null || group == null) {
            return;
        }
        int countMax = Math.clamp(fields.maxMsgNums(), 1, COUNT_MAX);
        Popping popping = new Popping(request, topic, 0, true, received -> {});
        broker.receiver()
                .look(
                        group,
                        topic,
                        fields.queueId(),
                        Ordering.NONE,
                        0,
                        request,
                        request.then(offer -> peek(request, topic, offer, countMax, popping)));
    }

    private void peek(Request request, Topic topic, Offer offer, int countMax, Popping popping) {
        if (offer.isNothing()) {
            request.answer(popping.nothing(ResponseCode.PULL_NOT_FOUND, null));
            return;
        }
        long from = offer.again().isEmpty() ? offer.cursor() : offer.again().getFirst().offset();
        broker.pull(
                new Pull(
                        topic,
                        offer.queueId(),
                        from,
                        countMax,
                        SIZE_BYTES_MAX,
                        TagFilter.ALL,
                        0,
                        popping,
                        request,
                        popping.peeking(offer.queueId()),
                        Pull.Reader.NOBODY));
    }

    /** The buffer of one pop on its way from the log to the answer, released on every path. */
    private static final class Popping
            implements IntFunction<ByteBuffer>, Consumer<Outcome<Received>> {
        private final Request request;
        private final Topic topic;
        private final long invisibleMs;
        private final boolean mayFindNothing;
        private final Consumer<Received> count;
        private ByteBuf buffer = Unpooled.EMPTY_BUFFER;

        /**
         * @param mayFindNothing false if the client wants to wait and there is no memory for that
         */
        Popping(
                Request request,
                Topic topic,
                long invisibleMs,
                boolean mayFindNothing,
                Consumer<Received> count) {
            this.request = request;
            this.topic = topic;
            this.invisibleMs = invisibleMs;
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
        public void accept(Outcome<Received> outcome) {
            switch (outcome) {
                case Outcome.Done<Received>(Received received) -> {
                    count.accept(received);
                    if (received.queueId() >= 0) {
                        request.answer(answer(received));
                    } else {
                        buffer.release();
                        request.answer(
                                mayFindNothing
                                        ? nothing(ResponseCode.POLLING_TIMEOUT, null)
                                        : nothing(
                                                ResponseCode.POLLING_FULL,
                                                "too many wait for messages already: try again"));
                    }
                }
                case Outcome.Refused<Received> refused -> {
                    buffer.release();
                    request.answer(
                            refused.refusal() == Refusal.TOO_MANY_LEASES
                                    ? nothing(ResponseCode.POLLING_FULL, refused.detail())
                                    : Answer.refused(refused));
                }
            }
        }

        private Answer answer(Received received) {
            var response =
                    new PopMessageResponse(
                            received.atMs(),
                            invisibleMs,
                            (int) received.number(),
                            received.left(),
                            PopReceipt.retryMark(topic.name()),
                            received.queueId(),
                            received.offsets());
            buffer.writerIndex(received.messages().remaining());
            return new Answer(ResponseCode.SUCCESS, "FOUND", response::encode, buffer);
        }

        private Answer nothing(int code, @Nullable String remark) {
            var response = new PopMessageResponse(0, invisibleMs, 0, 0, "0", 0, NO_OFFSETS);
            return new Answer(code, remark, response::encode, Unpooled.EMPTY_BUFFER);
        }

        /** Takes what is pulled in order to be looked at. */
        private Consumer<Outcome<Pull.Pulled>> peeking(int queueId) {
            return outcome -> {
                switch (outcome) {
                    case Outcome.Done<Pull.Pulled>(Pull.Pulled pulled) -> {
                        buffer.writerIndex(pulled.messages().remaining());
                        long left = pulled.end() - pulled.nextOffset();
                        var response =
                                new PopMessageResponse(0, 0, 0, left, "0", queueId, NO_OFFSETS);
                        int code =
                                pulled.count() > 0
                                        ? ResponseCode.SUCCESS
                                        : ResponseCode.PULL_NOT_FOUND;
                        request.answer(new Answer(code, null, response::encode, buffer));
                    }
                    case Outcome.Refused<Pull.Pulled> refused -> {
                        buffer.release();
                        request.answer(Answer.refused(refused));
                    }
                }
            };
        }
    }
}
