package io.sluice.engine.catalog;

import io.sluice.engine.catalog.MetadataStore.Versioned;
import io.sluice.engine.catalog.Table.Step;
import io.sluice.engine.log.CorruptLogException;
import io.sluice.engine.time.Clock;
import io.sluice.engine.time.Executor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The topics and groups that exist.
 *
 * <p>Reads come from an immutable snapshot, from any thread, without a lock or an allocation.
 * Changes go through the {@link MetadataStore} by compare-and-set and are decided on one serial
 * executor; a change is visible once it is durable, and only then its stage completes, on that
 * executor. Changes that become durable together are published together, so creating many topics
 * does not copy the snapshot for each. Never sees a file, a queue's content or a connection.
 *
 * <p>A group's retry topic is created before the group and deleted before it: whatever step a crash
 * comes after, a group is never found with the retries of an earlier incarnation. What a crash can
 * leave is an empty retry topic without a group, or a group whose retry topic the next {@link
 * #createGroup} restores. These steps of one group's changes are not mixed with those of another
 * change of the same group.
 *
 * <p>A shard keeps state per topic id and group id. It forgets it when the {@link Listener} says
 * so, and, since a crash may come between the two, drops at start what it has for ids that are not
 * here.
 */
public final class Catalog {
    /** Told on the catalog's executor, after the snapshot has changed. */
    public interface Listener {
        /** This incarnation is gone. */
        void topicDeleted(Topic topic);

        /** This incarnation is gone. */
        void groupDeleted(Group group);
    }

    private static final Table.Kind<Topic> TOPICS =
            new Table.Kind<>() {
                @Override
                public String prefix() {
                    return "topic/";
                }

                @Override
                public byte[] encode(Topic topic) {
                    return EntryCodec.encode(topic);
                }

                @Override
                public Topic decode(String name, byte[] value) throws IOException {
                    return EntryCodec.topic(name, value);
                }
            };

    private static final Table.Kind<Group> GROUPS =
            new Table.Kind<>() {
                @Override
                public String prefix() {
                    return "group/";
                }

                @Override
                public byte[] encode(Group group) {
                    return EntryCodec.encode(group);
                }

                @Override
                public Group decode(String name, byte[] value) throws IOException {
                    return EntryCodec.group(name, value);
                }
            };

    private final Executor executor;
    private final Clock clock;
    private final Table<Topic> topics;
    private final Table<Group> groups;
    private final Registry registry;
    private final IdCounter ids;
    private final int idMaxAtOpen;
    private final List<Listener> listeners = new ArrayList<>();
    private final List<Runnable> afterPublish = new ArrayList<>();
    private final Turns turns;
    private boolean publishing;
    private volatile Snapshot snapshot;

    private Catalog(
            MetadataStore store, Executor executor, Clock clock, Map<String, Versioned> stored)
            throws IOException {
        this.executor = executor;
        this.clock = clock;
        turns = new Turns(executor);
        topics = new Table<>(TOPICS, store, executor);
        topics.load(stored);
        groups = new Table<>(GROUPS, store, executor);
        groups.load(stored);
        registry = new Registry(store, executor, stored);
        Versioned reserved = stored.get(IdCounter.KEY);
        if (reserved != null && !IdCounter.isCount(reserved.value())) {
            throw new CorruptLogException(
                    "the catalog's count of ids makes no sense: put back a copy of the file from a backup");
        }
        ids = new IdCounter(store, executor, reserved);
        idMaxAtOpen = ids.reservedTo();
        snapshot = new Snapshot(topics.values(), groups.values());
    }

    /**
     * Loads the catalog; may block. The store must not have been loaded before, and is closed by
     * whoever opened it.
     *
     * @param executor serial; decides changes, completes stages, calls listeners
     * @throws IOException if the store cannot be read
     */
    public static Catalog open(MetadataStore store, Executor executor, Clock clock)
            throws IOException {
        return new Catalog(store, executor, clock, store.load());
    }

    /**
     * Whether a topic or group of that id may have existed before this catalog was opened. Ids are
     * reserved durably before they are used, so whoever knows another one knows another catalog.
     */
    public boolean mayHaveExisted(int id) {
        return id <= idMaxAtOpen;
    }

    /** Texts that operators keep along. */
    public Registry registry() {
        return registry;
    }

    /** Adds a listener; told about changes that are published after this call's turn. */
    public void listen(Listener listener) {
        executor.execute(() -> listeners.add(listener));
    }

    /** The topic of that name; null if there is none. */
    public @Nullable Topic topic(String name) {
        return snapshot.topic(name);
    }

    /** The topic incarnation of that id; null if there is none, or no longer. */
    public @Nullable Topic topic(int id) {
        return snapshot.topic(id);
    }

    /** All topics by name. An immutable list. */
    public List<Topic> topics() {
        return snapshot.topics();
    }

    /** The group of that name; null if there is none. */
    public @Nullable Group group(String name) {
        return snapshot.group(name);
    }

    /** The group incarnation of that id; null if there is none, or no longer. */
    public @Nullable Group group(int id) {
        return snapshot.group(id);
    }

    /** All groups by name. An immutable list. */
    public List<Group> groups() {
        return snapshot.groups();
    }

    /**
     * Creates a topic. Of several that create the same one, one gets {@link Change.Done} and the
     * others {@link Change.Exists} with what the one created.
     */
    public CompletionStage<Change<Topic>> createTopic(String name, TopicSettings settings) {
        if (Names.isSystemTopic(name)) {
            return refused("the topic " + name + " belongs to the system; choose another name");
        }
        return createTopic(name, settings, false);
    }

    /**
     * Creates a retry or dead-letter topic of {@code group} on first need; refused if that
     * incarnation of the group is gone, since the topic would pass to the next one.
     */
    public CompletionStage<Change<Topic>> createTopicOf(
            Group group, String name, TopicSettings settings) {
        return run(done ->
                turns.take(group.name(), done, over -> createTopicOf(group, name, settings, over)));
    }

    private void createTopicOf(
            Group group, String name, TopicSettings settings, Consumer<Change<Topic>> done) {
        Group current = groups.get(group.name());
        if (current == null || current.id() != group.id()) {
            done.accept(new Change.Refused<>("the group " + group.name() + " was deleted"));
        } else {
            createTopic(name, settings, false, done);
        }
    }

    /** Creates a topic that users may not change or delete. */
    public CompletionStage<Change<Topic>> createSystemTopic(String name, TopicSettings settings) {
        return createTopic(name, settings, true);
    }

    private CompletionStage<Change<Topic>> createTopic(
            String name, TopicSettings settings, boolean system) {
        String fault = Names.topicFault(name);
        fault = fault == null ? settings.fault() : fault;
        return fault != null
                ? refused(fault)
                : run(done -> createTopic(name, settings, system, done));
    }

    private void createTopic(
            String name, TopicSettings settings, boolean system, Consumer<Change<Topic>> done) {
        Topic current = topics.get(name);
        if (current != null) {
            done.accept(new Change.Exists<>(current));
            return;
        }
        withId(
                id -> {
                    Topic created = Topic.create(name, id, system, clock.wallMs(), settings);
                    topics.change(name, found -> putIfAbsent(found, created), done);
                },
                done);
    }

    /**
     * Changes a topic's settings. More queues may be given but not fewer: RocketMQ would leave the
     * messages of the queues taken away where nobody reads them, so that is refused.
     *
     * @param change from the settings as they are to those that are wanted; may be called more than
     *     once, on the catalog's executor, and must not throw
     */
    public CompletionStage<Change<Topic>> updateTopic(
            String name, UnaryOperator<TopicSettings> change) {
        return run(done -> topics.change(name, found -> updatedTopic(name, found, change), done));
    }

    private Step<Topic> updatedTopic(
            String name, @Nullable Topic found, UnaryOperator<TopicSettings> change) {
        if (found == null) {
            return new Step.Answer<>(new Change.NotFound<>(name));
        }
        if (found.system()) {
            return refuse("the topic " + name + " belongs to the system and cannot be changed");
        }
        TopicSettings wanted = change.apply(found.settings());
        String fault = wanted.fault();
        if (fault != null) {
            return refuse(fault);
        }
        if (wanted.lite() != found.lite()) {
            return refuse(
                    "the topic %s takes messages of the type %s; one is of the type LITE from its creation on, or never: create another one"
                            .formatted(name, found.messageType()));
        }
        if (wanted.queues() < found.queues()) {
            return refuse(
                    "the topic %s has %d queues and cannot shrink to %d, since messages may lie in the others; to have fewer, delete the topic and create it anew"
                            .formatted(name, found.queues(), wanted.queues()));
        }
        return wanted.equals(found.settings())
                ? new Step.Answer<>(new Change.Done<>(found))
                : new Step.Put<>(found.with(wanted, clock.wallMs()));
    }

    /** Deletes a topic: its messages can no longer be read, also if it is created anew. */
    public CompletionStage<Change<Topic>> deleteTopic(String name) {
        return run(done -> deleteTopic(name, done));
    }

    private void deleteTopic(String name, Consumer<Change<Topic>> done) {
        topics.change(
                name,
                found ->
                        found != null && found.system()
                                ? refuse("the topic " + name + " belongs to the system")
                                : removeIfPresent(name, found),
                outcome -> {
                    if (outcome instanceof Change.Done<Topic>(Topic topic)) {
                        afterPublish.add(() -> listeners.forEach(l -> l.topicDeleted(topic)));
                    }
                    done.accept(outcome);
                });
    }

    /** Creates a group and its retry topic, as {@link #createTopic} does a topic. */
    public CompletionStage<Change<Group>> createGroup(String name, GroupSettings settings) {
        String fault = Names.groupFault(name);
        fault = fault == null ? settings.fault() : fault;
        return fault != null
                ? refused(fault)
                : run(done -> turns.take(name, done, over -> createGroup(name, settings, over)));
    }

    private void createGroup(String name, GroupSettings settings, Consumer<Change<Group>> done) {
        TopicSettings retry = TopicSettings.of(Group.RETRY_QUEUES);
        createTopic(
                Names.retryTopic(name),
                retry,
                false,
                outcome -> {
                    if (outcome instanceof Change.Failed<Topic>(IOException cause)) {
                        done.accept(new Change.Failed<>(cause));
                    } else {
                        createGroupAlone(name, settings, done);
                    }
                });
    }

    private void createGroupAlone(
            String name, GroupSettings settings, Consumer<Change<Group>> done) {
        Group current = groups.get(name);
        if (current != null) {
            done.accept(new Change.Exists<>(current));
            return;
        }
        withId(
                id -> {
                    Group created = new Group(name, id, clock.wallMs(), settings);
                    groups.change(name, found -> putIfAbsent(found, created), done);
                },
                done);
    }

    /** Changes a group's settings; {@code change} as in {@link #updateTopic}. */
    public CompletionStage<Change<Group>> updateGroup(
            String name, UnaryOperator<GroupSettings> change) {
        return run(done -> groups.change(name, found -> updatedGroup(name, found, change), done));
    }

    private static Step<Group> updatedGroup(
            String name, @Nullable Group found, UnaryOperator<GroupSettings> change) {
        if (found == null) {
            return new Step.Answer<>(new Change.NotFound<>(name));
        }
        GroupSettings wanted = change.apply(found.settings());
        String fault = wanted.fault();
        if (fault != null) {
            return refuse(fault);
        }
        return wanted.equals(found.settings())
                ? new Step.Answer<>(new Change.Done<>(found))
                : new Step.Put<>(new Group(name, found.id(), found.createdMs(), wanted));
    }

    /**
     * Deletes a group with its retry topic. Its dead letters stay until their topic is deleted,
     * since somebody may still want to look at them.
     */
    public CompletionStage<Change<Group>> deleteGroup(String name) {
        return run(done -> turns.take(name, done, over -> deleteGroup(name, over)));
    }

    private void deleteGroup(String name, Consumer<Change<Group>> done) {
        deleteTopic(
                Names.retryTopic(name),
                outcome -> {
                    if (outcome instanceof Change.Failed<Topic>(IOException e)) {
                        done.accept(new Change.Failed<>(e));
                    } else {
                        deleteGroupAlone(name, done);
                    }
                });
    }

    private void deleteGroupAlone(String name, Consumer<Change<Group>> done) {
        groups.change(
                name,
                found -> removeIfPresent(name, found),
                outcome -> {
                    if (outcome instanceof Change.Done<Group>(Group group)) {
                        afterPublish.add(() -> listeners.forEach(l -> l.groupDeleted(group)));
                    }
                    done.accept(outcome);
                });
    }

    private static <T> Step<T> putIfAbsent(@Nullable T found, T created) {
        return found == null
                ? new Step.Put<>(created)
                : new Step.Answer<>(new Change.Exists<>(found));
    }

    private static <T> Step<T> removeIfPresent(String name, @Nullable T found) {
        return found == null
                ? new Step.Answer<>(new Change.NotFound<>(name))
                : new Step.Remove<>(found);
    }

    private static <T> Step<T> refuse(String reason) {
        return new Step.Answer<>(new Change.Refused<>(reason));
    }

    private static <T> CompletionStage<Change<T>> refused(String reason) {
        return CompletableFuture.completedFuture(new Change.Refused<>(reason));
    }

    private <T> void withId(IntConsumer taken, Consumer<Change<T>> done) {
        ids.take(
                new IdCounter.Taker() {
                    @Override
                    public void taken(int id) {
                        taken.accept(id);
                    }

                    @Override
                    public void failed(IOException cause) {
                        done.accept(new Change.Failed<>(cause));
                    }
                });
    }

    /** Runs a change on the executor and completes its stage after the next publishing. */
    private <T> CompletionStage<Change<T>> run(Consumer<Consumer<Change<T>>> change) {
        CompletableFuture<Change<T>> stage = new CompletableFuture<>();
        Consumer<Change<T>> done =
                outcome -> {
                    afterPublish.add(() -> stage.complete(outcome));
                    if (!publishing) {
                        publishing = true;
                        executor.execute(this::publish);
                    }
                };
        executor.execute(() -> change.accept(done));
        return stage;
    }

    /** Those whose turn came together are published together. */
    private void publish() {
        publishing = false;
        boolean topicsChanged = topics.takeChanged();
        if (groups.takeChanged() || topicsChanged) {
            snapshot = new Snapshot(topics.values(), groups.values());
        }
        List<Runnable> published = List.copyOf(afterPublish);
        afterPublish.clear();
        published.forEach(Runnable::run);
    }
}
