package io.sluice.server.cli;

import java.io.Console;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options {@code --dry-run} and {@code --yes} of what changes many things at once. */
final class Consent {
    @Option(names = "--dry-run", description = "Show what would be done, and do nothing.")
    private boolean dryRun;

    @Option(
            names = {"-y", "--yes"},
            description = "Do it without a question.")
    private boolean yes;

    /**
     * Whether to go on.
     *
     * @param preview what would be done
     * @throws CommandException if there is nobody to ask, and nobody said so before
     */
    boolean given(Output output, String preview) throws CommandException {
        if (dryRun) {
            output.print(
                    "would " + preview, new Members().with("would", preview).with("done", false));
            return false;
        }
        if (yes) {
            return true;
        }
        Optional<Console> console = Terminal.console();
        if (console.isEmpty()) {
            throw new CommandException(
                    CommandException.USAGE,
                    "this would " + preview + ": say so with --yes, or look with --dry-run");
        }
        @Nullable String answer = console.get().readLine("%s? [y/N] ", preview);
        return answer != null && answer.strip().toLowerCase(Locale.ROOT).startsWith("y");
    }
}
