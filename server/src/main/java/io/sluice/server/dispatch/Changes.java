package io.sluice.server.dispatch;

import io.sluice.engine.catalog.Catalog;
import io.sluice.engine.catalog.Change;
import io.sluice.engine.catalog.Group;
import io.sluice.engine.catalog.GroupSettings;
import io.sluice.engine.shard.Outcome;
import io.sluice.engine.shard.Refusal;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** Changes of the catalog as outcomes. */
final class Changes {
    private Changes() {}

    /** The group, created if it is not there, as RocketMQ does with groups that show up. */
    static void group(Catalog catalog, String name, Consumer<Outcome<Group>> reply) {
        Group group = catalog.group(name);
        if (group != null) {
            reply.accept(Outcome.done(group));
        } else {
            report(
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

    /** Replies with what is there when the change is over, whoever made it. */
    static <T> void report(
            CompletionStage<Change<T>> stage, Refusal unknown, Consumer<Outcome<T>> reply) {
        var _ = stage.thenAccept(change -> reply.accept(outcome(change, unknown)));
    }

    private static <T> Outcome<T> outcome(Change<T> change, Refusal unknown) {
        return switch (change) {
            case Change.Done<T>(T value) -> Outcome.done(value);
            case Change.Exists<T>(T current) -> Outcome.done(current);
            case Change.NotFound<T>(String name) ->
                    Outcome.refused(unknown, name + " does not exist");
            case Change.Refused<T>(String reason) -> Outcome.refused(Refusal.INVALID, reason);
            case Change.Failed<T>(var cause) ->
                    Outcome.refused(
                            Refusal.STORAGE_FAILED,
                            "the catalog cannot be written: " + cause.getMessage());
        };
    }
}
