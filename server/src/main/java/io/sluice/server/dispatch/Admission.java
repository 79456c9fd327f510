package io.sluice.server.dispatch;

import io.sluice.engine.shard.Outcome;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Where every request comes in, by whatever protocol, before anything is done for it: rules say
 * whether it may, and all are counted. Any thread; never blocks.
 */
public final class Admission {
    /** Who may do what, how often, how much at a time: one sentence of it. */
    @FunctionalInterface
    public interface Rule {
        /** Why not; null if this rule has nothing against it. */
        Outcome.@Nullable Refused<?> refusal(Demand demand);
    }

    private final List<Rule> rules;
    private final Map<Action, LongAdder> asked = new EnumMap<>(Action.class);
    private final Map<Action, LongAdder> refused = new EnumMap<>(Action.class);

    /**
     * @param rules the first that refuses decides
     */
    public Admission(List<Rule> rules) {
        this.rules = List.copyOf(rules);
        for (Action action : Action.values()) {
            asked.put(action, new LongAdder());
            refused.put(action, new LongAdder());
        }
    }

    /**
     * Lets a request in; why not, if it may not.
     *
     * @param demand asked for only if there are rules
     */
    public Outcome.@Nullable Refused<?> refusal(Action action, Supplier<Demand> demand) {
        count(asked, action);
        if (rules.isEmpty()) {
            return null;
        }
        Demand wanted = demand.get();
        for (Rule rule : rules) {
            Outcome.Refused<?> why = rule.refusal(wanted);
            if (why != null) {
                count(refused, action);
                return why;
            }
        }
        return null;
    }

    private static void count(Map<Action, LongAdder> counts, Action action) {
        LongAdder count = counts.get(action);
        if (count != null) {
            count.increment();
        }
    }

    /** Requests since the start, let in or not. */
    long asked(Action action) {
        return sum(asked, action);
    }

    /** Those of them that were not let in. */
    long refused(Action action) {
        return sum(refused, action);
    }

    private static long sum(Map<Action, LongAdder> counts, Action action) {
        LongAdder count = counts.get(action);
        return count == null ? 0 : count.sum();
    }
}
