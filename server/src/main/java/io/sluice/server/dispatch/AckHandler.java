package io.sluice.server.dispatch;

import io.sluice.engine.broker.Broker;
import io.sluice.engine.catalog.Group;
import io.sluice.engine.catalog.Topic;
import io.sluice.engine.shard.Outcome;
import io.sluice.engine.shard.Refusal;
import io.sluice.protocol.AckMessageHeader;
import io.sluice.protocol.BatchAckBody;
import io.sluice.protocol.ChangeInvisibleTimeHeader;
import io.sluice.protocol.Header;
import io.sluice.protocol.PopReceipt;
import io.sluice.protocol.ResponseCode;
import java.util.BitSet;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * Takes popped messages back: consumed, or needed for longer, or given back. The rules are those of
 * RocketMQ's {@code AckMessageProcessor} and {@code ChangeInvisibleTimeProcessor}; but a receipt
 * that fits no lease any more is always refused, with {@code NO_MESSAGE}, where RocketMQ lets some
 * pass that change nothing.
 */
final class AckHandler {
    /** More than are ever handed out together. */
    private static final int BITS_MAX = 1 << 16;

    private final Broker broker;

    AckHandler(Broker broker) {
        this.broker = broker;
    }

    /** A receipt that is in order: of a topic and a group that are there. */
    private record Shown(Group group, Topic topic, long number) {}

    void acknowledge(Request request) {
        AckMessageHeader fields = AckMessageHeader.decode(request.header());
        Shown shown =
                shown(
                        request,
                        fields.consumerGroup(),
                        fields.topic(),
                        fields.queueId(),
                        fields.offset(),
                        fields.extraInfo());
        if (shown != null) {
            broker.receiver()
                    .acknowledge(
                            shown.group,
                            shown.topic,
                            fields.queueId(),
                            shown.number,
                            new long[] {fields.offset()},
                            request.answering(count -> Answer.DONE));
        }
    }

    void changeInvisibleTime(Request request) {
        ChangeInvisibleTimeHeader fields = ChangeInvisibleTimeHeader.decode(request.header());
        Shown shown =
                shown(
                        request,
                        fields.consumerGroup(),
                        fields.topic(),
                        fields.queueId(),
                        fields.offset(),
                        fields.extraInfo());
        if (shown != null) {
            broker.receiver()
                    .extend(
                            shown.group,
                            shown.topic,
                            fields.queueId(),
                            shown.number,
                            fields.offset(),
                            fields.invisibleTimeMs(),
                            request.answering(atMs ->
                                    Answer.ok(out ->
                                            out.field("popTime", atMs)
                                                    .field(
                                                            "invisibleTime",
                                                            fields.invisibleTimeMs())
                                                    .field("reviveQid", shown.number))));
        }
    }

    private @Nullable Shown shown(
            Request request,
            String groupName,
            String topicName,
            int queueId,
            long offset,
            String extraInfo) {
        Topic topic = broker.catalog().topic(topicName);
        Group group = broker.catalog().group(groupName);
        PopReceipt receipt = PopReceipt.parse(extraInfo);
        if (topic == null) {
            request.fail(
                    ResponseCode.TOPIC_NOT_EXIST,
                    "topic[" + topicName + "] not exist, apply first please!");
        } else if (!isQueue(topic, queueId)) {
            request.fail(
                    ResponseCode.MESSAGE_ILLEGAL,
                    "queueId[%d] is illegal: topic %s has queues 0 to %d"
                            .formatted(queueId, topicName, topic.queues() - 1));
        } else if (offset < broker.firstOffset(topic, queueId)
                || offset >= broker.endOffset(topic, queueId)) {
            request.fail(
                    ResponseCode.NO_MESSAGE,
                    "offset %d is not in %d..%d of the queue: the message has expired, or never was"
                            .formatted(
                                    offset,
                                    broker.firstOffset(topic, queueId),
                                    broker.endOffset(topic, queueId)));
        } else if (group == null) {
            request.fail(
                    ResponseCode.SUBSCRIPTION_GROUP_NOT_EXIST,
                    "group " + groupName + " does not exist: it was deleted since");
        } else if (receipt == null) {
            request.fail(
                    ResponseCode.INVALID_PARAMETER,
                    "extraInfo is no receipt: send the POP_CK of the message as it came");
        } else {
            return new Shown(group, topic, receipt.number());
        }
        return null;
    }

    /** As RocketMQ's, this succeeds if only the request can be read; stale receipts are counted. */
    void acknowledgeAll(Request request) {
        Header header = request.header();
        BatchAckBody body =
                BatchAckBody.decode(request.bytes(), header.bodyIndex(), header.bodySizeBytes());
        if (body == null || body.acks().isEmpty()) {
            request.fail(
                    ResponseCode.NO_MESSAGE,
                    "the request names no message: give its offset, or the receipts of a batch");
        } else {
            next(request, body.acks().iterator(), 0);
        }
    }

    private void next(Request request, Iterator<BatchAckBody.Ack> left, int staleBefore) {
        int stale = staleBefore;
        while (left.hasNext()) {
            BatchAckBody.Ack ack = left.next();
            long[] offsets = offsets(ack);
            Topic topic = broker.catalog().topic(ack.topic());
            Group group = broker.catalog().group(ack.consumerGroup());
            if (topic != null && group != null && isQueue(topic, ack.queueId())) {
                int sofar = stale;
                broker.receiver()
                        .acknowledge(
                                group,
                                topic,
                                ack.queueId(),
                                ack.number(),
                                offsets,
                                outcome -> acknowledged(request, left, offsets, sofar, outcome));
                return;
            }
            stale += offsets.length;
        }
        request.answer(
                Answer.remarked(
                        stale == 0
                                ? null
                                : stale + " of the receipts fit no lease and changed nothing"));
    }

    private static boolean isQueue(Topic topic, int queueId) {
        return queueId >= 0 && queueId < topic.queues();
    }

    private void acknowledged(
            Request request,
            Iterator<BatchAckBody.Ack> left,
            long[] offsets,
            int stale,
            Outcome<Integer> outcome) {
        switch (outcome) {
            case Outcome.Done<Integer>(Integer count) ->
                    next(request, left, stale + offsets.length - count);
            case Outcome.Refused<Integer> refused -> {
                if (refused.refusal() == Refusal.LEASE_GONE) {
                    next(request, left, stale + offsets.length);
                } else {
                    request.answer(Answer.refused(refused));
                }
            }
        }
    }

    private static long[] offsets(BatchAckBody.Ack ack) {
        BitSet bits = ack.bits();
        return bits.stream().limit(BITS_MAX).mapToLong(bit -> ack.startOffset() + bit).toArray();
    }
}
