package io.sluice.compat.table;

import io.sluice.compat.harness.Verdict;
import io.sluice.compat.harness.Verdicts;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The table of features and clients, as Markdown. */
final class FeatureTable {
    private FeatureTable() {}

    static String of(List<Verdicts.Read> runs) {
        var columns = new TreeMap<String, TreeMap<String, Verdict>>();
        for (Verdicts.Read run : runs) {
            var column = columns.computeIfAbsent(run.client(), client -> new TreeMap<>());
            run.features()
                    .forEach((feature, verdict) -> column.merge(feature, verdict, (a, b) -> b));
        }
        TreeSet<String> features = new TreeSet<>();
        columns.values().forEach(column -> features.addAll(column.keySet()));
        StringBuilder table = new StringBuilder("| Feature |");
        columns.keySet().forEach(client -> table.append(' ').append(client).append(" |"));
        table.append("\n|---|").append(":-:|".repeat(columns.size())).append('\n');
        for (String feature : features) {
            table.append("| ").append(feature).append(" |");
            for (var column : columns.values()) {
                table.append(' ').append(shown(column.get(feature))).append(" |");
            }
            table.append('\n');
        }
        return table.toString();
    }

    /**
     * A table without the columns of clients that cannot run on this machine, and without rows that
     * only these have.
     */
    static String without(String table, List<String> clients) {
        List<List<String>> rows = new ArrayList<>();
        for (String line : table.lines().toList()) {
            rows.add(new ArrayList<>(List.of(line.substring(1).split("\\|"))));
        }
        StringBuilder left = new StringBuilder();
        List<Integer> columns = new ArrayList<>();
        for (int i = 0; !rows.isEmpty() && i < rows.getFirst().size(); i++) {
            if (!clients.contains(rows.getFirst().get(i).strip())) {
                columns.add(i);
            }
        }
        for (List<String> row : rows) {
            List<String> cells = columns.stream().map(row::get).toList();
            if (cells.stream().skip(1).anyMatch(cell -> !cell.isBlank())) {
                left.append('|').append(String.join("|", cells)).append("|\n");
            }
        }
        return left.toString();
    }

    private static String shown(@Nullable Verdict verdict) {
        return switch (verdict) {
            case null -> "";
            case PASSED -> "✓";
            case FAILED -> "✗";
            case SKIPPED -> "skipped";
        };
    }
}
