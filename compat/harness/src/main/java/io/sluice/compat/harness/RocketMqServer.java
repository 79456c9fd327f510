package io.sluice.compat.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Apache RocketMQ, name server and broker, against which the tests themselves are checked.
 *
 * <p>Only the broker is killed and restarted: the name server keeps nothing.
 */
final class RocketMqServer implements Target {

    private static final String BROKER_NAME = "reference";

    private final Path log;
    private final int firstPort;
    private final ServerProcess names;
    private final ServerProcess broker;

    RocketMqServer(Path directory) {
        Path home = directory.toAbsolutePath();
        log = home.resolve("server.log");
        firstPort = Ports.freeRun(6);
        String classPath = ServerProcess.classPath("compat.rocketmq-classpath");
        names = process(home, classPath, "namesrv.NamesrvStartup", namesConfig(home));
        broker = process(home, classPath, "broker.BrokerStartup", brokerConfig(home));
    }

    private ServerProcess process(Path home, String classPath, String main, Path config) {
        List<String> command =
                List.of(
                        ServerProcess.java(),
                        "-Xmx1g",
                        "--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED",
                        "--add-opens=java.base/java.nio=ALL-UNNAMED",
                        "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-Duser.home=" + home,
                        "-Drocketmq.home.dir=" + home,
                        "-cp",
                        classPath,
                        "org.apache.rocketmq." + main,
                        "-c",
                        config.toString());
        return new ServerProcess(command, log);
    }

    private Path namesConfig(Path home) {
        return write(
                home.resolve("namesrv.properties"),
                """
                listenPort=%d
                """
                        .formatted(nameServicePort()));
    }

    /** Sluice's defaults where RocketMQ's own differ, and patience with a slow machine. */
    private Path brokerConfig(Path home) {
        return write(
                home.resolve("broker.properties"),
                """
                brokerName=%s
                brokerIP1=127.0.0.1
                listenPort=%d
                namesrvAddr=%s
                storePathRootDir=%s
                defaultTopicQueueNums=8
                messageDelayLevel=%s
                mappedFileSizeCommitLog=134217728
                waitTimeMillsInSendQueue=20000
                waitTimeMillsInPullQueue=20000
                osPageCacheBusyTimeOutMills=60000
                diskMaxUsedSpaceRatio=98
                transactionTimeOut=1000
                transactionCheckInterval=1000
                """
                        .formatted(
                                BROKER_NAME,
                                brokerPort(),
                                address(),
                                home.resolve("store"),
                                DELAY_LEVELS));
    }

    private static Path write(Path file, String text) {
        try {
            Files.createDirectories(file.getParent());
            return Files.writeString(file, text, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public int nameServicePort() {
        return firstPort;
    }

    /** RocketMQ takes the port two below (VIP) and the one above (replication) as well. */
    @Override
    public int brokerPort() {
        return firstPort + 3;
    }

    @Override
    public int grpcPort() {
        throw new UnsupportedOperationException("RocketMQ's proxy is not started");
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
        if (!names.isAlive()) {
            names.start();
        }
        broker.start();
        Await.until("RocketMQ answers: see " + log, START_DEADLINE, this::answers);
    }

    private boolean answers() {
        if (!names.isAlive() || !broker.isAlive()) {
            throw new AssertionError("RocketMQ ended by itself: see " + log);
        }
        try (RawConnection toNames = connectToNameService();
                RawConnection toBroker = connect()) {
            Reply cluster = toNames.request(RequestCode.GET_BROKER_CLUSTER_INFO, Map.of());
            boolean isRegistered = cluster.bodyText().contains(BROKER_NAME);
            return isRegistered && toBroker.request(RequestCode.HEART_BEAT, Map.of()).code() >= 0;
        }
    }

    @Override
    public void stop() {
        broker.stop();
        awaitDeregistration();
    }

    @Override
    public void kill() {
        broker.kill();
        awaitDeregistration();
    }

    /** Otherwise the next {@link #start} could take the dead broker's entry for the new one's. */
    private void awaitDeregistration() {
        Await.until(
                "the name server has noticed",
                () -> {
                    try (RawConnection toNames = connectToNameService()) {
                        return !toNames.request(RequestCode.GET_BROKER_CLUSTER_INFO, Map.of())
                                .bodyText()
                                .contains(BROKER_NAME);
                    }
                });
    }

    @Override
    public void close() {
        broker.kill();
        names.kill();
    }
}
