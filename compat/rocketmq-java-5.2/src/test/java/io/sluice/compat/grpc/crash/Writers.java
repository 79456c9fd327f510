package io.sluice.compat.grpc.crash;

import io.sluice.compat.grpc.Grpc;
import io.sluice.compat.harness.Target;
import io.sluice.compat.harness.crash.Payload;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.rocketmq.client.apis.ClientException;
import org.apache.rocketmq.client.apis.producer.Producer;
import org.apache.rocketmq.client.apis.producer.SendReceipt;
import org.apache.rocketmq.client.apis.producer.Transaction;
import org.apache.rocketmq.client.apis.producer.TransactionResolution;
import org.apache.rocketmq.client.java.impl.producer.SendReceiptImpl;
import org.apache.rocketmq.shaded.io.grpc.StatusRuntimeException;

/** One producer and a thread for each kind, which go on sending through every crash. */
final class Writers implements AutoCloseable {

    private static final int IN_FLIGHT = 32;
    private static final long PAUSE_MS = 20;

    /** A writer waits for its reader when it is so many messages ahead. */
    private static final int AHEAD_MAX = 1_000;

    private static final int DELAY_MS_MIN = 200;
    private static final int DELAYS = 5;

    private interface Step {
        void run() throws ClientException;
    }

    private final Map<Kind, Book> books;
    private final Producer producer;
    private final List<Thread> threads = new ArrayList<>();
    private final Semaphore slots = new Semaphore(IN_FLIGHT);
    private final AtomicBoolean failed = new AtomicBoolean();
    private volatile boolean isRunning = true;

    Writers(Target server, List<Book> books) throws ClientException {
        this.books = new EnumMap<>(Kind.class);
        books.forEach(book -> this.books.put(book.kind(), book));
        producer =
                Grpc.CLIENTS
                        .newProducerBuilder()
                        .setClientConfiguration(Grpc.configuration(server))
                        .setTopics(books.stream().map(b -> b.kind().topic()).toArray(String[]::new))
                        .setMaxAttempts(1)
                        .setTransactionChecker(
                                message -> resolution(Payload.verified(Book.bytes(message))))
                        .build();
    }

    private static TransactionResolution resolution(long id) {
        return Kind.isCommitted(Payload.sequence(id))
                ? TransactionResolution.COMMIT
                : TransactionResolution.ROLLBACK;
    }

    void start() {
        start(Kind.NORMAL, this::sendAsync);
        start(Kind.FIFO, () -> send(books.get(Kind.FIFO)));
        start(Kind.DELAY, this::sendDelayed);
        start(Kind.TRANSACTION, this::sendTransaction);
    }

    private void start(Kind kind, Step step) {
        threads.add(Thread.ofPlatform().name("writer-" + kind).start(() -> write(kind, step)));
    }

    private void write(Kind kind, Step step) {
        while (isRunning) {
            try {
                if (books.get(kind).owed() < AHEAD_MAX) {
                    step.run();
                } else {
                    pause();
                }
            } catch (ClientException | StatusRuntimeException unknownOutcome) {
                pause();
            }
        }
    }

    private void sendAsync() {
        Book book = books.get(Kind.NORMAL);
        slots.acquireUninterruptibly();
        long id = book.next(0);
        CompletableFuture<SendReceipt> _ =
                producer.sendAsync(Kind.NORMAL.message(id, 0))
                        .whenComplete((receipt, unknownOutcome) -> {
                            if (receipt == null) {
                                failed.set(true);
                            } else {
                                book.acknowledged(id, offset(receipt));
                            }
                            slots.release();
                        });
        if (failed.getAndSet(false)) {
            pause();
        }
    }

    private void send(Book book) throws ClientException {
        long id = book.next(0);
        book.acknowledged(id, offset(producer.send(book.kind().message(id, 0))));
    }

    private static long offset(SendReceipt receipt) {
        return ((SendReceiptImpl) receipt).getOffset();
    }

    private void sendDelayed() throws ClientException {
        Book book = books.get(Kind.DELAY);
        long now = System.currentTimeMillis();
        long dueMs = now + (1 + now % DELAYS) * DELAY_MS_MIN;
        long id = book.next(dueMs);
        producer.send(Kind.DELAY.message(id, dueMs));
        book.acknowledged(id);
    }

    /** Half of them are left to the checker. */
    private void sendTransaction() throws ClientException {
        Book book = books.get(Kind.TRANSACTION);
        long id = book.next(0);
        int sequence = Payload.sequence(id);
        Transaction transaction = producer.beginTransaction();
        producer.send(Kind.TRANSACTION.message(id, 0), transaction);
        if (Kind.isCommitted(sequence)) {
            book.acknowledged(id);
        }
        if (sequence / 2 % 2 == 0) {
            return;
        }
        if (Kind.isCommitted(sequence)) {
            transaction.commit();
        } else {
            transaction.rollback();
        }
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(PAUSE_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Stops sending and waits until every answer that can come has come. */
    void finish() throws InterruptedException {
        isRunning = false;
        for (Thread thread : threads) {
            thread.join();
        }
        slots.acquire(IN_FLIGHT);
        slots.release(IN_FLIGHT);
    }

    @Override
    public void close() throws IOException {
        isRunning = false;
        producer.close();
    }
}
