package io.sluice.server.cli;

import io.sluice.server.config.Config;
import io.sluice.server.config.ConfigException;
import io.sluice.server.config.Setting;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;

/**
 * Runs a server until the process is told to end. Its flags are the table of settings. The main
 * thread waits; SIGTERM and SIGINT close the server from the JVM's shutdown thread, and the exit
 * code says whether that went well.
 */
@Command(
        name = "server",
        sortOptions = false,
        description = "Start a server; it runs until SIGTERM or Ctrl-C.",
        footer = {
            "",
            "Every setting is also a line of sluice.yaml (data-dir: ./data) and an environment",
            "variable (SLUICE_DATA_DIR); flag wins over variable over file.",
            "",
            "Examples:",
            "  ./sluice server",
            "  ./sluice server --data-dir /var/lib/sluice --retention 7d",
            "  ./sluice server --bind 0.0.0.0 --insecure --advertise mq.example:10911"
        })
final class ServerCommand implements Callable<Integer> {
    private static final Duration STOP_WITHIN = Duration.ofSeconds(5);

    @Option(names = "--config", paramLabel = "FILE", description = "Read FILE, not sluice.yaml.")
    private @Nullable Path file;

    private final CommandSpec spec;
    private final Start start;

    private ServerCommand(Start start) {
        this.start = start;
        this.spec = CommandSpec.forAnnotatedObject(this);
        for (Setting setting : Setting.values()) {
            spec.addOption(option(setting));
        }
    }

    static CommandSpec spec(Start start) {
        return new ServerCommand(start).spec;
    }

    private static OptionSpec option(Setting setting) {
        String byDefault =
                setting.defaultText().isEmpty() ? "" : " Default: " + setting.defaultText();
        OptionSpec.Builder option =
                OptionSpec.builder("--" + setting.key())
                        .paramLabel(setting.label())
                        .type(String.class)
                        .description(setting.description() + "." + byDefault);
        return setting.isSwitch()
                ? option.arity("0..1").fallbackValue("true").build()
                : option.build();
    }

    @Override
    public Integer call() throws Exception {
        Map<Setting, String> flags = flags();
        Config config = config(flags);
        checkPorts(config, flags);
        PrintWriter out = spec.commandLine().getOut();
        AutoCloseable server = start.start(config);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server, out), "stop"));
        out.println(Banner.ready(Version.text(), config, sinceProcessStart()));
        out.flush();
        new CountDownLatch(1).await();
        return 0;
    }

    private void checkPorts(Config config, Map<Setting, String> flags) throws CommandException {
        Map<Integer, String> taken = TakenPorts.probe(config);
        if (taken.isEmpty()) {
            return;
        }
        Beside beside =
                new Beside(
                        Optional.ofNullable(file),
                        flags,
                        port -> TakenPorts.isFree(config.bind(), port));
        throw new CommandException(
                CommandException.FAILED,
                TakenPorts.explain(
                        taken,
                        port -> PortHolder.find(Path.of("/proc"), port),
                        beside.command(config, taken.values())));
    }

    private Map<Setting, String> flags() {
        ParseResult parsed = spec.commandLine().getParseResult();
        Map<Setting, String> flags = new EnumMap<>(Setting.class);
        for (Setting setting : Setting.values()) {
            String option = "--" + setting.key();
            if (parsed.hasMatchedOption(option)) {
                flags.put(setting, parsed.matchedOptionValue(option, ""));
            }
        }
        return flags;
    }

    private Config config(Map<Setting, String> flags) throws CommandException {
        try {
            return Config.load(flags, System.getenv(), Path.of(""), Optional.ofNullable(file));
        } catch (ConfigException e) {
            throw new CommandException(CommandException.USAGE, String.valueOf(e.getMessage()));
        }
    }

    private static Duration sinceProcessStart() {
        Instant now = Instant.now();
        return Duration.between(ProcessHandle.current().info().startInstant().orElse(now), now);
    }

    /** Halts, since the JVM would otherwise report a clean stop as failure 143. */
    private static void stop(AutoCloseable server, PrintWriter out) {
        CountDownLatch closed = new CountDownLatch(1);
        Thread closing =
                Thread.ofPlatform()
                        .daemon()
                        .name("close")
                        .start(() -> {
                            try {
                                server.close();
                                closed.countDown();
                            } catch (Exception e) {
                                out.println("not stopped cleanly: " + e);
                            }
                        });
        boolean clean = false;
        try {
            closing.join(STOP_WITHIN);
            clean = closed.getCount() == 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        out.println(clean ? "stopped" : "stopped without waiting longer; the next start recovers");
        out.flush();
        Runtime.getRuntime().halt(clean ? 0 : CommandException.FAILED);
    }
}
