package io.sluice.server.grpc;

import apache.rocketmq.v2.Settings;
import apache.rocketmq.v2.TelemetryCommand;
import io.grpc.stub.StreamObserver;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.sluice.server.dispatch.Call;
import io.sluice.server.dispatch.Peer;
import io.sluice.server.dispatch.Reply;
import java.net.InetSocketAddress;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A client, known by its id over all its calls. It is told things by its telemetry stream, of which
 * it has one at a time; while it has none, it can still ask.
 */
final class GrpcClient implements Peer {
    private final Caller caller;
    private volatile Settings settings;
    private volatile boolean open = true;
    private @Nullable StreamObserver<TelemetryCommand> stream;

    GrpcClient(Caller caller, Settings settings) {
        this.caller = caller;
        this.settings = settings;
    }

    String id() {
        return caller.clientId();
    }

    Caller caller() {
        return caller;
    }

    /** What the client is and wants, as it said last. */
    Settings settings() {
        return settings;
    }

    void settings(Settings said) {
        settings = said;
    }

    /** The stream by which it is told things from now on. */
    synchronized void stream(StreamObserver<TelemetryCommand> next) {
        stream = next;
    }

    /** Its stream has ended, unless it is an earlier one. */
    @SuppressWarnings("ReferenceEquality") // that very stream
    synchronized void streamEnded(StreamObserver<TelemetryCommand> ended) {
        if (stream == ended) {
            stream = null;
        }
    }

    /** Tells it something; false if it has no stream. */
    synchronized boolean tell(TelemetryCommand command) {
        if (stream == null) {
            return false;
        }
        stream.onNext(command);
        return true;
    }

    @Override
    public InetSocketAddress remoteAddress() {
        return caller.remote();
    }

    @Override
    public InetSocketAddress localAddress() {
        return caller.local();
    }

    @Override
    public byte[] host() {
        return caller.host();
    }

    @Override
    public boolean open() {
        return open;
    }

    @Override
    public ByteBufAllocator allocator() {
        return UnpooledByteBufAllocator.DEFAULT;
    }

    /** What remoting clients are told means nothing to this one. */
    @Override
    public void tell(Call call) {}

    /** What remoting clients are asked means nothing to this one. */
    @Override
    public void ask(Call call, long withinMs, Consumer<Reply> reply) {
        reply.accept(new Reply.Silent(Reply.Silence.BUSY));
    }

    @Override
    public void close(String reason) {
        StreamObserver<TelemetryCommand> last;
        synchronized (this) {
            open = false;
            last = stream;
            stream = null;
        }
        if (last != null) {
            caller.home().execute(last::onCompleted);
        }
    }

    @Override
    public void execute(Runnable task) {
        caller.home().execute(task);
    }

    @Override
    public String toString() {
        return caller.remote().toString();
    }
}
