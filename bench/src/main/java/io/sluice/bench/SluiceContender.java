package io.sluice.bench;

import java.io.IOException;
import java.nio.file.Path;
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
    public boolean servesClient() {
        return true;
    }

    @Override
    public Endpoint start(Path directory, Started started)
            throws IOException, InterruptedException {
        int namePort = ports.free(1);
        int brokerPort = ports.free(1);
        List<String> command =
                List.of(
                        script.toString(),
                        "server",
                        "--data-dir",
                        directory.resolve("data").toString(),
                        "--remoting-port",
                        Integer.toString(namePort),
                        "--broker-port",
                        Integer.toString(brokerPort));
        Child server = started.add(Child.start(name(), directory, Map.of(), command));
        server.awaitPort(brokerPort);
        return new Endpoint(BROKER_NAME, brokerPort, namePort, started.all());
    }
}
