package io.sluice.simulator.cli;

import picocli.CommandLine;

/** Runs histories as its arguments say; exits with 1 if a promise is broken in one of them. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        System.exit(new CommandLine(new SimulateCommand()).execute(args));
    }
}
