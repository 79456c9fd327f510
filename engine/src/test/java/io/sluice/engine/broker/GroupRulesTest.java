package io.sluice.engine.broker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.engine.broker.Pull.Found;
import io.sluice.engine.broker.Pull.Pulled;
import io.sluice.engine.broker.Pull.Reader;
import io.sluice.engine.catalog.Change;
import io.sluice.engine.catalog.Group;
import io.sluice.engine.catalog.GroupSettings;
import io.sluice.engine.catalog.Topic;
import io.sluice.engine.queue.TagFilter;
import io.sluice.engine.shard.Appended;
import io.sluice.engine.shard.Outcome;
import io.sluice.engine.shard.Refusal;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a user decides about a group is kept to. */
class GroupRulesTest {
    private final Machine machine = new Machine().start();

    private Change<Group> change(Map<String, String> attributes, int retryMax) {
        var stage =
                machine.broker()
                        .catalog()
                        .updateGroup(
                                "billing",
                                s -> s.withRetryMax(retryMax).withAttributes(attributes));
        machine.time.run();
        return stage.toCompletableFuture().join();
    }

    private Group group(Map<String, String> attributes, int retryMax) {
        machine.group("billing");
        assertInstanceOf(Change.Done.class, change(attributes, retryMax));
        return existing(machine.broker().catalog().group("billing"));
    }

    private static <T> T existing(@Nullable T value) {
        assertNotNull(value);
        return value;
    }

    private AtomicReference<@Nullable Outcome<Pulled>> pull(
            Group group, Topic topic, long offset, long suspendMs) {
        AtomicReference<@Nullable Outcome<Pulled>> answer = new AtomicReference<>();
        machine.broker()
                .pull(
                        machine.pull(
                                new Reader(group.id(), "a"),
                                topic,
                                0,
                                offset,
                                suspendMs,
                                TagFilter.ALL,
                                answer::set));
        machine.time.run();
        return answer;
    }

    private static Pulled done(AtomicReference<@Nullable Outcome<Pulled>> answer) {
        return (Pulled) assertInstanceOf(Outcome.Done.class, answer.get()).value();
    }

    @Test
    void shouldRefuseAttributesThatMakeNoSense() {
        machine.group("billing");
        for (Map<String, String> attributes :
                java.util.List.of(
                        Map.of(GroupSettings.CONSUME_RATE, "-1"),
                        Map.of(GroupSettings.CONSUME_RATE, "many"),
                        Map.of(GroupSettings.CONSUME_RATE, "99999999999"),
                        Map.of(GroupSettings.AFTER_LAST_ATTEMPT, "keep"),
                        Map.of(GroupSettings.RETRY_SCHEDULE, "sometimes"),
                        Map.of(GroupSettings.RETRY_SCHEDULE, "customized"),
                        Map.of(GroupSettings.RETRY_SCHEDULE, "customized 0"),
                        Map.of(GroupSettings.RETRY_SCHEDULE, "customized x"),
                        Map.of(GroupSettings.RETRY_SCHEDULE, "exponential 5 4 2"),
                        Map.of(GroupSettings.RETRY_SCHEDULE, "exponential 5 50 0"),
                        Map.of(GroupSettings.RETRY_SCHEDULE, "exponential 5"))) {
            assertInstanceOf(Change.Refused.class, change(attributes, 16), attributes::toString);
        }
    }

    @Test
    void shouldHandOutNoFasterThanAGroupMayHave() {
        Group group = group(Map.of(GroupSettings.CONSUME_RATE, "10"), 16);
        Topic topic = machine.topic("orders", 1);
        for (int i = 0; i < 40; i++) {
            machine.send(topic, 0, "m" + i);
        }
        assertEquals(10, done(pull(group, topic, 0, 0)).count());
        assertEquals(Found.END, done(pull(group, topic, 10, 0)).found());
        var waiting = pull(group, topic, 10, 15_000);
        assertNull(waiting.get());
        machine.advanceMs(99);
        assertNull(waiting.get());
        machine.advanceMs(2);
        assertEquals(1, done(waiting).count());
        machine.advanceMs(500);
        assertEquals(5, done(pull(group, topic, 11, 0)).count());
    }

    @Test
    void shouldEndAWaitingPullOfAGroupThatMayNoLongerConsume() {
        machine.group("billing");
        Group group = existing(machine.broker().catalog().group("billing"));
        Topic topic = machine.topic("orders", 1);
        var waiting = pull(group, topic, 0, 15_000);
        var _ =
                machine.broker()
                        .catalog()
                        .updateGroup(
                                "billing",
                                s ->
                                        new GroupSettings(
                                                false, true, true, false, true, 16, 15, Map.of()));
        machine.time.run();
        machine.send(topic, 0, "x");
        machine.time.run();
        var refused = assertInstanceOf(Outcome.Refused.class, waiting.get());
        assertEquals(Refusal.NO_PERMISSION, refused.refusal());
    }

    private Appended giveBack(Group group, long position) {
        return machine.ask(reply -> machine.broker().sendBack(group, position, 0, -1, "", reply));
    }

    @Test
    void shouldRetryByTheGroupsOwnSchedule() {
        Group group = group(Map.of(GroupSettings.RETRY_SCHEDULE, "exponential 500 1500 2"), 16);
        Topic topic = machine.topic("orders", 1);
        var position = machine.send(topic, 0, "x").positions()[0];
        Topic retry = machine.existing("%RETRY%billing");
        long[] delays = {500, 1_000, 1_500, 1_500};
        for (int i = 0; i < delays.length; i++) {
            var _ = giveBack(group, position);
            machine.advanceMs(delays[i] - 20);
            assertEquals(i, machine.broker().endOffset(retry, 0));
            machine.advanceMs(40);
            assertEquals(i + 1, machine.broker().endOffset(retry, 0), "retry " + i);
            position =
                    io.sluice.engine.message.StoredMessage.position(
                            Machine.messages(machine.pull(retry, 0, i)).getFirst(), 0);
        }
    }

    @Test
    void shouldDropAfterTheLastAttemptIfAskedTo() {
        Group group = group(Map.of(GroupSettings.AFTER_LAST_ATTEMPT, "discard"), 0);
        Topic topic = machine.topic("orders", 1);
        long position = machine.send(topic, 0, "x").positions()[0];
        assertEquals(0, giveBack(group, position).positions().length);
        assertNull(machine.broker().catalog().topic("%DLQ%billing"));
        assertInstanceOf(Change.Done.class, change(Map.of(), 0));
        Group changed = existing(machine.broker().catalog().group("billing"));
        assertTrue(giveBack(changed, position).positions().length == 1);
        assertNotNull(machine.broker().catalog().topic("%DLQ%billing"));
    }

    @Test
    void shouldBoundTheAttemptsThatAClientAsksForByWhatWasDecided() {
        assertEquals(20, GroupSettings.DEFAULT.retryMax(20));
        assertEquals(16, GroupSettings.DEFAULT.retryMax(-1));
        GroupSettings few = GroupSettings.DEFAULT.withRetryMax(2);
        assertEquals(2, few.retryMax(16));
        assertEquals(1, few.retryMax(1));
        assertEquals(2, few.retryMax(-1));
    }
}
