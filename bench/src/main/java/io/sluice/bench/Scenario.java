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
    /** What drives the server. */
    enum Generator {
        /** Frames built beforehand, from one thread. */
        LEAN,
        /** The official client in a JVM of its own. */
        CLIENT
    }

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
                            new Shape(1024, 8, 1, 256)));

    boolean suits(Contender contender) {
        return generator == Generator.LEAN || contender.servesClient();
    }
}
