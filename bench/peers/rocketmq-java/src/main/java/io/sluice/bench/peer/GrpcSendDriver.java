package io.sluice.bench.peer;

import io.sluice.bench.driver.Measured;

/**
 * Sends asynchronously, with a fixed number in flight.
 *
 * <p>Arguments of this and the other drivers: server address, topic, queues, body bytes, in flight,
 * warm-up ms, measured ms.
 */
public final class GrpcSendDriver {
    private GrpcSendDriver() {}

    public static void main(String[] args) throws Exception {
        Task task = Task.of(args);
        Measured measured = new Measured();
        Sender sender = new Sender(task, task.producer(), measured);
        int discarded = sender.send(task.warmupMs(), Integer.MAX_VALUE);
        measured.open();
        int sent = sender.send(task.measuredMs(), Integer.MAX_VALUE);
        measured.close();
        sender.drain();
        measured.tell();
        System.err.printf("%d and %d messages sent%n", discarded, sent);
        System.exit(0);
    }
}
