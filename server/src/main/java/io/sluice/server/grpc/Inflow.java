package io.sluice.server.grpc;

import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Bounds what parts of requests hold that have not come as a whole: each stream of each connection
 * may be in the middle of one. Beyond the bound those are cut off that have held a part for the
 * longest without sending more.
 */
final class Inflow extends ServerStreamTracer.Factory implements ServerInterceptor {
    private static final Context.Key<Part> KEY = Context.key("part");

    /** What a piece costs besides its bytes: it may be of one byte. */
    private static final int PIECE_SIZE_BYTES = 256;

    private final long heldBytesMax;
    private final Map<Part, Part> parts = new LinkedHashMap<>(16, 0.75f, true);
    private long heldBytes;

    Inflow(long heldBytesMax) {
        this.heldBytesMax = heldBytesMax;
    }

    @Override
    public ServerStreamTracer newServerStreamTracer(String method, Metadata headers) {
        return new Part();
    }

    /** What one stream has sent of a request. */
    private final class Part extends ServerStreamTracer {
        private volatile @Nullable ServerCall<?, ?> call;
        private volatile @Nullable Home home;
        private long bytes;

        @Override
        public Context filterContext(Context context) {
            return context.withValue(KEY, this);
        }

        @Override
        public void inboundWireSize(long sizeBytes) {
            Part victim = hold(this, sizeBytes + PIECE_SIZE_BYTES);
            if (victim != null) {
                victim.cutOff();
            }
        }

        @Override
        public void inboundMessageRead(int number, long wireBytes, long bytes) {
            release(this);
        }

        @Override
        public void streamClosed(Status status) {
            release(this);
        }

        private void cutOff() {
            ServerCall<?, ?> cut = call;
            Home where = home;
            if (cut != null && where != null) {
                where.execute(() -> {
                    if (!cut.isCancelled()) {
                        cut.close(
                                Status.RESOURCE_EXHAUSTED.withDescription(
                                        "requests of all clients that have come in part hold too"
                                                + " much: send it again"),
                                new Metadata());
                    }
                });
            }
        }
    }

    /** The part that has to go; null if there is room. */
    private synchronized @Nullable Part hold(Part part, long sizeBytes) {
        part.bytes += sizeBytes;
        heldBytes += sizeBytes;
        parts.put(part, part);
        if (heldBytes <= heldBytesMax) {
            return null;
        }
        Part oldest = parts.keySet().iterator().next();
        free(oldest);
        return oldest;
    }

    private synchronized void release(Part part) {
        free(part);
    }

    private void free(Part part) {
        heldBytes -= part.bytes;
        part.bytes = 0;
        parts.remove(part);
    }

    /** What is held now, in bytes. */
    synchronized long heldBytes() {
        return heldBytes;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        Part part = KEY.get();
        Home home = call.getAttributes().get(GrpcServer.HOME);
        if (part != null) {
            part.call = call;
            part.home = home;
        }
        return next.startCall(call, headers);
    }
}
