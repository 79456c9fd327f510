package io.sluice.simulator.cli;

import io.sluice.simulator.plan.Operation;
import io.sluice.simulator.run.Coverage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Which kinds of faults came while which kinds of operations were under way.
 *
 * @param faults kinds of faults, group by group
 * @param operations kinds of operations that were ever under way
 * @param neverAsked kinds of operations that were not: they need no answer
 */
record Pairs(
        List<String> faults,
        List<String> operations,
        List<String> neverAsked,
        Map<String, Map<String, Long>> met) {

    static Pairs of(Coverage coverage) {
        List<String> faults = new ArrayList<>();
        Map<String, FaultGroup> kinds = FaultGroup.kinds();
        for (FaultGroup group : FaultGroup.values()) {
            kinds.forEach((kind, of) -> {
                if (of == group) {
                    faults.add(kind);
                }
            });
        }
        faults.addAll(unknown(coverage));
        List<String> operations = new ArrayList<>();
        List<String> neverAsked = new ArrayList<>();
        Arrays.stream(Operation.class.getPermittedSubclasses())
                .map(Class::getSimpleName)
                .forEach(kind ->
                        (coverage.operations().containsKey(kind) ? operations : neverAsked)
                                .add(kind));
        return new Pairs(faults, operations, neverAsked, coverage.met());
    }

    /** Kinds that were counted and are in no group. */
    static TreeSet<String> unknown(Coverage coverage) {
        TreeSet<String> unknown = new TreeSet<>(coverage.faults().keySet());
        unknown.removeAll(FaultGroup.kinds().keySet());
        return unknown;
    }

    long met(String fault, String operation) {
        return met.getOrDefault(fault, Map.of()).getOrDefault(operation, 0L);
    }

    List<String> notMet(String fault) {
        return operations.stream().filter(operation -> met(fault, operation) == 0).toList();
    }

    long metCount() {
        return faults.size() * (long) operations.size()
                - faults.stream().mapToLong(fault -> notMet(fault).size()).sum();
    }

    /** How many of them there are, as "12 of 34". */
    String share() {
        return "%,d of %,d".formatted(metCount(), faults.size() * operations.size());
    }
}
