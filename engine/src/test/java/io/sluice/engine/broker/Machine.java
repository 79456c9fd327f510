package io.sluice.engine.broker;

import static java.util.Objects.requireNonNull;

import io.sluice.engine.catalog.Catalog;
import io.sluice.engine.catalog.Change;
import io.sluice.engine.catalog.FileMetadataStore;
import io.sluice.engine.catalog.Group;
import io.sluice.engine.catalog.GroupSettings;
import io.sluice.engine.catalog.Topic;
import io.sluice.engine.catalog.TopicSettings;
import io.sluice.engine.log.LocalLog;
import io.sluice.engine.log.LocalLogConfig;
import io.sluice.engine.log.MemoryDirectory;
import io.sluice.engine.message.Message;
import io.sluice.engine.message.StoredMessage;
import io.sluice.engine.queue.MessageFilter;
import io.sluice.engine.queue.TagFilter;
import io.sluice.engine.schedule.TransactionRules;
import io.sluice.engine.shard.Appended;
import io.sluice.engine.shard.Outcome;
import io.sluice.engine.time.Executor;
import io.sluice.engine.time.ManualTime;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A whole engine on disks in memory and in time that a test moves by hand. */
final class Machine {
    static final byte[] HOST = {127, 0, 0, 1, 0, 0, 42, -97};
    static final List<Long> DELAYS_MS =
            List.of(
                    1_000L,
                    5_000L,
                    10_000L,
                    30_000L,
                    60_000L,
                    120_000L,
                    180_000L,
                    240_000L,
                    300_000L,
                    360_000L,
                    420_000L,
                    480_000L,
                    540_000L,
                    600_000L,
                    1_200_000L,
                    1_800_000L,
                    3_600_000L,
                    7_200_000L);

    /** Small, so that a short history crosses segments. */
    static final LocalLogConfig SMALL = new LocalLogConfig(0, 64 << 10, 16 << 10, 32 << 10, 0);

    private static final int PREPARING_MS_MAX = 20;

    final MemoryDirectory logDisk = new MemoryDirectory(512);
    final MemoryDirectory catalogDisk = new MemoryDirectory(1);
    ManualTime time = new ManualTime();
    long retentionMs = 72L * 3600 * 1000;
    boolean async;
    TransactionRules transactionRules = TransactionRules.DEFAULT;

    /** While this is set, reads of storage wait here, oldest first, for the test to run them. */
    boolean holdReads;

    final ArrayDeque<Runnable> heldReads = new ArrayDeque<>();
    private long elapsedMs;
    private @Nullable Broker broker;
    private @Nullable LocalLog log;

