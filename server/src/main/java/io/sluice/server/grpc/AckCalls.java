package io.sluice.server.grpc;

import apache.rocketmq.v2.AckMessageEntry;
import apache.rocketmq.v2.AckMessageRequest;
import apache.rocketmq.v2.AckMessageResponse;
import apache.rocketmq.v2.AckMessageResultEntry;
import apache.rocketmq.v2.ChangeInvisibleDurationRequest;
import apache.rocketmq.v2.ChangeInvisibleDurationResponse;
import apache.rocketmq.v2.Code;
import apache.rocketmq.v2.ForwardMessageToDeadLetterQueueRequest;
import apache.rocketmq.v2.ForwardMessageToDeadLetterQueueResponse;
import apache.rocketmq.v2.Status;
import io.sluice.engine.broker.Broker;
import io.sluice.engine.broker.Pull;
import io.sluice.engine.catalog.Group;
import io.sluice.engine.catalog.Topic;
import io.sluice.engine.message.StoredMessage;
import io.sluice.engine.queue.TagFilter;
import io.sluice.engine.shard.Outcome;
import io.sluice.server.meter.Meters;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Takes messages back that were handed out: consumed, needed for longer, or given up. */
final class AckCalls {
    private static final int ENTRIES_MAX = 1024;

    /** Negative delay levels mean the dead-letter queue. */
    private static final int DEAD = -1;

    private final Broker broker;
    private final Renewals renewals;
    private final Meters meters;
    private final Forwarded forwarded = new Forwarded();

    AckCalls(Broker broker, Renewals renewals, Meters meters) {
        this.broker = broker;
        this.renewals = renewals;
        this.meters = meters;
    }

    // Acknowledging.

    void acknowledge(AckMessageRequest request, Reply<AckMessageResponse> reply) {
        Topic topic = Resources.topic(broker.catalog(), request.getTopic());
        Group group = Resources.group(broker.catalog(), request.getGroup());
        int count = request.getEntriesCount();
        if (count < 1 || count > ENTRIES_MAX) {
            throw new CallFault(
                    Code.BAD_REQUEST,
                    "1 to %d messages are acknowledged at once, not %d"
                            .formatted(ENTRIES_MAX, count));
        }
        Status[] statuses = new Status[count];
        AtomicInteger left = new AtomicInteger(count);
        for (int i = 0; i < count; i++) {
            int index = i;
            acknowledge(
                    group,
                    topic,
                    request.getEntries(i).getReceiptHandle(),
                    status -> {
                        statuses[index] = status;
                        if (left.decrementAndGet() == 0) {
                            reply.give(answer(request.getEntriesList(), statuses));
                        }
                    });
        }
    }

    /** Who waits for what became of one entry. */
    private interface Told {
        void of(Status status);
    }

    private void acknowledge(Group group, Topic topic, String handle, Told told) {
        Receipt receipt;
        try {
            receipt = Receipt.decode(handle, group, topic);
        } catch (CallFault e) {
            told.of(Statuses.of(e));
            return;
        }
        renewals.remove(receipt);
        broker.receiver()
                .acknowledge(
                        group,
                        topic,
                        receipt.queueId(),
                        receipt.number(),
                        new long[] {receipt.offset()},
                        outcome -> told.of(status(outcome)));
    }

    private static Status status(Outcome<?> outcome) {
        return outcome instanceof Outcome.Refused<?> refused ? Statuses.of(refused) : Statuses.OK;
    }

    /** The answer is of the code that all entries have; if they have several, it says so. */
    private static AckMessageResponse answer(List<AckMessageEntry> asked, Status[] statuses) {
        boolean alike =
                Arrays.stream(statuses).map(Status::getCode).distinct().limit(2).count() == 1;
        AckMessageResponse.Builder response = AckMessageResponse.newBuilder();
        response.setStatus(
                alike
                        ? statuses[0]
                        : Statuses.of(Code.MULTIPLE_RESULTS, "each entry has a status of its own"));
        for (int i = 0; i < statuses.length; i++) {
            response.addEntries(
                    AckMessageResultEntry.newBuilder()
                            .setMessageId(asked.get(i).getMessageId())
                            .setReceiptHandle(asked.get(i).getReceiptHandle())
                            .setStatus(statuses[i]));
        }
        return response.build();
    }

    // Holding for longer, or giving back.

