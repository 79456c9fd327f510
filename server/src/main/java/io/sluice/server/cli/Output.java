package io.sluice.server.cli;

import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The option {@code -o}, and the printing that it decides: a table to read, or JSON to parse. */
final class Output {
    /** The ways to print. */
    enum Format {
        table,
        json
    }

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec command;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "table|json",
            description = "How to print the result. Default: ${DEFAULT-VALUE}")
    private Format format = Format.table;

    PrintWriter out() {
        return command.commandLine().getOut();
    }

    PrintWriter err() {
        return command.commandLine().getErr();
    }

    boolean isJson() {
        return format == Format.json;
    }

    /** Prints rows: aligned columns, or a JSON array with an object per row. */
    void print(Table table) {
        print(isJson() ? Json.text(table.objects()) : table.text());
    }

    /** Prints one thing: a line per member, or a JSON object. */
    void print(Members members) {
        print(isJson() ? Json.text(members.values()) : members.text());
    }

    /** Prints a sentence, or the JSON that says the same. */
    void print(String sentence, Members members) {
        print(isJson() ? Json.text(members.values()) : sentence);
    }

    private void print(String text) {
        out().println(text);
        out().flush();
    }

    /** The columns of a table, in order. */
    static Table table(String... columns) {
        return new Table(List.of(columns));
    }
}
