package io.sluice.server.grpc;

import apache.rocketmq.v2.Code;
import apache.rocketmq.v2.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.sluice.engine.broker.Asker;
import io.sluice.engine.shard.Outcome;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the answer of one call goes: exactly once, from any thread, and nowhere if the client has
 * cancelled it meanwhile.
 */
final class Reply<T> implements Asker {
    private static final Logger LOG = LoggerFactory.getLogger(Reply.class);

    private final StreamObserver<T> observer;
    private final Function<Status, T> failed;
    private final Home home;
    private final AtomicBoolean given = new AtomicBoolean();
    private final AtomicReference<Runnable> undelivered = new AtomicReference<>(Reply::nothing);
    private volatile Runnable whenGone = Reply::nothing;
    private int heldBytes;

    /**
     * @param failed the answer that holds a status alone
     */
    Reply(Home home, StreamObserver<T> observer, Function<Status, T> failed) {
        this.home = home;
        this.observer = observer;
        this.failed = failed;
        if (observer instanceof ServerCallStreamObserver<T> call) {
            call.setOnCancelHandler(this::cancelled);
            call.setOnCloseHandler(this::delivered);
        }
    }

    /** Nobody listens any more: also when an answer was given, but has not gone out as a whole. */
    private void cancelled() {
        given.set(true);
        whenGone.run();
        undelivered.getAndSet(Reply::nothing).run();
        release();
    }

    private static void nothing() {}

    /** Goes on with the call. */
    @Override
    public void execute(Runnable task) {
        home.execute(task);
    }

    /** Whether an answer is wanted, and there is memory to hold it. */
    @Override
    public boolean isThere() {
        return !given.get() && !isCancelled() && home.hasRoom();
    }

    @Override
    public void whenGone(Runnable step) {
        whenGone = step;
        if (isCancelled()) {
            step.run();
        }
    }

    private boolean isCancelled() {
        return observer instanceof ServerCallStreamObserver<T> call && call.isCancelled();
    }

    /** The last answer of the call, or the only one. */
    void give(T answer) {
        if (given.compareAndSet(false, true)) {
            home.execute(() -> {
                if (!isCancelled()) {
                    observer.onNext(answer);
                    observer.onCompleted();
                }
            });
        }
    }

    /**
     * Several answers of a call, which end it.
     *
     * @param otherwise run if they do not go out as a whole
     */
    void giveAll(Iterable<T> answers, Runnable otherwise) {
        if (!given.compareAndSet(false, true)) {
            otherwise.run();
            return;
        }
        home.execute(() -> {
            undelivered.set(otherwise);
            if (isCancelled()) {
                undelivered.getAndSet(Reply::nothing).run();
                return;
            }
            answers.forEach(observer::onNext);
            observer.onCompleted();
        });
    }

    /**
     * An answer will hold so much memory, until it has gone out. Before the answer is given; what
     * was held before is not any more.
     */
    synchronized void hold(int sizeBytes) {
        home.hold(sizeBytes - heldBytes);
        heldBytes = sizeBytes;
        if (observer instanceof ServerCallStreamObserver<T> call && call.isCancelled()) {
            release();
        }
    }

    private synchronized void release() {
        home.hold(-heldBytes);
        heldBytes = 0;
    }

    /** The answer has gone out as a whole. */
    private void delivered() {
        undelivered.set(Reply::nothing);
        release();
    }

    void fail(Status status) {
        give(failed.apply(status));
    }

    /** Answers with what the engine's outcome becomes. */
    <V> Consumer<Outcome<V>> answering(Function<V, T> done) {
        return then(value -> give(done.apply(value)));
    }

    /** Goes on with what the engine's outcome holds, or answers why not. */
    <V> Consumer<Outcome<V>> then(Consumer<V> next) {
        return outcome -> {
            switch (outcome) {
                case Outcome.Done<V>(V value) -> guarded(() -> next.accept(value));
                case Outcome.Refused<V> refused -> fail(Statuses.of(refused));
            }
        };
    }

    /** Runs a step of the call; if it throws, that is the answer. */
    void guarded(Runnable step) {
        try {
            step.run();
        } catch (CallFault e) {
            fail(Statuses.of(e));
        } catch (RuntimeException e) {
            LOG.error("a call failed", e);
            fail(
                    Statuses.of(
                            Code.INTERNAL_SERVER_ERROR,
                            "an internal error, which the server's log tells more about: try"
                                    + " again"));
        }
    }
}
