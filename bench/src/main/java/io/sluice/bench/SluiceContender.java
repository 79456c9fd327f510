package io.sluice.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Sluice as its own start script runs it, so that the flags measured are the flags shipped. */
record SluiceContender(Path script, Ports ports) implements Contender {
    private static final String BROKER_NAME = "sluice";

    @Override
    public String name() {
        return "sluice";
    }

    @Override
    public String description() {
        return "Sluice, answers when fsynced";
    }

    @Override
    public boolean serves(Scenario.Protocol protocol) {
        return true;
    }

    @Override
    public Endpoint start(Path directory, Started started)
            throws IOException, InterruptedException {
        int namePort = ports.free(1);
        // The broker takes the port two below its own too, for old clients' VIP channel.
        int brokerPort = ports.free(3) + 2;
        List<String> command = new ArrayList<>(List.of(script.toString(), "server"));
        command.addAll(List.of("--data-dir", directory.resolve("data").toString()));
        addPort(command, "--remoting-port", namePort);
        addPort(command, "--broker-port", brokerPort);
        int grpcPort = ports.free(1);
        addPort(command, "--grpc-port", grpcPort);
        addPort(command, "--http-port", ports.free(1));
        Child server = started.add(Child.start(name(), directory, Map.of(), command));
        server.awaitPort(brokerPort);
        return new Endpoint(BROKER_NAME, brokerPort, namePort, grpcPort, started.all());
    }

    private static void addPort(List<String> command, String flag, int port) {
        command.addAll(List.of(flag, Integer.toString(port)));
    }
}
