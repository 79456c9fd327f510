package io.sluice.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Apache RocketMQ from its Maven artifacts: a name server and one master broker, with the settings
 * of its {@code conf/broker.conf} and the JVM flags of its {@code bin/runbroker.sh}, the heap and
 * direct memory scaled to a small machine. In its favour, it is given ten seconds before it refuses
 * messages as "busy" (by default 200 ms in the send queue), so that a moment without processor time
 * does not fail its run.
 */
record RocketMqContender(PeerJars jars, Front front, Flush flush, Ports ports)
        implements Contender {
    /** What speaks to clients. */
    enum Front {
        /** The broker itself, which speaks remoting. */
        BROKER("rocketmq"),
        /** Its proxy in local mode, which speaks gRPC and has the broker in its own process. */
        PROXY("rocketmq-proxy");

        final String name;

        Front(String name) {
            this.name = name;
        }

        /** The faster of both, against which others are measured. */
        String async() {
            return name + "-async";
        }
    }

    /** When RocketMQ answers: from the page cache, or once the disk has it. */
    enum Flush {
        ASYNC_FLUSH,
        SYNC_FLUSH
    }

    private static final String BROKER_NAME = "broker-a";
    private static final List<String> BROKER_FLAGS =
            List.of(
                    "-Xms2g",
                    "-Xmx2g",
                    "-XX:+UseG1GC",
                    "-XX:G1HeapRegionSize=16m",
                    "-XX:G1ReservePercent=25",
                    "-XX:InitiatingHeapOccupancyPercent=30",
                    "-XX:SoftRefLRUPolicyMSPerMB=0",
                    "-XX:-OmitStackTraceInFastThrow",
                    "-XX:+AlwaysPreTouch",
                    "-XX:MaxDirectMemorySize=2g");
    private static final List<String> NAMESRV_FLAGS = List.of("-Xms256m", "-Xmx256m");

    @Override
    public String name() {
        return flush == Flush.ASYNC_FLUSH ? front.async() : front.name + "-sync";
    }

    @Override
    public String description() {
        String when = flush == Flush.ASYNC_FLUSH ? "from the page cache" : "when fsynced";
        String through = front == Front.PROXY ? " with its proxy in local mode" : "";
        return "Apache RocketMQ 5.5.0%s, %s, answers %s".formatted(through, flush, when);
    }

    @Override
    public boolean serves(Scenario.Protocol protocol) {
        return (protocol == Scenario.Protocol.GRPC) == (front == Front.PROXY);
    }

    @Override
    public Endpoint start(Path directory, Started started)
            throws IOException, InterruptedException {
        int namePort = ports.free(1);
        // The broker takes listenPort - 2 too, for what it calls its fast listener.
        int sendPort = ports.free(4) + 2;
        Files.createDirectories(directory);
        Path nameConf = directory.resolve("namesrv.conf");
        Files.writeString(
                nameConf,
                "listenPort=%d%nkvConfigPath=%s%n".formatted(namePort, directory.resolve("kv")));
        Path brokerConf = directory.resolve("broker.conf");
        Files.writeString(brokerConf, brokerConf(directory, namePort, sendPort));

        String namesrv = "org.apache.rocketmq.namesrv.NamesrvStartup";
        List<String> named = List.of(namesrv, "-c", nameConf.toString());
        start("namesrv", NAMESRV_FLAGS, named, directory, started).awaitPort(namePort);
        int grpcPort = front == Front.PROXY ? ports.free(2) : 0;
        List<String> main =
                front == Front.PROXY
                        ? proxy(directory, namePort, grpcPort, brokerConf)
                        : List.of(
                                "org.apache.rocketmq.broker.BrokerStartup",
                                "-c",
                                brokerConf.toString());
        Child broker = start("broker", BROKER_FLAGS, main, directory, started);
        broker.awaitOutput(front == Front.PROXY ? "startup successfully" : "boot success");
        broker.awaitPort(sendPort);
        return new Endpoint(BROKER_NAME, sendPort, namePort, grpcPort, started.all());
    }

    /** What starts the proxy, and with it the broker. */
    private static List<String> proxy(Path directory, int namePort, int grpcPort, Path brokerConf)
            throws IOException {
        Path conf = directory.resolve("rmq-proxy.json");
        Files.writeString(
                conf,
                """
                {"rocketMQClusterName": "DefaultCluster", "grpcServerPort": %d, "remotingListenPort": %d}
                """
                        .formatted(grpcPort, grpcPort + 1));
        List<String> command = new ArrayList<>();
        command.addAll(List.of("org.apache.rocketmq.proxy.ProxyStartup", "-pm", "local"));
        command.addAll(List.of("-n", "127.0.0.1:" + namePort));
        command.addAll(List.of("-bc", brokerConf.toString(), "-pc", conf.toString()));
        return command;
    }

    /**
     * @param main the class and its arguments
     */
    private Child start(
            String name, List<String> flags, List<String> main, Path directory, Started started)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add(jars.java().toString());
        command.addAll(flags);
        command.add("-Duser.home=" + directory);
        command.addAll(List.of("-cp", jars.classPath(PeerJars.ROCKETMQ)));
        command.addAll(main);
        String home = directory.toString();
        Map<String, String> environment = Map.of("ROCKETMQ_HOME", home, "RMQ_PROXY_HOME", home);
        return started.add(Child.start(name, directory, environment, command));
    }

    private String brokerConf(Path directory, int namePort, int sendPort) {
        return String.format(
                Locale.ROOT,
                """
                brokerClusterName=DefaultCluster
                brokerName=%s
                brokerId=0
                brokerRole=ASYNC_MASTER
                flushDiskType=%s
                namesrvAddr=127.0.0.1:%d
                brokerIP1=127.0.0.1
                brokerIP2=127.0.0.1
                listenPort=%d
                haListenPort=%d
                autoCreateTopicEnable=true
                waitTimeMillsInSendQueue=10000
                osPageCacheBusyTimeOutMills=10000
                storePathRootDir=%s
                """,
                BROKER_NAME,
                flush,
                namePort,
                sendPort,
                sendPort + 1,
                directory.resolve("store"));
    }
}
