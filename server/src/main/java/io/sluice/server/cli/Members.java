package io.sluice.server.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** Named values of one thing, in order. */
final class Members {
    private final Map<String, Object> values = new LinkedHashMap<>();

    Members with(String name, Object value) {
        values.put(name, value);
        return this;
    }

    Map<String, Object> values() {
        return values;
    }

    String text() {
        int width = values.keySet().stream().mapToInt(String::length).max().orElse(0);
        return values.entrySet().stream()
                .map(it ->
                        it.getKey() + " ".repeat(width - it.getKey().length() + 2) + it.getValue())
                .collect(Collectors.joining("\n"));
    }
}