    /** A receipt stays the same, also in the answer to a change that was refused. */
    void changeInvisible(
            ChangeInvisibleDurationRequest request, Reply<ChangeInvisibleDurationResponse> reply) {
        Topic topic = Resources.topic(broker.catalog(), request.getTopic());
        Group group = Resources.group(broker.catalog(), request.getGroup());
        long ms = Times.ms(request.getInvisibleDuration());
        ReceiveCalls.requireInvisible(ms, 0);
        Receipt receipt = Receipt.decode(request.getReceiptHandle(), group, topic);
        renewals.remove(receipt);
        broker.receiver()
                .extend(
                        group,
                        topic,
                        receipt.queueId(),
                        receipt.number(),
                        receipt.offset(),
                        ms,
                        reply.answering(atMs ->
                                ChangeInvisibleDurationResponse.newBuilder()
                                        .setStatus(Statuses.OK)
                                        .setReceiptHandle(request.getReceiptHandle())
                                        .build()));
    }

    // Giving up.

    /**
     * A client has given a message up: a dead letter is stored, then the message acknowledged. If a
     * crash comes between, there will be a second dead letter, rather than none.
     *
     * <ol>
     *   <li>The lease is prolonged: so it is the caller's, and stays so meanwhile.
     *   <li>The message is found by its offset.
     *   <li>It is stored in the dead-letter queue.
     *   <li>It is acknowledged.
     * </ol>
     */
    void forward(
            ForwardMessageToDeadLetterQueueRequest request,
            Reply<ForwardMessageToDeadLetterQueueResponse> reply) {
        Topic topic = Resources.topic(broker.catalog(), request.getTopic());
        Group group = Resources.group(broker.catalog(), request.getGroup());
        Receipt receipt = Receipt.decode(request.getReceiptHandle(), group, topic);
        if (forwarded.contains(receipt)) {
            reply.give(done()); // the first answer did not reach the client
            return;
        }
        broker.receiver()
                .extend(
                        group,
                        topic,
                        receipt.queueId(),
                        receipt.number(),
                        receipt.offset(),
                        Renewals.LEASE_MS,
                        reply.then(atMs -> find(group, topic, receipt, reply)));
    }

    private void find(
            Group group,
            Topic topic,
            Receipt receipt,
            Reply<ForwardMessageToDeadLetterQueueResponse> reply) {
        broker.pull(
                new Pull(
                        topic,
                        receipt.queueId(),
                        receipt.offset(),
                        1,
                        1,
                        TagFilter.ALL,
                        0,
                        ByteBuffer::allocate,
                        reply,
                        reply.then(pulled -> {
                            ByteBuffer message = pulled.messages();
                            if (pulled.count() == 0
                                    || StoredMessage.queueOffset(message, 0) != receipt.offset()) {
                                throw new CallFault(
                                        Code.MESSAGE_NOT_FOUND,
                                        "the message has expired meanwhile");
                            }
                            bury(group, topic, receipt, message, reply);
                        }),
                        Pull.Reader.NOBODY));
    }

    private void bury(
            Group group,
            Topic topic,
            Receipt receipt,
            ByteBuffer message,
            Reply<ForwardMessageToDeadLetterQueueResponse> reply) {
        broker.sendBack(
                group,
                StoredMessage.position(message, 0),
                DEAD,
                -1,
                StoredReader.offsetId(message, 0),
                reply.then(appended -> {
                    meters.sentBack(topic.name(), group.name());
                    forwarded.add(receipt);
                    renewals.remove(receipt);
                    broker.receiver()
                            .acknowledge(
                                    group,
                                    topic,
                                    receipt.queueId(),
                                    receipt.number(),
                                    new long[] {receipt.offset()},
                                    reply.answering(count -> done()));
                }));
    }

    private static ForwardMessageToDeadLetterQueueResponse done() {
        return ForwardMessageToDeadLetterQueueResponse.newBuilder().setStatus(Statuses.OK).build();
    }

    /** What was forwarded lately: clients ask until they are told that it is done. */
    private static final class Forwarded {
        private static final int COUNT_MAX = 1024;
        private final @Nullable Receipt[] lately = new Receipt[COUNT_MAX];

        private static int slot(Receipt receipt) {
            return receipt.hashCode() & (COUNT_MAX - 1);
        }

        synchronized void add(Receipt receipt) {
            lately[slot(receipt)] = receipt;
        }

        synchronized boolean contains(Receipt receipt) {
            return receipt.equals(lately[slot(receipt)]);
        }
    }
}
