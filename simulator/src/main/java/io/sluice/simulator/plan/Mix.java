package io.sluice.simulator.plan;

import io.sluice.simulator.world.Dice;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Kinds with weights; a third of the kinds is left out in each history. */
final class Mix<E extends Event> {
    private final Dice dice;
    private final List<Supplier<E>> kinds = new ArrayList<>();
    private final List<Integer> weights = new ArrayList<>();
    private int total;

    Mix(Dice dice) {
        this.dice = dice;
    }

    Mix<E> always(int weight, Supplier<E> kind) {
        kinds.add(kind);
        weights.add(weight);
        total += weight;
        return this;
    }

    Mix<E> maybe(int weight, Supplier<E> kind) {
        return dice.perMille(650)
                ? always(Math.max(1, weight * dice.pick(1, 2, 4) / 2), kind)
                : this;
    }

    boolean isEmpty() {
        return total == 0;
    }

    E drawAnyKind() {
        return kinds.get(dice.below(kinds.size())).get();
    }

    E draw() {
        int left = dice.below(total);
        for (int i = 0; ; i++) {
            left -= weights.get(i);
            if (left < 0) {
                return kinds.get(i).get();
            }
        }
    }
}
