package io.sluice.server.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/**
 * Stands here for the help. The launcher starts the demonstration itself, since the official client
 * in it needs a class path of its own.
 */
@Command(
        name = "demo",
        description = "Show the main job with the official client, on a server of its own.",
        footer = {"", "Examples:", "  ./sluice demo", "  ./sluice demo my-lines.txt"})
final class DemoCommand implements Callable<Integer> {
    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "FILE",
            description = "Text file whose lines become messages. Default: one of the checkout.")
    private String file = "";

    @Override
    public Integer call() throws CommandException {
        throw new CommandException(
                CommandException.USAGE, "start it with the launcher: ./sluice demo " + file);
    }
}
