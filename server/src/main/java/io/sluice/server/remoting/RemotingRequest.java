package io.sluice.server.remoting;

import io.netty.buffer.ByteBuf;
import io.sluice.protocol.Header;
import io.sluice.server.dispatch.Answer;
import io.sluice.server.dispatch.Request;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * A request that came in a frame. Once answered it is itself the link of the connection's list of
 * answers, so that answering allocates nothing.
 *
 * <p>The answer and the link are written by whoever answers, before the request is put on that
 * list; everything else belongs to the event loop.
 */
final class RemotingRequest extends Request {
    private static final VarHandle ANSWER;

    static {
        try {
            ANSWER =
                    MethodHandles.lookup()
                            .findVarHandle(RemotingRequest.class, "answer", Answer.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final RemotingConnection connection;
    private final ByteBuf bytes;
    private volatile @Nullable Answer answer;

    /** The request answered before this one, in the connection's list. */
    @Nullable RemotingRequest previous;

    /** What its frame takes, in bytes. */
    final int sizeBytes;

    /** What the connection has reserved for it, in bytes; 0 once it is parked. */
    int heldBytes;

    /** What it takes while it is parked, in bytes; 0 if it is not. */
    int parkedBytes;

    /** What a parked request counts for without its header: an estimate, not measured. */
    private static final int PARKED_BYTES = 1024;

    private boolean released;
    private volatile @Nullable Runnable whenGone;

    /**
     * @param bytes holds the frame; one reference to it is this request's
     * @param sizeBytes what keeping {@code bytes} takes
     */
    RemotingRequest(RemotingConnection connection, Header header, ByteBuf bytes, int sizeBytes) {
        super(connection, header);
        this.connection = connection;
        this.bytes = bytes;
        this.sizeBytes = sizeBytes;
        this.heldBytes = sizeBytes;
    }

    @Override
    protected ByteBuf bytes() {
        return bytes;
    }

    @Override
    public void answer(Answer given) {
        if (ANSWER.compareAndSet(this, null, given)) {
            connection.answered(this);
        } else {
            given.body().release();
        }
    }

    @Nullable Answer answer() {
        return answer;
    }

    @Override
    protected void expect(int sizeBytes) {
        connection.hold(this, sizeBytes);
    }

    @Override
    protected boolean mayPark() {
        return connection.mayPark();
    }

    @Override
    protected void park() {
        if (answer == null && parkedBytes == 0) {
            connection.letGo(this);
            release();
            parkedBytes = PARKED_BYTES + 2 * header().sizeBytes(); // its bytes, and texts of them
            connection.parked(this);
        }
    }

    @Override
    public void whenGone(Runnable step) {
        whenGone = step;
        if (!connection.open()) {
            step.run();
        }
    }

    /** Nobody waits for the answer any more. */
    void gone() {
        Runnable step = whenGone;
        if (step != null) {
            step.run();
        }
    }

    /** Gives the frame's bytes back, once. */
    void release() {
        if (!released) {
            released = true;
            bytes.release();
        }
    }
}
