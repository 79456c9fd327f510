package io.sluice.simulator.cli;

import io.sluice.simulator.plan.Operation;
import io.sluice.simulator.run.Coverage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which kinds of faults came while which kinds of operations were under way. What came of faults is
 * no fault, and an answer can be lost only where a client goes on with it.
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

    private static final String ANSWER_LOST = "ANSWER_LOST";
    private static final Set<String> ANSWERS_USED = Set.of("Consume", "GiveBack");

    static Pairs of(Coverage coverage) {
        List<String> faults = new ArrayList<>();
        Map<String, FaultGroup> kinds = FaultGroup.kinds();
        for (FaultGroup group : FaultGroup.values()) {
            kinds.forEach((kind, of) -> {
                if (of == group && of != FaultGroup.OUTCOME) {
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
        return operations.stream()
                .filter(operation -> canMeet(fault, operation) && met(fault, operation) == 0)
                .toList();
    }

    static boolean canMeet(String fault, String operation) {
        return !fault.equals(ANSWER_LOST) || ANSWERS_USED.contains(operation);
    }

    /** How many of those that are possible were met, as "12 of 34". */
    String share() {
        long possible =
                faults.stream()
                        .mapToLong(fault ->
                                operations.stream()
                                        .filter(operation -> canMeet(fault, operation))
                                        .count())
                        .sum();
        long missing = faults.stream().mapToLong(fault -> notMet(fault).size()).sum();
        return "%,d of %,d".formatted(possible - missing, possible);
    }
}
