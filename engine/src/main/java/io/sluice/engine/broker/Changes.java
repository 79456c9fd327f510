package io.sluice.engine.broker;

import io.sluice.engine.catalog.Change;
import io.sluice.engine.shard.Outcome;
import io.sluice.engine.shard.Refusal;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** Changes of the catalog as outcomes. */
public final class Changes {
    private Changes() {}

    /**
     * Replies with what is there when the change is over, whoever made it.
     *
     * @param unknown the refusal if there is nothing to change
     */
    public static <T> void report(
            CompletionStage<Change<T>> stage, Refusal unknown, Consumer<Outcome<T>> reply) {
        var _ = stage.thenAccept(change -> reply.accept(outcome(change, unknown)));
    }

    private static <T> Outcome<T> outcome(Change<T> change, Refusal unknown) {
        return switch (change) {
            case Change.Done<T>(T value) -> Outcome.done(value);
            case Change.Exists<T>(T current) -> Outcome.done(current);
            case Change.NotFound<T>(String name) ->
                    Outcome.refused(unknown, name + " does not exist: create it first");
            case Change.Refused<T>(String reason) -> Outcome.refused(Refusal.INVALID, reason);
            case Change.Failed<T>(var cause) ->
                    Outcome.refused(
                            Refusal.STORAGE_FAILED,
                            "the catalog cannot be written: " + cause.getMessage());
        };
    }
}
