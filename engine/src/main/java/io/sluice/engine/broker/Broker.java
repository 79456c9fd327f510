package io.sluice.engine.broker;

import io.sluice.engine.catalog.Catalog;
import io.sluice.engine.catalog.Change;
import io.sluice.engine.catalog.Group;
import io.sluice.engine.catalog.GroupSettings;
import io.sluice.engine.catalog.Names;
import io.sluice.engine.catalog.Topic;
import io.sluice.engine.catalog.TopicSettings;
import io.sluice.engine.group.RetryPolicy;
import io.sluice.engine.log.Log;
import io.sluice.engine.message.Message;
import io.sluice.engine.queue.Queue;
import io.sluice.engine.queue.QueueRef;
import io.sluice.engine.shard.Appended;
import io.sluice.engine.shard.Command;
import io.sluice.engine.shard.Outcome;
import io.sluice.engine.shard.Refusal;
import io.sluice.engine.shard.Retention;
import io.sluice.engine.shard.Shard;
import io.sluice.engine.shard.ShardConfig;
import io.sluice.engine.time.Clock;
import io.sluice.engine.time.Executor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The engine's only public entrance: resolves topics and groups, checks limits, picks the shard.
 *
 * <p>Every method may be called from any thread and never blocks. Each reply is given exactly once,
 * on any thread, also on the caller's before the method returns.
 */
public final class Broker {
    /** The largest body of a message in bytes: what clients allow by default. */
    public static final int BODY_SIZE_BYTES_MAX = 4 << 20;

    /** The largest encoded properties of a message in bytes: their size travels as 16 bits. */
    public static final int PROPERTIES_SIZE_BYTES_MAX = Short.MAX_VALUE;

    /** As RocketMQ gives its topic of traces. */
    private static final int TRACE_QUEUES = 1;

    private static final long FORGET_AGAIN_NANOS = 100_000_000L;

    private volatile BrokerConfig config;
    private final Catalog catalog;
    private final Log log;
    private final Shard shard;
    private final Clock clock;
    private final Executor shardExecutor;
    private final Puller puller;
    private final MessageReader messages;
    private final Receiver receiver;
    private final Overview overview;
    private final Finder finder;
    private final RetryPolicy retries;
    private final Returns returns;
    private final TransactionDesk transactions;
    private final Replay replay;
    private final Growth growth;
    private final Delays delays;
    private final Lites lites;

    /**
     * @param shardExecutor serial; the shard lives on it
     * @param readers may block on storage; may be concurrent
     */
    public Broker(
            BrokerConfig config,
            Catalog catalog,
            Log log,
            Clock clock,
            Executor shardExecutor,
            Executor readers) {
        this.config = config;
        this.catalog = catalog;
        this.log = log;
        this.clock = clock;
        this.shardExecutor = shardExecutor;
        this.shard =
                new Shard(
                        ShardConfig.of(
                                config.storeHost(), config.retentionMs(), config.transactions()),
                        log,
                        clock,
                        shardExecutor,
                        readers,
                        this::keep);
        Rates rates = new Rates();
        this.puller = new Puller(log, shard, catalog, clock, readers, rates);
        this.messages = new MessageReader(log, readers);
        this.overview = new Overview(shard, messages);
        this.finder = new Finder(catalog, log, shard, messages, group -> rateWaitMs(rates, group));
        this.retries = new RetryPolicy(config.delaysMs());
        this.returns = new Returns(this, clock, retries, messages);
        LeasedReader leased = new LeasedReader(log, shard.queues());
        this.receiver =
                new Receiver(shard, catalog, clock, readers, leased, rates, this::topicForSend);
        this.transactions = new TransactionDesk(shard, retries, this::fault);
        this.replay = new Replay(this, shard::submit);
        this.growth = new Growth(shard::submit, clock, shardExecutor);
        this.delays = new Delays(config.delayMsMax(), clock, messages, shard);
        this.lites = new Lites(shard, this::async);
    }

    private long rateWaitMs(Rates rates, Group group) {
        return rates.waitMs(group.id(), group.settings().consumeRate(), clock.nanos());
    }

