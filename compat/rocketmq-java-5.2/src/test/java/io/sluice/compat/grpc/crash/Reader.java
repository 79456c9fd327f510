package io.sluice.compat.grpc.crash;

import io.sluice.compat.grpc.Grpc;
import io.sluice.compat.harness.Await;
import io.sluice.compat.harness.Target;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.rocketmq.client.apis.ClientException;
import org.apache.rocketmq.client.apis.consumer.SimpleConsumer;
import org.apache.rocketmq.client.apis.message.MessageView;
import org.apache.rocketmq.shaded.io.grpc.StatusRuntimeException;

/**
 * A simple consumer that goes on through every crash, on one thread: what it receives comes in the
 * order in which it was handed out.
 */
final class Reader implements AutoCloseable {

    private static final int BATCH = 16;

    /** The shortest there is: what an answer held that was lost in a crash comes after that. */
    private static final Duration INVISIBLE = Duration.ofSeconds(10);

    private static final long PAUSE_MS = 20;

    private final Book book;
    private final SimpleConsumer consumer;
    private final Thread thread = Thread.ofPlatform().name("reader").unstarted(this::read);
    private volatile boolean isRunning = true;

    Reader(Target server, Book book) throws ClientException {
        this.book = book;
        Kind kind = book.kind();
        consumer = Grpc.simpleConsumer(server, kind.group(), kind.topic());
    }

    void start() {
        thread.start();
    }

    private void read() {
        while (isRunning) {
            try {
                List<MessageView> messages = consumer.receive(BATCH, INVISIBLE);
                messages.forEach(book::received);
                CompletableFuture.allOf(
                                messages.stream()
                                        .map(this::acknowledge)
                                        .toArray(CompletableFuture[]::new))
                        .join();
            } catch (ClientException | StatusRuntimeException serverIsDown) {
                pause();
            }
        }
    }

    /** Completes in any case: an answer that was lost leaves it open. */
    private CompletableFuture<Void> acknowledge(MessageView message) {
        return consumer.ackAsync(message)
                .handle((done, unknownOutcome) -> {
                    if (unknownOutcome == null) {
                        book.settled(message);
                    }
                    return null;
                });
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(PAUSE_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Receives nothing more from now on. */
    void end() {
        isRunning = false;
    }

    @Override
    public void close() throws IOException {
        end();
        Await.until("the reader ends", () -> !thread.isAlive());
        consumer.close();
    }
}
