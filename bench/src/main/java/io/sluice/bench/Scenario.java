package io.sluice.bench;

import java.util.List;

/**
 * One way of using a queue, the same for every contender.
 *
 * @param id as {@code --scenarios} takes it; the numbers are those of the project's list of bars
 * @param title for the table's heading
 * @param generator what drives it
 */
record Scenario(String id, String title, Generator generator, Shape shape) {
    /** What a server has to understand. */
    enum Protocol {
        /** Frames of SEND_MESSAGE_V2, nothing else. */
        FRAMES,
        /** What the official client says on its own. */
        REMOTING,
        GRPC
    }

    /** What drives the server. */
    enum Generator {
        /** Frames built beforehand, from one thread. */
        LEAN(Protocol.FRAMES, "", ""),
        /** The official client of remoting, as all that follow in a JVM of its own. */
        CLIENT(Protocol.REMOTING, "rocketmq", "SendDriver"),
        GRPC_SEND(Protocol.GRPC, "rocketmq-java", "GrpcSendDriver"),
        GRPC_RECEIVE(Protocol.GRPC, "rocketmq-java", "GrpcReceiveDriver"),
        GRPC_LATENCY(Protocol.GRPC, "rocketmq-java", "GrpcLatencyDriver");

        final Protocol protocol;

        /** The Maven project of the client's jars. */
        final String peer;

        /** The class of that project with the main method. */
        final String driver;

        Generator(Protocol protocol, String peer, String driver) {
            this.protocol = protocol;
            this.peer = peer;
            this.driver = driver;
        }
    }

    private static final String GRPC_CLIENT = "Official Java client 5.2.0 over gRPC: ";

    /** Every scenario there is, in the order in which they run. */
    static final List<Scenario> ALL =
            List.of(
                    new Scenario(
                            "1",
                            "Send 1 KiB, 8 queues, 4 connections × 64 in flight",
                            Generator.LEAN,
                            new Shape(1024, 8, 4, 64)),
                    new Scenario(
                            "2",
                            "Send 128 B, 8 queues, 4 connections × 64 in flight",
                            Generator.LEAN,
                            new Shape(128, 8, 4, 64)),
                    new Scenario(
                            "4",
                            "Send 1 KiB, one connection, one in flight",
                            Generator.LEAN,
                            new Shape(1024, 8, 1, 1)),
                    new Scenario(
                            "client",
                            "Official client 5.5.0: send 1 KiB asynchronously, 8 queues, 256 in"
                                    + " flight",
                            Generator.CLIENT,
                            new Shape(1024, 8, 1, 256)),
                    new Scenario(
                            "grpc-send",
                            GRPC_CLIENT + "send 1 KiB asynchronously, 8 queues, 256 in flight",
                            Generator.GRPC_SEND,
                            new Shape(1024, 8, 1, 256)),
                    new Scenario(
                            "grpc-receive",
                            GRPC_CLIENT
                                    + "receive and acknowledge a backlog of 1 KiB, 8 queues, 8"
                                    + " receives of 32 at a time",
                            Generator.GRPC_RECEIVE,
                            new Shape(1024, 8, 1, 256)),
                    new Scenario(
                            "grpc-latency",
                            GRPC_CLIENT
                                    + "from the producer to a push consumer's listener, 1 KiB, 8"
                                    + " queues, 1,000 messages/s",
                            Generator.GRPC_LATENCY,
                            new Shape(1024, 8, 1, 256)));

    Protocol protocol() {
        return generator.protocol;
    }

    boolean suits(Contender contender) {
        return contender.serves(protocol());
    }
}