    private Retention.@Nullable Keep keep(int topicId) {
        Topic topic = catalog.topic(topicId);
        if (topic == null) {
            return null;
        }
        TopicSettings settings = topic.settings();
        return new Retention.Keep(
                settings.retentionMs() > 0 ? settings.retentionMs() : config.retentionMs(),
                settings.retentionBytes() > 0 ? settings.retentionBytes() : config.retentionBytes(),
                settings.liteExpirationMs());
    }

    /**
     * Recovers the shard. Must be called once, before anything else, on the shard's executor; may
     * block.
     *
     * @throws IOException if the log cannot be recovered
     */
    public void start() throws IOException {
        shard.recover();
        forgetWhatIsGone();
        catalog.listen(
                new Catalog.Listener() {
                    @Override
                    public void topicDeleted(Topic topic) {
                        forget(new Command.ForgetTopic(topic.id()));
                    }

                    @Override
                    public void groupDeleted(Group group) {
                        forget(new Command.ForgetGroup(group.id()));
                    }
                });
    }

    /** A crash may have come between deleting a topic or group and forgetting its state. */
    private void forgetWhatIsGone() throws IOException {
        List<Integer> topicIds = shard.topicIds();
        List<Integer> groupIds = shard.groupIds();
        requireThisCatalog(topicIds.stream().allMatch(catalog::mayHaveExisted));
        requireThisCatalog(groupIds.stream().allMatch(catalog::mayHaveExisted));
        for (Topic topic : catalog.topics()) {
            List<Queue> stored = shard.queues().queuesOf(topic.id());
            requireThisCatalog(stored.isEmpty() || topic.mayHave(stored.getLast().ref().queueId()));
        }
        for (int id : topicIds) {
            if (catalog.topic(id) == null) {
                forget(new Command.ForgetTopic(id));
            }
        }
        for (int id : groupIds) {
            if (catalog.group(id) == null) {
                forget(new Command.ForgetGroup(id));
            }
        }
    }

    /** What a catalog has never heard of is not gone: the catalog's file is, or its end. */
    private static void requireThisCatalog(boolean heardOf) throws IOException {
        if (!heardOf) {
            throw new IOException(
                    "the log knows topics, queues or groups that the catalog has never heard of: its file is lost, damaged, or older than the log; put the newest back from a backup, nothing has been deleted");
        }
    }

    /** Nobody else will say so again before the next start, so a full inbox is no excuse. */
    private void forget(Command command) {
        if (!shard.submit(command)) {
            shardExecutor.executeAfter(FORGET_AGAIN_NANOS, () -> forget(command));
        }
    }

    /** Finishes what is under way, wakes what is parked, takes nothing more; then {@code done}. */
    public void stop(Runnable done) {
        shard.stop(done);
    }

    /** The topics and groups, and how to change them. */
    public Catalog catalog() {
        return catalog;
    }

    /** What it knows now. */
    public BrokerConfig config() {
        return config;
    }

    /**
     * Changes what it knows, until it is started anew. Delay levels, the store host, and when
     * timers are moved on stay as they were at start.
     */
    public synchronized void reconfigure(UnaryOperator<BrokerConfig> change) {
        config = change.apply(config);
    }

    /** What operators look at. */
    public Overview overview() {
        return overview;
    }

    /** Why the broker no longer writes; null while it does. */
    public @Nullable String failure() {
        return shard.failure();
    }

    /** Messages that were acknowledged, as their topic asks, but are not yet durable. */
    public long acknowledgedNotDurable() {
        return shard.acknowledgedNotDurable();
    }

    /** Transactional messages. */
    public TransactionDesk transactions() {
        return transactions;
    }

    // Sending.

