package io.sluice.server.cli;

import io.sluice.server.config.HostPort;
import picocli.CommandLine.Option;

/** The option {@code --server}: where the running server is. */
final class ServerOption {
    private static final int DEFAULT_PORT = 9876;
    private static final int ANSWER_TIMEOUT_MS = 30_000;

    @Option(
            names = "--server",
            paramLabel = "HOST:PORT",
            description = "The server to talk to. Default: ${DEFAULT-VALUE}")
    private String address = "127.0.0.1:" + DEFAULT_PORT;

    Queues connect() throws CommandException {
        return new Queues(client());
    }

    RemotingClient client() throws CommandException {
        return new RemotingClient(address(), ANSWER_TIMEOUT_MS);
    }

    private HostPort address() throws CommandException {
        try {
            return HostPort.parse(address, DEFAULT_PORT);
        } catch (IllegalArgumentException e) {
            throw new CommandException(
                    CommandException.USAGE,
                    "--server is '" + address + "'; expected host or host:port");
        }
    }
}