    Machine start() {
        try {
            time = new ManualTime();
            time.jumpWallMs(elapsedMs);
            FileMetadataStore store = new FileMetadataStore(catalogDisk, time.executor());
            Catalog catalog = Catalog.open(store, time.executor(), time);
            log =
                    new LocalLog(
                            logDisk,
                            SMALL,
                            time,
                            time.executor(),
                            time.executor(),
                            time.executor());
            BrokerConfig config =
                    new BrokerConfig(
                            8,
                            true,
                            DELAYS_MS,
                            retentionMs,
                            Long.MAX_VALUE,
                            async,
                            HOST,
                            transactionRules,
                            365L * 24 * 3600 * 1000);
            Broker starting = new Broker(config, catalog, log, time, time.executor(), readers());
            starting.start();
            broker = starting;
            time.run();
            return this;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private Executor readers() {
        Executor executor = time.executor();
        return new Executor() {
            @Override
            public void execute(Runnable task) {
                if (holdReads) {
                    heldReads.add(task);
                } else {
                    executor.execute(task);
                }
            }

            @Override
            public void executeAfter(long delayNanos, Runnable task) {
                executor.executeAfter(delayNanos, task);
            }
        };
    }

    /** Holds no reads any more and runs those that were held. */
    void releaseReads() {
        holdReads = false;
        while (!heldReads.isEmpty()) {
            heldReads.remove().run();
            time.run();
        }
    }

    /** The process dies at once; what it wrote stays. */
    Machine killAndRestart() {
        elapsedMs = time.wallMs() - new ManualTime().wallMs();
        logDisk.crash();
        catalogDisk.crash();
        logDisk.restartAfterKill();
        catalogDisk.restartAfterKill();
        return start();
    }

    /** The power fails: what was not synced is lost in whole or in part. */
    Machine losePowerAndRestart(Random random) {
        elapsedMs = time.wallMs() - new ManualTime().wallMs();
        logDisk.crash();
        catalogDisk.crash();
        logDisk.restartAfterPowerLoss(random);
        catalogDisk.restartAfterPowerLoss(random);
        return start();
    }

    void advanceMs(long ms) {
        time.advanceMs(ms);
    }

    Broker broker() {
        return requireNonNull(broker);
    }

    LocalLog log() {
        return requireNonNull(log);
    }

    /** The outcome of {@code ask}, which may wait for a segment to be prepared. */
    <T> Outcome<T> outcome(Consumer<Consumer<Outcome<T>>> ask) {
        AtomicReference<@Nullable Outcome<T>> answer = new AtomicReference<>();
        ask.accept(answer::set);
        time.run();
        for (int i = 0; answer.get() == null && i < PREPARING_MS_MAX; i++) {
            time.advanceMs(1);
        }
        return requireNonNull(answer.get(), "no reply");
    }

    /** Like {@link #outcome}, for what must not be refused. */
    <T> T ask(Consumer<Consumer<Outcome<T>>> ask) {
        return switch (outcome(ask)) {
            case Outcome.Done<T>(T value) -> value;
            case Outcome.Refused<T> refused -> throw new AssertionError(refused);
        };
    }

    private <T> T changed(CompletionStage<Change<T>> stage) {
        time.run();
        return switch (stage.toCompletableFuture().join()) {
            case Change.Done<T>(T value) -> value;
            case Change.Exists<T>(T current) -> current;
            case Change.NotFound<T> other -> throw new AssertionError(other);
            case Change.Refused<T> other -> throw new AssertionError(other);
            case Change.Failed<T> other -> throw new AssertionError(other);
        };
    }

    Topic topic(String name, int queues) {
        return changed(broker().catalog().createTopic(name, TopicSettings.of(queues)));
    }

    /** A topic of one queue whose messages have priorities. */
    Topic prioritized(String name) {
        Map<String, String> attributes = Map.of(TopicSettings.MESSAGE_TYPE, TopicSettings.PRIORITY);
        TopicSettings settings = TopicSettings.of(1).withAttributes(attributes);
        return changed(broker().catalog().createTopic(name, settings));
    }

    /** A topic of lite topics. */
    Topic lite(String name, Map<String, String> attributes) {
        Map<String, String> all = new TreeMap<>(attributes);
        all.put(TopicSettings.MESSAGE_TYPE, TopicSettings.LITE);
        return changed(
                broker().catalog().createTopic(name, TopicSettings.of(8).withAttributes(all)));
    }

    /** A group with other attributes. */
    Group attributes(String name, Map<String, String> attributes) {
        return changed(broker().catalog().updateGroup(name, s -> s.withAttributes(attributes)));
    }

    Topic grow(String name, int queues) {
        return changed(broker().catalog().updateTopic(name, s -> s.withQueues(queues)));
    }

    Topic retain(String name, long ms, long bytes) {
        return changed(broker().catalog().updateTopic(name, s -> s.withRetention(ms, bytes)));
    }

    Topic delete(String name) {
        return changed(broker().catalog().deleteTopic(name));
    }

    Topic existing(String name) {
        return requireNonNull(broker().catalog().topic(name), name);
    }

    Group group(String name) {
        return changed(broker().catalog().createGroup(name, GroupSettings.DEFAULT));
    }

    static Message message(Topic topic, String body, String properties) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        byte[] name = topic.name().getBytes(StandardCharsets.UTF_8);
        return new Message(
                topic.id(),
                name,
                3,
                0,
                12345,
                HOST,
                0,
                0,
                ByteBuffer.wrap(bytes),
                properties.getBytes(StandardCharsets.UTF_8));
    }

    Appended send(Topic topic, int queueId, String body) {
        return send(topic, queueId, body, "");
    }

    Appended send(Topic topic, int queueId, String body, String properties) {
        Message message = message(topic, body, properties);
        return ask(reply -> broker().append(topic, queueId, List.of(message), 0, reply));
    }

    /** A pull whose answer goes to {@code reply}. */
    Pull pull(
            Topic topic,
            int queueId,
            long offset,
            long suspendMs,
            MessageFilter filter,
            Consumer<Outcome<Pull.Pulled>> reply) {
        return pull(Pull.Reader.NOBODY, topic, queueId, offset, suspendMs, filter, reply);
    }

    /** The same by a consumer of a group. */
    Pull pull(
            Pull.Reader reader,
            Topic topic,
            int queueId,
            long offset,
            long suspendMs,
            MessageFilter filter,
            Consumer<Outcome<Pull.Pulled>> reply) {
        return new Pull(
                topic,
                queueId,
                offset,
                32,
                1 << 20,
                filter,
                suspendMs,
                ByteBuffer::allocate,
                Asker.staying(time.executor()),
                reply,
                reader);
    }

    Pull.Pulled pull(Topic topic, int queueId, long offset) {
        return ask(reply -> broker().pull(pull(topic, queueId, offset, 0, TagFilter.ALL, reply)));
    }

    /** The bodies of all messages of a queue. */
    List<String> bodies(Topic topic, int queueId) {
        List<String> bodies = new ArrayList<>();
        long offset = broker().firstOffset(topic, queueId);
        Pull.Pulled pulled = pull(topic, queueId, offset);
        while (pulled.found() == Pull.Found.MESSAGES) {
            for (ByteBuffer message : messages(pulled)) {
                bodies.add(body(message));
                if (StoredMessage.queueOffset(message, 0) != offset++) {
                    throw new AssertionError("offsets are not dense at " + offset);
                }
            }
            pulled = pull(topic, queueId, pulled.nextOffset());
        }
        return bodies;
    }

    static List<ByteBuffer> messages(Pull.Pulled pulled) {
        List<ByteBuffer> messages = new ArrayList<>();
        ByteBuffer all = pulled.messages();
        for (int at = all.position(); at < all.limit(); ) {
            int size = StoredMessage.sizeBytes(all, at);
            messages.add(all.slice(at, size));
            at += size;
        }
        return messages;
    }

    static String body(ByteBuffer message) {
        return StandardCharsets.UTF_8.decode(StoredMessage.body(message, 0)).toString();
    }
}
