package io.sluice.server.grpc;

import apache.rocketmq.v2.Code;
import apache.rocketmq.v2.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.sluice.engine.shard.Outcome;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the answer of one call goes: exactly once, from any thread, and nowhere if the client has
 * cancelled it meanwhile.
 */
final class Reply<T> {
    private static final Logger LOG = LoggerFactory.getLogger(Reply.class);

    private final StreamObserver<T> observer;
    private final Function<Status, T> failed;
    private final Home home;
    private final AtomicBoolean given = new AtomicBoolean();

    /**
     * @param failed the answer that holds a status alone
     */
    Reply(Home home, StreamObserver<T> observer, Function<Status, T> failed) {
        this.home = home;
        this.observer = observer;
        this.failed = failed;
        if (observer instanceof ServerCallStreamObserver<T> call) {
            call.setOnCancelHandler(() -> given.set(true)); // nobody listens any more
        }
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

    /** Several answers of a call, which end it. */
    void giveAll(Iterable<T> answers) {
        if (given.compareAndSet(false, true)) {
            home.execute(() -> {
                if (!isCancelled()) {
                    answers.forEach(observer::onNext);
                    observer.onCompleted();
                }
            });
        }
    }

    boolean isCancelled() {
        return observer instanceof ServerCallStreamObserver<T> call && call.isCancelled();
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
