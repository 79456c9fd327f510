package io.sluice.server.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Prints what runs here. */
@Command(
        name = "version",
        description = "Print the version of Sluice and of the JDK.",
        footer = {"", "Example:", "  ./sluice version"})
final class VersionCommand implements Callable<Integer> {
    @Mixin private final Output output = new Output();

    @Override
    public Integer call() {
        output.print(
                new Members()
                        .with("sluice", Version.text())
                        .with("jdk", Runtime.version().toString())
                        .with("vendor", System.getProperty("java.vendor", "unknown"))
                        .with("system", system()));
        return 0;
    }

    private static String system() {
        return System.getProperty("os.name", "?") + " " + System.getProperty("os.arch", "?");
    }
}
