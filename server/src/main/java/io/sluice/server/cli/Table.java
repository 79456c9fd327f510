package io.sluice.server.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Rows of values under named columns. Column names are camelCase, as JSON wants them. */
final class Table {
    private static final String GAP = "  ";

    private final List<String> columns;
    private final List<List<Object>> rows = new ArrayList<>();

    Table(List<String> columns) {
        this.columns = columns;
    }

    Table row(Object... values) {
        if (values.length != columns.size()) {
            throw new IllegalArgumentException(values.length + " values for " + columns);
        }
        rows.add(List.of(values));
        return this;
    }

    List<Map<String, Object>> objects() {
        return rows.stream().map(this::object).toList();
    }

    private Map<String, Object> object(List<Object> row) {
        Map<String, Object> object = new LinkedHashMap<>();
        for (int i = 0; i < columns.size(); i++) {
            object.put(columns.get(i), row.get(i));
        }
        return object;
    }

    /** Aligned columns under capitals; numbers to the right. */
    String text() {
        List<List<Object>> lines = new ArrayList<>();
        lines.add(columns.stream().<Object>map(Table::heading).toList());
        lines.addAll(rows);
        int[] widths = new int[columns.size()];
        for (List<Object> line : lines) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], line.get(i).toString().length());
            }
        }
        return String.join("\n", lines.stream().map(line -> text(line, widths)).toList());
    }

    private static String text(List<Object> line, int[] widths) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            Object value = line.get(i);
            String space = " ".repeat(widths[i] - value.toString().length());
            text.append(i == 0 ? "" : GAP);
            text.append(isNumber(value) ? space + value : value + space);
        }
        return text.toString().stripTrailing();
    }

    private static boolean isNumber(Object value) {
        return value instanceof Number || value == Unknown.UNKNOWN;
    }

    private static String heading(String column) {
        return column.replaceAll("([A-Z])", " $1").toUpperCase(Locale.ROOT);
    }
}
