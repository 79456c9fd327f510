package io.sluice.engine.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.engine.time.ManualTime;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CatalogTest {
    private static final TopicSettings FOUR = TopicSettings.of(4);

    private final ManualTime time = new ManualTime();
    private final MemoryMetadataStore.Disk disk = new MemoryMetadataStore.Disk();
    private Catalog catalog;

    @BeforeEach
    void open() throws IOException {
        catalog = another();
    }

    @Test
    void shouldShowATopicOnlyOnceItIsDurable() {
        var change = catalog.createTopic("a", FOUR);
        assertNull(catalog.topic("a"));
        while (catalog.topic("a") == null) {
            assertFalse(change.toCompletableFuture().isDone());
            assertTrue(time.runOne());
        }

        Topic topic = done(change);
        assertSame(topic, catalog.topic("a"));
        assertSame(topic, catalog.topic(topic.id()));
        assertEquals(time.wallMs(), topic.createdMs());
        assertTrue(topic.id() > 0 && topic.readable() && topic.writable() && !topic.system());
    }

    @Test
    void shouldFindEverythingAfterARestart() throws IOException {
        TopicSettings settings =
                new TopicSettings(
                        7, 4, 1, 2, TopicSettings.Durability.ASYNC, Map.of("message.type", "FIFO"));
        Topic topic = done(catalog.createTopic("b", settings));
        Topic system = done(catalog.createSystemTopic("TBW102", FOUR));
        Group group = done(catalog.createGroup("g", GroupSettings.DEFAULT.withRetryMax(3)));

        Catalog after = another();

        assertEquals(topic, after.topic("b"));
        assertEquals("FIFO", topic(after, "b").messageType());
        assertEquals(system, after.topic("TBW102"));
        assertEquals(group, after.group("g"));
        assertEquals(group, after.group(group.id()));
        assertEquals(
                List.of("%RETRY%g", "TBW102", "b"),
                after.topics().stream().map(Topic::name).toList());
        assertEquals(List.of(group), after.groups());
    }

    @Test
    void shouldYieldOneIncarnationToConcurrentCreators() throws IOException {
        Catalog other = another();
        var changes =
                List.of(
                        catalog.createTopic("a", FOUR),
                        catalog.createTopic("a", TopicSettings.of(8)),
                        other.createTopic("a", FOUR),
                        other.createTopic("a", FOUR));
        time.run();

        List<Topic> all = new ArrayList<>();
        int created = 0;
        for (var change : changes) {
            switch (change.toCompletableFuture().join()) {
                case Change.Done<Topic>(Topic topic) -> {
                    created++;
                    all.add(topic);
                }
                case Change.Exists<Topic>(Topic topic) -> all.add(topic);
                case Change<Topic> unexpected -> throw new AssertionError(unexpected);
            }
        }
        assertEquals(1, created);
        assertEquals(1, new HashSet<>(all).size());
        assertEquals(all.getFirst(), other.topic("a"));
    }

    @Test
    void shouldGiveARecreatedTopicAnotherId() throws IOException {
        List<Topic> deleted = new ArrayList<>();
        catalog.listen(listener(deleted, new ArrayList<>()));
        Topic first = done(catalog.createTopic("a", FOUR));
        done(catalog.deleteTopic("a"));
        assertNull(catalog.topic("a"));
        assertNull(catalog.topic(first.id()));
        assertEquals(List.of(first), deleted);

        catalog = another();
        Topic second = done(catalog.createTopic("a", FOUR));

        assertNotEquals(first.id(), second.id());
    }

    @Test
    void shouldNeverUseAnIdTwiceThroughRestartsAndRivals() throws IOException {
        Set<Integer> ids = new HashSet<>();
        for (int round = 0; round < 8; round++) {
            List<CompletionStage<Change<Topic>>> changes = new ArrayList<>();
            Catalog left = another();
            Catalog right = another();
            for (int i = 0; i < 100; i++) {
                changes.add(left.createTopic("l" + round + "_" + i, FOUR));
                changes.add(right.createTopic("r" + round + "_" + i, FOUR));
                changes.add(left.createTopic("both" + round + "_" + i, FOUR));
                if (i % 7 == 0) {
                    time.run();
                }
            }
            changes.forEach(change -> assertTrue(ids.add(done(change).id())));
        }
        assertEquals(8 * 300, another().topics().size());
    }

    @Test
    void shouldRecordWhichQueuesWereAddedLater() throws IOException {
        done(catalog.createTopic("a", FOUR));
        long createdMs = time.wallMs();
        time.advanceMs(1000);
        done(catalog.updateTopic("a", settings -> settings.withQueues(6)));

        Topic topic = topic(another(), "a");

        assertEquals(6, topic.queues());
        assertEquals(4, topic.queuesAtCreation());
        assertEquals(createdMs, topic.queueCreatedMs(3));
        assertEquals(createdMs + 1000, topic.queueCreatedMs(4));
        assertEquals(createdMs + 1000, topic.queueCreatedMs(5));
    }

    @Test
    void shouldRefuseToShrinkATopic() {
        Topic topic = done(catalog.createTopic("a", FOUR));

        String reason = refused(catalog.updateTopic("a", settings -> settings.withQueues(3)));

        assertTrue(reason.contains("cannot shrink") && reason.contains("delete"), reason);
        assertSame(topic, catalog.topic("a"));
    }

    @Test
    void shouldApplyBothOfTwoRivalUpdates() throws IOException {
        done(catalog.createTopic("a", FOUR));
        Catalog other = another();
        var left = catalog.updateTopic("a", settings -> settings.withQueues(8));
        var right = other.updateTopic("a", settings -> settings.withPermissions(4));
        done(left);
        done(right);

        Topic topic = topic(another(), "a");
        assertEquals(8, topic.queues());
        assertFalse(topic.writable());
    }

    @Test
    void shouldRefuseBadNamesAndSettingsAndSystemTopics() {
        refused(catalog.createTopic("../a", FOUR));
        refused(catalog.createTopic("TBW102", FOUR));
        refused(catalog.createTopic("a", TopicSettings.of(0)));
        refused(catalog.createTopic("a", FOUR.withPermissions(8)));
        refused(catalog.createGroup("", GroupSettings.DEFAULT));
        refused(catalog.createGroup("g", GroupSettings.DEFAULT.withRetryMax(-1)));
        done(catalog.createSystemTopic("TBW102", FOUR));
        refused(catalog.deleteTopic("TBW102"));
        refused(catalog.updateTopic("TBW102", settings -> settings.withQueues(9)));
        assertInstanceOf(Change.NotFound.class, settled(catalog.deleteTopic("x")));
        assertInstanceOf(Change.NotFound.class, settled(catalog.updateTopic("x", s -> s)));
        assertEquals(1, catalog.topics().size());
    }

    @Test
    void shouldCreateAndDeleteTheRetryTopicWithItsGroup() {
        List<Topic> deletedTopics = new ArrayList<>();
        List<Group> deletedGroups = new ArrayList<>();
        catalog.listen(listener(deletedTopics, deletedGroups));
        Group group = done(catalog.createGroup("g", GroupSettings.DEFAULT));
        Topic retry = topic(catalog, "%RETRY%g");
        assertEquals(1, retry.queues());
        assertInstanceOf(
                Change.Exists.class, settled(catalog.createGroup("g", GroupSettings.DEFAULT)));

        done(catalog.deleteGroup("g"));

        assertTrue(catalog.topics().isEmpty() && catalog.groups().isEmpty());
        assertEquals(List.of(retry), deletedTopics);
        assertEquals(List.of(group), deletedGroups);
        assertNotEquals(group.id(), done(catalog.createGroup("g", GroupSettings.DEFAULT)).id());
    }

    @Test
    void shouldRestoreALostRetryTopicWhenTheGroupIsCreatedAgain() {
        done(catalog.createGroup("g", GroupSettings.DEFAULT));
        done(catalog.deleteTopic("%RETRY%g"));
        assertInstanceOf(
                Change.Exists.class, settled(catalog.createGroup("g", GroupSettings.DEFAULT)));
        assertEquals(1, topic(catalog, "%RETRY%g").queues());
    }

    @Test
    void shouldTellWhenStorageFails() throws IOException {
        MemoryDirectory directory = new MemoryDirectory();
        FileMetadataStore store = new FileMetadataStore(directory, time.executor());
        catalog = Catalog.open(store, time.executor(), time);
        done(catalog.createTopic("a", FOUR));
        directory.failAfter = 0;

        assertInstanceOf(Change.Failed.class, settled(catalog.createTopic("b", FOUR)));
        assertInstanceOf(Change.Failed.class, settled(catalog.deleteTopic("a")));
        assertNull(catalog.topic("b"));
        assertEquals(4, topic(catalog, "a").queues());
    }

    @Test
    void shouldPublishWhatBecameDurableTogetherTogether() throws IOException {
        MemoryDirectory directory = new MemoryDirectory();
        FileMetadataStore store = new FileMetadataStore(directory, time.executor());
        catalog = Catalog.open(store, time.executor(), time);
        List<CompletionStage<Change<Topic>>> changes = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            changes.add(catalog.createTopic("t" + i, FOUR));
        }
        Set<List<Topic>> snapshots = Collections.newSetFromMap(new IdentityHashMap<>());
        while (time.runOne()) {
            snapshots.add(catalog.topics());
        }

        changes.forEach(this::done);
        assertEquals(10_000, catalog.topics().size());
        assertTrue(snapshots.size() < 20, snapshots.size() + " snapshots");
        assertTrue(directory.syncs < 20, directory.syncs + " syncs");
    }

    private static Topic topic(Catalog catalog, String name) {
        return Objects.requireNonNull(catalog.topic(name), name);
    }

    private Catalog another() throws IOException {
        return Catalog.open(new MemoryMetadataStore(disk, time.executor()), time.executor(), time);
    }

    private static Catalog.Listener listener(List<Topic> topics, List<Group> groups) {
        return new Catalog.Listener() {
            @Override
            public void topicDeleted(Topic topic) {
                topics.add(topic);
            }

            @Override
            public void groupDeleted(Group group) {
                groups.add(group);
            }
        };
    }

    private <T> Change<T> settled(CompletionStage<Change<T>> stage) {
        time.run();
        assertTrue(stage.toCompletableFuture().isDone());
        return stage.toCompletableFuture().join();
    }

    private <T> T done(CompletionStage<Change<T>> stage) {
        Change<T> change = settled(stage);
        if (change instanceof Change.Done<T>(T value)) {
            return value;
        }
        throw new AssertionError(change);
    }

    private <T> String refused(CompletionStage<Change<T>> stage) {
        Change<T> change = settled(stage);
        if (change instanceof Change.Refused<T>(String reason)) {
            return reason;
        }
        throw new AssertionError(change);
    }
}
