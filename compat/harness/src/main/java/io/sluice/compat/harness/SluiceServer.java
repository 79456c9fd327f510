package io.sluice.compat.harness;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The built Sluice server, with the class path that Maven gives it. */
final class SluiceServer implements Target {

    private final Path log;
    private final int firstPort;
    private final ServerProcess process;

    /**
     * @param settings further settings by their kebab-case names
     */
    SluiceServer(Path directory, Map<String, String> settings) {
        log = directory.resolve("server.log");
        firstPort = Ports.freeRun(8);
        process = new ServerProcess(command(directory.resolve("data"), settings), log);
    }

    private List<String> command(Path data, Map<String, String> settings) {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                ServerProcess.java(),
                                "@" + System.getProperty("compat.sluice-jvm-options"),
                                "-cp",
                                ServerProcess.classPath("compat.sluice-classpath"),
                                "io.sluice.server.Main",
                                "server"));
        command.addAll(List.of("--data-dir", data.toString()));
        command.addAll(List.of("--remoting-port", Integer.toString(nameServicePort())));
        command.addAll(List.of("--broker-port", Integer.toString(brokerPort())));
        command.addAll(List.of("--grpc-port", Integer.toString(grpcPort())));
        command.addAll(List.of("--http-port", Integer.toString(firstPort + 7)));
        settings.forEach((key, value) -> command.addAll(List.of("--" + key, value)));
        return command;
    }

    // Each has a VIP port two below, which must be free too.

    @Override
    public int nameServicePort() {
        return firstPort + 2;
    }

    @Override
    public int brokerPort() {
        return firstPort + 5;
    }

    @Override
    public int grpcPort() {
        return firstPort + 6;
    }

    @Override
    public String address() {
        return "127.0.0.1:" + nameServicePort();
    }

    @Override
    public Path log() {
        return log;
    }

    @Override
    public void start() {
        process.start();
        Await.until("Sluice answers: see " + log, START_DEADLINE, this::answers);
    }

    private boolean answers() {
        if (!process.isAlive()) {
            throw new AssertionError("Sluice ended by itself: see " + log);
        }
        try (RawConnection names = connectToNameService();
                RawConnection broker = connect()) {
            return names.request(RequestCode.GET_BROKER_CLUSTER_INFO, Map.of()).isOk()
                    && broker.request(RequestCode.GET_BROKER_CLUSTER_INFO, Map.of()).isOk();
        }
    }

    @Override
    public void stop() {
        process.stop();
    }

    @Override
    public void kill() {
        process.kill();
    }

    @Override
    public void close() {
        process.kill();
    }
}
