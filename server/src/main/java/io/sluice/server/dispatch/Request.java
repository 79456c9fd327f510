package io.sluice.server.dispatch;

import io.netty.buffer.ByteBuf;
import io.sluice.engine.broker.Asker;
import io.sluice.engine.shard.Outcome;
import io.sluice.engine.shard.Refusal;
import io.sluice.protocol.Header;
import io.sluice.protocol.ProtocolException;
import io.sluice.protocol.ResponseCode;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request under way. Handled on its connection's event loop; must be answered exactly once,
 * from any thread, also if it is one-way: the answer gives its bytes back. A second answer is
 * dropped.
 */
public abstract class Request implements Asker {
    private static final Logger LOG = LoggerFactory.getLogger(Request.class);

    private final Peer peer;
    private final Header header;

    protected Request(Peer peer, Header header) {
        this.peer = peer;
        this.header = header;
    }

    /** Who asks. */
    public final Peer peer() {
        return peer;
    }

    @Override
    public final void execute(Runnable task) {
        peer.execute(task);
    }

    @Override
    public final boolean isThere() {
        return peer.open();
    }

    /** What is asked; confined to the thread that handles the request. */
    public final Header header() {
        return header;
    }

    /** The buffer that holds the body, from {@link Header#bodyIndex} on, until the answer. */
    protected abstract ByteBuf bytes();

    /** A view of the body, untouched until the answer. */
    final ByteBuffer body() {
        return bytes().nioBuffer(header.bodyIndex(), header.bodySizeBytes());
    }

    /** Answers; from any thread. */
    public abstract void answer(Answer answer);

    /**
     * Says that the answer may take {@code sizeBytes} bytes and is being made, so that the
     * connection reads no more requests than it has memory for. Event loop only.
     */
    protected abstract void expect(int sizeBytes);

    /** Whether memory allows one more request to wait. Event loop only. */
    protected abstract boolean mayPark();

    /**
     * Gives the request's bytes back, since the answer may take long and does not need them. Such a
     * request does not keep others from being read. Event loop only.
     */
    protected abstract void park();

    final void fail(int code, String remark) {
        answer(Answer.error(code, remark));
    }

    /** Answers with what the engine's outcome becomes. */
    final <T> Consumer<Outcome<T>> answering(Function<T, Answer> done) {
        return outcome -> {
            switch (outcome) {
                case Outcome.Done<T>(T value) -> answer(answer(done, value));
                case Outcome.Refused<T> refused -> answer(Answer.refused(refused));
            }
        };
    }

    /**
     * Answers that something is gone, though somebody else may have seen to it.
     *
     * @param unknown says that it was gone already
     */
    final <T> Consumer<Outcome<T>> answeringGone(Refusal unknown) {
        return outcome -> {
            if (outcome instanceof Outcome.Refused<T> refused && refused.refusal() != unknown) {
                answer(Answer.refused(refused));
            } else {
                answer(Answer.DONE);
            }
        };
    }

    /** Goes on with what the engine's outcome holds, or answers why not. */
    final <T> Consumer<Outcome<T>> then(Consumer<T> next) {
        return outcome -> {
            switch (outcome) {
                case Outcome.Done<T>(T value) -> guarded(() -> next.accept(value));
                case Outcome.Refused<T> refused -> answer(Answer.refused(refused));
            }
        };
    }

    private <T> Answer answer(Function<T, Answer> done, T value) {
        try {
            return done.apply(value);
        } catch (RuntimeException e) {
            return failed(e);
        }
    }

    /** Runs a step of the request; if it throws, that is the answer. */
    final void guarded(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException e) {
            answer(failed(e));
        }
    }

    /**
     * A request that cannot be read is the client's fault and says which part and why; anything
     * else is ours, is logged with its cause, and tells the client nothing of our insides.
     */
    private Answer failed(RuntimeException e) {
        if (e instanceof ProtocolException) {
            return Answer.error(
                    ResponseCode.INVALID_PARAMETER,
                    "request %d cannot be read: %s; the client is broken, or newer than this server"
                            .formatted(header.code(), e.getMessage()));
        }
        LOG.error("request {} of {} failed", header.code(), peer, e);
        return Answer.error(
                ResponseCode.SYSTEM_ERROR,
                "an internal error, which the server's log tells more about: try again");
    }
}
