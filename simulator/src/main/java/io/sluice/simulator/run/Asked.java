package io.sluice.simulator.run;

import io.sluice.engine.shard.Outcome;
import io.sluice.simulator.model.Promise;
import java.util.function.Consumer;

/**
 * A request that is under way in one life of the broker: answered once, or never if that life ends
 * first.
 */
final class Asked<T> implements Consumer<Outcome<T>> {
    private final Node node;
    private final int life;
    private final Class<?> operation;
    private final Consumer<Outcome<T>> answer;
    private final String text;
    private boolean answered;

    Asked(Node node, Class<?> operation, Consumer<Outcome<T>> answer) {
        this.node = node;
        this.life = node.life();
        this.operation = operation;
        this.answer = answer;
        node.coverage().asked(operation);
        this.text = node.isTold() ? operation.getSimpleName() + " #" + node.nextNumber() : "";
        if (node.isTold()) {
            node.tell("ask " + text);
        }
    }

    @Override
    public void accept(Outcome<T> outcome) {
        if (life != node.life() || !node.isAlive()) {
            return; // with its last breath
        }
        if (answered) {
            node.model()
                    .judge()
                    .violated(Promise.ANSWERED, operation.getSimpleName() + " answered twice");
        }
        answered = true;
        node.coverage().answered(operation);
        node.trace(outcome);
        if (node.isTold()) {
            node.tell("  answer to " + text + ": " + Story.of(outcome));
        }
        answer.accept(outcome);
    }
}
