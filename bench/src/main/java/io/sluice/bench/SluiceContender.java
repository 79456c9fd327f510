package io.sluice.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Sluice as its own start script runs it, so that the flags measured are the flags shipped. */
record SluiceContender(Path script, Variant variant, Ports ports) implements Contender {
    private static final String BROKER_NAME = "sluice";

    /** What the topic under load is like. */
    enum Variant {
        DURABLE("sluice", "Sluice, answers when fsynced", ""),
        ASYNC(
                "sluice-async",
                "Sluice, topic with `--durability async`: answers before the sync",
                "--durability=async"),
        EVERY_SEND(
                "sluice-every-send",
                "Sluice, topic with `--idempotent-send off`: does not look for resends",
                "--idempotent-send=off");

        private final String label;
        private final String description;
        private final String topicOption;

        Variant(String label, String description, String topicOption) {
            this.label = label;
            this.description = description;
            this.topicOption = topicOption;
        }
    }

    @Override
    public String name() {
        return variant.label;
    }

    @Override
    public String description() {
        return variant.description;
    }

    @Override
    public boolean serves(Scenario.Protocol protocol) {
        // Topics of gRPC scenarios are created alike for all, without options of ours.
        return protocol != Scenario.Protocol.GRPC || variant.topicOption.isEmpty();
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
        if (!variant.topicOption.isEmpty()) {
            createTopic(LeanLoad.TOPIC, namePort);
            createTopic(ClientLoad.TOPIC, namePort);
        }
        return new Endpoint(BROKER_NAME, brokerPort, namePort, grpcPort, started.all());
    }

    private void createTopic(String topic, int namePort) throws IOException, InterruptedException {
        List<String> command =
                new ArrayList<>(List.of(script.toString(), "topic", "create", topic));
        command.addAll(List.of("--queues", Integer.toString(SendFrame.QUEUES_MAX)));
        command.add(variant.topicOption);
        command.addAll(List.of("--server", "127.0.0.1:" + namePort));
        Process process =
                new ProcessBuilder(command)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        if (process.waitFor() != 0) {
            throw new IOException("the topic could not be created: " + String.join(" ", command));
        }
    }

    private static void addPort(List<String> command, String flag, int port) {
        command.addAll(List.of(flag, Integer.toString(port)));
    }
}
