package io.sluice.simulator.run;

import static io.sluice.engine.catalog.Names.deadLetterTopic;
import static io.sluice.engine.catalog.Names.retryTopic;

import io.sluice.engine.catalog.Catalog;
import io.sluice.engine.catalog.Change;
import io.sluice.engine.catalog.Group;
import io.sluice.engine.catalog.GroupSettings;
import io.sluice.engine.catalog.Topic;
import io.sluice.engine.catalog.TopicSettings;
import io.sluice.engine.shard.Outcome;
import io.sluice.engine.shard.Refusal;
import io.sluice.simulator.model.CatalogModel;
import io.sluice.simulator.model.Model;
import io.sluice.simulator.model.Promise;
import io.sluice.simulator.plan.Operation;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** Those who create, change and delete topics and groups. */
final class Operators {
    private final Node node;
    private final Model model;
    private final CatalogModel catalogModel;

    Operators(Node node) {
        this.node = node;
        this.model = node.model();
        this.catalogModel = node.model().catalog();
    }

    private Catalog catalog() {
        return node.broker().catalog();
    }

    void createTopic(Operation.CreateTopic op) {
        String name = Names.topic(0, op.topic());
        TopicSettings settings = TopicSettings.of(op.queues());
        if (node.marked()) {
            settings =
                    settings.withAttributes(
                            Map.of(TopicSettings.MESSAGE_TYPE, TopicSettings.PRIORITY));
        }
        change(op.getClass(), name, catalog().createTopic(name, settings), this::topic);
    }

    void grow(Operation.Grow op) {
        String name = Names.topic(0, op.topic());
        change(
                op.getClass(),
                name,
                catalog().updateTopic(name, s -> s.withQueues(Math.min(8, s.queues() + 1))),
                this::topic);
    }

    void shrink(Operation.Shrink op) {
        String name = Names.topic(0, op.topic());
        Topic topic = catalog().topic(name);
        if (topic == null || topic.queues() == 1) {
            return;
        }
        change(
                op.getClass(),
                name,
                catalog().updateTopic(name, s -> s.withQueues(s.queues() - 1)),
                smaller -> model.judge().violated(Promise.CATALOG, name + " lost a queue"));
    }

    void retain(Operation.Retain op) {
        String name = Names.topic(0, op.topic());
        Topic topic = catalog().topic(name);
        if (topic != null) {
            model.judge().keeps(topic.id(), op.keepMs(), op.keepKib() * 1024L);
            change(
                    op.getClass(),
                    name,
                    catalog()
                            .updateTopic(
                                    name, s -> s.withRetention(op.keepMs(), op.keepKib() * 1024L)),
                    this::topic);
        }
    }

    void deleteTopic(Operation.DeleteTopic op) {
        String name = Names.topic(0, op.topic());
        Topic topic = catalog().topic(name);
        if (topic != null) {
            model.deleting(topic.id());
        }
        // What is deleted may have been under way to be created when that was asked.
        change(
                op.getClass(),
                name,
                catalog().deleteTopic(name),
                deleted -> model.deleting(deleted.id()));
    }

    void createGroup(Operation.CreateGroup op) {
        String name = Names.group(op.group());
        GroupSettings settings = GroupSettings.DEFAULT.withRetryMax(op.retryMax());
        change(op.getClass(), name, catalog().createGroup(name, settings), this::group);
    }

    void deleteGroup(Operation.DeleteGroup op) {
        String name = Names.group(op.group());
        Group group = catalog().group(name);
        if (group != null) {
            model.groups().deleting(group.id());
        }
        for (String own : List.of(retryTopic(name), deadLetterTopic(name))) {
            model.deleting(own);
            Topic topic = catalog().topic(own);
            if (topic != null) {
                model.deleting(topic.id());
            }
        }
        change(
                op.getClass(),
                name,
                catalog().deleteGroup(name),
                deleted -> model.groups().deleting(deleted.id()));
    }

    private void topic(Topic topic) {
        catalogModel.identified(topic.name(), topic.id(), topic.createdMs());
    }

    private void group(Group group) {
        catalogModel.identified(group.name(), group.id(), group.createdMs());
    }

    private <T> void change(
            Class<? extends Operation> operation,
            String name,
            CompletionStage<Change<T>> stage,
            Consumer<T> seen) {
        boolean deletes =
                operation == Operation.DeleteTopic.class
                        || operation == Operation.DeleteGroup.class;
        catalogModel.changing(name);
        Asked<Change<T>> asked =
                new Asked<>(
                        node,
                        operation,
                        outcome -> {
                            if (outcome instanceof Outcome.Done<Change<T>>(Change<T> change)) {
                                changed(name, deletes, change, seen);
                            } else {
                                node.catalogFailed();
                                catalogModel.failed(name);
                            }
                        });
        var _ = stage.thenAccept(change -> asked.accept(outcome(change)));
    }

    private static <T> Outcome<Change<T>> outcome(Change<T> change) {
        return change instanceof Change.Failed<T>(var cause)
                ? Outcome.refused(Refusal.STORAGE_FAILED, String.valueOf(cause.getMessage()))
                : Outcome.done(change);
    }

    private <T> void changed(String name, boolean deletes, Change<T> change, Consumer<T> seen) {
        switch (change) {
            case Change.Done<T>(T value) -> {
                catalogModel.changed(name, deletes ? null : value);
                seen.accept(value);
            }
            case Change.Exists<T>(T value) -> {
                catalogModel.changed(name, value);
                seen.accept(value);
            }
            case Change.NotFound<T> notFound -> catalogModel.changed(name, null);
            case Change.Refused<T> refused -> catalogModel.refused(name);
            case Change.Failed<T> failed -> catalogModel.refused(name);
        }
    }

    /** Compares what there is with what was answered. */
    void look() {
        for (int topic = 0; topic < Names.TOPICS; topic++) {
            String name = Names.topic(0, topic);
            Topic found = catalog().topic(name);
            catalogModel.seen(name, found);
            if (found != null) {
                topic(found);
            }
        }
        for (int group = 0; group < Names.GROUPS; group++) {
            String name = Names.group(group);
            Group found = catalog().group(name);
            catalogModel.seen(name, found);
            if (found != null) {
                group(found);
            }
        }
    }
}