    /**
     * The topic to send to, created if it is unknown and topics are created automatically. Retry
     * and dead-letter topics of existing groups are created on first need, with one queue, and so
     * is the topic of traces.
     */
    public void topicForSend(String name, Consumer<Outcome<Topic>> reply) {
        Topic topic = catalog.topic(name);
        if (topic != null) {
            reply.accept(Outcome.done(topic));
            return;
        }
        String groupName = Names.groupOf(name);
        Group group = groupName == null ? null : catalog.group(groupName);
        if (name.equals(Names.TRACE_TOPIC)) {
            created(catalog.createSystemTopic(name, TopicSettings.of(TRACE_QUEUES)), reply);
        } else if (group != null) {
            TopicSettings settings = TopicSettings.of(Group.RETRY_QUEUES);
            created(catalog.createTopicOf(group, name, settings), reply);
        } else if (groupName == null && config.autoCreateTopics()) {
            TopicSettings settings = TopicSettings.of(config.defaultQueues());
            created(catalog.createTopic(name, settings), reply);
        } else {
            reply.accept(topicUnknown(name));
        }
    }

    private static void created(
            CompletionStage<Change<Topic>> stage, Consumer<Outcome<Topic>> reply) {
        Changes.report(stage, Refusal.TOPIC_UNKNOWN, reply);
    }

    private static <T> Outcome<T> topicUnknown(String name) {
        return Outcome.refused(
                Refusal.TOPIC_UNKNOWN,
                "topic %s does not exist: create it, or switch auto-create-topics on"
                        .formatted(name));
    }

    static <T> Outcome.Refused<T> queueUnknown(Topic topic, int queueId) {
        return Outcome.refused(
                Refusal.QUEUE_UNKNOWN,
                "topic %s has queues 0 to %d, not %d"
                        .formatted(topic.name(), topic.queues() - 1, queueId));
    }

    /**
     * Stores messages in one queue, all or none. The reply comes when they are durable, unless the
     * topic or the server asks for less.
     *
     * @param queueId below the topic's queue count; negative for any
     * @param batch messages of that topic, at least one
     * @param dueMs when they are to be stored, wall-clock ms; 0, or a time that is over, for now
     */
    public void append(
            Topic topic,
            int queueId,
            List<Message> batch,
            long dueMs,
            Consumer<Outcome<Appended>> reply) {
        append(topic, queueId, batch, dueMs, 0, reply);
    }

    /**
     * The same.
     *
     * @param sameness 0 to store them in any case; else messages of the same unique key and body
     *     and the same number here that were sent lately are the same ones: they are stored once,
     *     and each send is answered alike
     */
    public void append(
            Topic topic,
            int queueId,
            List<Message> batch,
            long dueMs,
            long sameness,
            Consumer<Outcome<Appended>> reply) {
        Outcome.Refused<Appended> fault = fault(topic, queueId, batch);
        fault = fault == null ? delays.fault(topic, dueMs) : fault;
        if (fault != null) {
            reply.accept(fault);
            return;
        }
        int queue = queueId < 0 ? anyQueue(topic) : queueId;
        long due = dueMs > clock.wallMs() ? dueMs : 0;
        long same = topic.settings().idempotentSend() ? sameness : 0;
        submit(new Command.Append(queue, batch, due, async(topic), same, null, reply), reply);
    }

    private Outcome.@Nullable Refused<Appended> fault(
            Topic topic, int queueId, List<Message> batch) {
        if (topic.lite()) {
            return Outcome.refused(
                    Refusal.INVALID,
                    "topic %s takes messages of lite topics alone: name one"
                            .formatted(topic.name()));
        }
        return queueId >= topic.queues() ? queueUnknown(topic, queueId) : Sizes.fault(topic, batch);
    }

    /** Spreads what names no queue over all of them, by time. */
    private int anyQueue(Topic topic) {
        return (int) Math.floorMod(clock.nanos() >>> 10, (long) topic.queues());
    }

    boolean async(Topic topic) {
        return switch (topic.settings().durability()) {
            case ASYNC -> true;
            case SYNC -> false;
            case DEFAULT -> config.asyncDurability();
        };
    }

    /** Named queues that come with their first message. */
    public Lites lites() {
        return lites;
    }

    /** When a message with a delay level is due, wall-clock ms; 0 for level 0 or less. */
    public long dueMs(int delayLevel) {
        return delayLevel <= 0 ? 0 : clock.wallMs() + retries.delayMs(delayLevel);
    }

