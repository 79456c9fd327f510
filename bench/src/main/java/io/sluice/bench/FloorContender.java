package io.sluice.bench;

import io.sluice.bench.floor.FloorServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * One of the two floors, in a JVM of its own like every other server.
 *
 * @param fileBytes size of the durable floor's file, which it overwrites in a circle
 */
record FloorContender(FloorServer.Mode mode, long fileBytes, Ports ports) implements Contender {
    @Override
    public String name() {
        return mode.name().toLowerCase(Locale.ROOT) + "-floor";
    }

    @Override
    public String description() {
        return switch (mode) {
            case ECHO -> "Floor: cuts frames and answers, stores nothing";
            case DURABLE ->
                    "Floor: cuts frames, appends them to one preallocated file with O_DIRECT and"
                            + " O_DSYNC group commit, answers when durable";
        };
    }

    @Override
    public boolean serves(Scenario.Protocol protocol) {
        return protocol == Scenario.Protocol.FRAMES;
    }

    @Override
    public Endpoint start(Path directory, Started started)
            throws IOException, InterruptedException {
        int port = ports.free(1);
        List<String> command =
                List.of(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-Xms256m",
                        "-Xmx256m",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        FloorServer.class.getName(),
                        mode.name(),
                        Integer.toString(port),
                        directory.resolve("log").toString(),
                        Long.toString(fileBytes));
        Child server = started.add(Child.start(name(), directory, Map.of(), command));
        server.awaitPort(port);
        return new Endpoint(name(), port, 0, 0, started.all());
    }
}
