package io.sluice.simulator.run;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a history has met: how often each operation and fault, and which of them at the same time.
 */
public final class Coverage {
    private final Map<String, Long> operations = new TreeMap<>();
    private final Map<String, Long> faults = new TreeMap<>();
    private final Map<String, Long> refusals = new TreeMap<>();
    private final Map<String, Map<String, Long>> met = new TreeMap<>();
    private final Map<Class<?>, Integer> underWay = new HashMap<>();

    void asked(Class<?> operation) {
        operations.merge(operation.getSimpleName(), 1L, Long::sum);
        underWay.merge(operation, 1, Integer::sum);
    }

    void answered(Class<?> operation) {
        underWay.merge(operation, -1, Integer::sum);
    }

    void refused(String why) {
        refusals.merge(why, 1L, Long::sum);
    }

    /** How many requests are under way. */
    int underWay() {
        return underWay.values().stream().mapToInt(Integer::intValue).sum();
    }

    void ended() {
        underWay.clear();
    }

    void fault(String kind) {
        faults.merge(kind, 1L, Long::sum);
        Map<String, Long> row = met.computeIfAbsent(kind, k -> new TreeMap<>());
        underWay.forEach((operation, count) -> {
            if (count > 0) {
                row.merge(operation.getSimpleName(), 1L, Long::sum);
            }
        });
    }

    /** A fault that struck one request only. */
    void fault(String kind, Class<?> operation) {
        faults.merge(kind, 1L, Long::sum);
        met.computeIfAbsent(kind, k -> new TreeMap<>())
                .merge(operation.getSimpleName(), 1L, Long::sum);
    }

    /** Adds what another history has met. */
    public void add(Coverage other) {
        other.operations.forEach((k, v) -> operations.merge(k, v, Long::sum));
        other.faults.forEach((k, v) -> faults.merge(k, v, Long::sum));
        other.refusals.forEach((k, v) -> refusals.merge(k, v, Long::sum));
        other.met.forEach((fault, row) -> {
            Map<String, Long> mine = met.computeIfAbsent(fault, k -> new TreeMap<>());
            row.forEach((k, v) -> mine.merge(k, v, Long::sum));
        });
    }

    /** Requests that reached the broker, by kind. */
    public Map<String, Long> operations() {
        return operations;
    }

    /** Faults that happened, by kind. */
    public Map<String, Long> faults() {
        return faults;
    }

    /** Refusals, by reason. */
    public Map<String, Long> refusals() {
        return refusals;
    }

    /** By kind of fault, how often a request of each kind was under way when one happened. */
    public Map<String, Map<String, Long>> met() {
        return met;
    }

    /** All requests that reached the broker. */
    public long operationCount() {
        return operations.values().stream().mapToLong(Long::longValue).sum();
    }

    /** All faults that happened. */
    public long faultCount() {
        return faults.values().stream().mapToLong(Long::longValue).sum();
    }
}