    /** What is delayed: until when, and how to take it back. */
    public Delays delays() {
        return delays;
    }

    /**
     * Takes a message back from a consumer: it comes again later through the group's retry topic,
     * or goes to the group's dead-letter queue. See {@link RetryPolicy}.
     *
     * @param position where the message lies
     * @param delayLevel 0 for the schedule, negative for the dead-letter queue
     * @param retryMax how often it may come again as its client asks; see {@link
     *     GroupSettings#retryMax(int)}
     * @param originId the offset message id that the consumer knows it by; empty for none
     */
    public void sendBack(
            Group group,
            long position,
            int delayLevel,
            int retryMax,
            String originId,
            Consumer<Outcome<Appended>> reply) {
        returns.sendBack(group, position, delayLevel, retryMax, originId, reply);
    }

    // Reading.

    /** Reads a queue; see {@link Pull}. */
    public void pull(Pull pull) {
        Outcome.Refused<Pull.Pulled> fault =
                pull.topic().mayHave(pull.queueId())
                        ? Permission.fault(pull.topic())
                        : queueUnknown(pull.topic(), pull.queueId());
        if (fault != null) {
            pull.reply().accept(fault);
        } else {
            puller.pull(pull);
        }
    }

    /** Hands messages out for a time, and takes them back. */
    public Receiver receiver() {
        return receiver;
    }

    /** Whether a consumer may have to wait although there are messages for it. */
    public boolean mayHoldBack(Pull.Reader reader, Topic topic) {
        return puller.mayHoldBack(reader.groupId(), topic.id());
    }

    /** The message at a position, in the stored layout. */
    public void message(long position, Consumer<Outcome<ByteBuffer>> reply) {
        messages.read(position, reply);
    }

    /** Finds messages, and tells what became of them. */
    public Finder finder() {
        return finder;
    }

    /** The queue's oldest offset that has not expired. */
    public long firstOffset(Topic topic, int queueId) {
        Queue queue = shard.queues().queue(topic.id(), queueId);
        return queue == null ? 0 : queue.first();
    }

    /** One past the queue's newest offset. */
    public long endOffset(Topic topic, int queueId) {
        Queue queue = shard.queues().queue(topic.id(), queueId);
        return queue == null ? 0 : queue.end();
    }

    /** The first offset whose message was stored at {@code ms} or later; the end if none was. */
    public void offsetAtOrAfter(Topic topic, int queueId, long ms, Consumer<Outcome<Long>> reply) {
        Queue queue = shard.queues().queue(topic.id(), queueId);
        if (queue == null) {
            reply.accept(Outcome.done(0L));
        } else {
            messages.indexed(reply, () -> shard.queues().offsetAtOrAfter(queue, ms));
        }
    }

    /** When the queue's oldest message was stored, wall-clock ms; -1 if it is empty. */
    public void firstStoreMs(Topic topic, int queueId, Consumer<Outcome<Long>> reply) {
        Queue queue = shard.queues().queue(topic.id(), queueId);
        if (queue == null) {
            reply.accept(Outcome.done(-1L));
        } else {
            messages.indexed(reply, () -> firstStoreMs(queue));
        }
    }

    private long firstStoreMs(Queue queue) throws IOException {
        long first = queue.first();
        return first >= queue.end() ? -1 : shard.queues().storeMs(queue, first);
    }

    /** One past the largest id of a topic's queues. */
    int queues(Topic topic) {
        return topic.lite() ? shard.queues().queueIdsEnd(topic.id()) : topic.queues();
    }

    // Groups.

    /** The group, created if it is not there, as RocketMQ does with groups that show up. */
    public void groupForUse(String name, Consumer<Outcome<Group>> reply) {
        Group group = catalog.group(name);
        if (group != null) {
            reply.accept(Outcome.done(group));
        } else {
            Changes.report(
                    catalog.createGroup(name, GroupSettings.DEFAULT),
                    Refusal.GROUP_UNKNOWN,
                    outcome -> reply.accept(unknownIfIllegal(outcome)));
        }
    }

