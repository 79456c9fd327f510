package io.sluice.server.cli;

import io.sluice.server.config.Nearest;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** The tree of commands, and how their failures become a sentence and an exit code. */
@Command(
        name = "sluice",
        synopsisSubcommandLabel = "COMMAND",
        description = "A message queue that RocketMQ clients talk to.",
        footer = {
            "",
            "Exit codes: 0 ok, 1 failed, 2 usage, 3 not found, 5 server unreachable.",
            "",
            "Examples:",
            "  ./sluice demo",
            "  ./sluice server",
            "  ./sluice topic create orders --queues 16",
            "  ./sluice send orders \"hello\" --key 42",
            "  ./sluice tail orders --from beginning",
            "  ./sluice group describe billing -o json",
            "  ./sluice tx list",
            "  ./sluice msg why orders 3:1042 billing",
            "  ./sluice dlq resend billing --all --dry-run"
        })
public final class SluiceCommand {
    private SluiceCommand() {}

    /**
     * Runs one command line.
     *
     * @param start how the {@code server} command starts a server
     * @return the exit code
     */
    public static int run(String[] args, Start start) {
        return run(
                args,
                start,
                new PrintWriter(System.out, true, StandardCharsets.UTF_8),
                new PrintWriter(System.err, true, StandardCharsets.UTF_8));
    }

    static int run(String[] args, Start start, PrintWriter out, PrintWriter err) {
        CommandLine sluice =
                new CommandLine(CommandSpec.forAnnotatedObject(new SluiceCommand()))
                        .addSubcommand(new CommandLine(ServerCommand.spec(start)))
                        .addSubcommand(new DemoCommand())
                        .addSubcommand(new TopicCommand())
                        .addSubcommand(new GroupCommand())
                        .addSubcommand(new TransactionCommand())
                        .addSubcommand(new SendCommand())
                        .addSubcommand(new TailCommand())
                        .addSubcommand(
                                new CommandLine(new MsgCommand()).addSubcommand(new TailCommand()))
                        .addSubcommand(new DlqCommand())
                        .addSubcommand(new TimerCommand())
                        .addSubcommand(new BenchCommand())
                        .addSubcommand(new VersionCommand())
                        .addSubcommand(new HelpCommand());
        withHelpFlag(sluice);
        sluice.setOut(out)
                .setErr(err)
                .setUsageHelpAutoWidth(true)
                .setParameterExceptionHandler(SluiceCommand::refuse)
                .setExecutionExceptionHandler(SluiceCommand::fail);
        return sluice.execute(usual(args));
    }

    /** What people try first means the command that there is for it. */
    private static String[] usual(String[] args) {
        if (args.length == 0) {
            return new String[] {"help"};
        }
        String[] usual = args.clone();
        if (usual[0].equals("--version")) {
            usual[0] = "version";
        }
        return usual;
    }

    private static void withHelpFlag(CommandLine command) {
        if (command.getCommandSpec().findOption("--help") == null) {
            command.getCommandSpec()
                    .addOption(
                            OptionSpec.builder("-h", "--help")
                                    .usageHelp(true)
                                    .description("Show this help.")
                                    .build());
        }
        command.getSubcommands().values().forEach(SluiceCommand::withHelpFlag);
    }

    private static int refuse(ParameterException e, String[] args) {
        PrintWriter err = e.getCommandLine().getErr();
        err.println(e.getMessage() + guess(e));
        err.println("see: ./" + e.getCommandLine().getCommandSpec().qualifiedName() + " --help");
        return CommandException.USAGE;
    }

    private static String guess(ParameterException e) {
        if (!(e instanceof UnmatchedArgumentException unmatched)) {
            return "";
        }
        CommandSpec spec = e.getCommandLine().getCommandSpec();
        String word = unmatched.getUnmatched().getFirst();
        var candidates =
                word.startsWith("-") ? spec.optionsMap().keySet() : spec.subcommands().keySet();
        return Nearest.to(word, List.copyOf(candidates))
                .map(nearest -> "; did you mean '" + nearest + "'?")
                .orElse("");
    }

    private static int fail(Exception e, CommandLine command, ParseResult parsed) {
        if (e instanceof CommandException failure) {
            command.getErr().println(failure.getMessage());
            return failure.exitCode();
        }
        command.getErr().println(command.getCommandName() + " failed: " + causes(e));
        if (e instanceof RuntimeException) {
            e.printStackTrace(command.getErr()); // a mistake of ours: whoever mends it needs this
        }
        return CommandException.FAILED;
    }

    private static String causes(Throwable e) {
        String said = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        Throwable cause = e.getCause();
        return cause == null || said.contains(String.valueOf(cause.getMessage()))
                ? said
                : said + ": " + causes(cause);
    }
}
