package io.sluice.server;

import io.sluice.server.cli.SluiceCommand;

/** The one process: parses the command line and runs what it names. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        System.exit(SluiceCommand.run(args, Server::start));
    }
}