    /** A group of an illegal name is one that there is not: so say RocketMQ's clients. */
    private static Outcome<Group> unknownIfIllegal(Outcome<Group> outcome) {
        return outcome instanceof Outcome.Refused<Group>(Refusal why, String detail)
                        && why == Refusal.INVALID
                ? Outcome.refused(Refusal.GROUP_UNKNOWN, detail)
                : outcome;
    }

    /**
     * Where a group begins to read a queue; {@link io.sluice.engine.group.Offsets#NONE} if that is
     * the client's decision.
     *
     * @param join whether the group begins to consume the topic, or somebody only looks
     */
    public void startOffset(
            Group group, Topic topic, int queueId, boolean join, Consumer<Outcome<Long>> reply) {
        if (!topic.mayHave(queueId)) {
            reply.accept(queueUnknown(topic, queueId));
            return;
        }
        QueueRef queue = new QueueRef(topic.id(), queueId);
        submit(new Command.QueryOffset(group.id(), queue, topic.queues(), join, reply), reply);
    }

    /** As {@link #commitOffset}, by an operator: it counts whoever holds the queue's lock. */
    public void commitOffset(
            Group group,
            Topic topic,
            int queueId,
            long offset,
            boolean raiseOnly,
            Consumer<Outcome<Long>> reply) {
        commitOffset(group, topic, queueId, offset, raiseOnly, null, reply);
    }

    /**
     * A group has consumed everything of a queue below {@code offset}. Replies with what is
     * committed then: that is another offset if the commit changed nothing, since another client
     * holds the queue's order lock, or the group was reset and this client does not know.
     *
     * @param raiseOnly whether a lower offset than the committed one is ignored
     * @param clientId who commits; empty if that is not known; null for an operator
     */
    public void commitOffset(
            Group group,
            Topic topic,
            int queueId,
            long offset,
            boolean raiseOnly,
            @Nullable String clientId,
            Consumer<Outcome<Long>> reply) {
        if (!topic.mayHave(queueId)) {
            reply.accept(queueUnknown(topic, queueId));
            return;
        }
        QueueRef queue = new QueueRef(topic.id(), queueId);
        submit(
                new Command.CommitOffset(
                        group.id(), queue, topic.queues(), offset, raiseOnly, clientId, reply),
                reply);
    }

    /** Where groups can be sent to, and how. */
    public Replay replay() {
        return replay;
    }

    /** Somebody is about to be told how many queues a topic has; {@code then} tells in any case. */
    public void tellingQueues(Topic topic, Consumer<Outcome<Integer>> then) {
        growth.told(topic, then);
    }

    /** Locks queues for ordered consumption; replies with those that the client holds. */
    public void lockQueues(
            Group group,
            String clientId,
            List<QueueRef> queues,
            Consumer<Outcome<List<QueueRef>>> reply) {
        submit(new Command.LockQueues(group.id(), clientId, queues, reply), reply);
    }

    /** Gives locks back; replies with how many of them the client had. */
    public void unlockQueues(
            Group group, String clientId, List<QueueRef> queues, Consumer<Outcome<Integer>> reply) {
        submit(new Command.UnlockQueues(group.id(), clientId, queues, reply), reply);
    }

    /** Gives all locks back that a client holds for a group which it left. */
    public void unlockClient(Group group, String clientId, Consumer<Outcome<Integer>> reply) {
        submit(new Command.UnlockClient(group.id(), clientId, reply), reply);
    }

    private <T> void submit(Command command, Consumer<Outcome<T>> reply) {
        if (!shard.submit(command)) {
            reply.accept(
                    Outcome.refused(
                            Refusal.BUSY,
                            "too much is under way: try again in a moment, or send less at once"));
        }
    }

    /** The shard's state as bytes: equal states give equal bytes. Shard's executor only. */
    public ByteBuffer checkpoint() {
        return shard.checkpoint();
    }

    /** The log's size on storage in bytes. */
    public long logSizeBytes() {
        long size = 0;
        int last = log.segmentOf(log.durablePosition());
        for (int segment = log.firstSegment(); segment <= last; segment++) {
            size += log.segmentSizeBytes(segment);
        }
        return size;
    }
}
