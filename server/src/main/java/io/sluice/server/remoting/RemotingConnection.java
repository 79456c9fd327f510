package io.sluice.server.remoting;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.SocketChannel;
import io.sluice.protocol.FrameException;
import io.sluice.protocol.FrameWriter;
import io.sluice.protocol.Header;
import io.sluice.protocol.HeaderException;
import io.sluice.protocol.ResponseCode;
import io.sluice.protocol.SerializeType;
import io.sluice.server.dispatch.Answer;
import io.sluice.server.dispatch.Call;
import io.sluice.server.dispatch.Clients;
import io.sluice.server.dispatch.Dispatcher;
import io.sluice.server.dispatch.Peer;
import io.sluice.server.dispatch.Reply;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection: cuts frames, hands requests to the dispatcher, writes answers. Owned by its event
 * loop; answers come from any thread and are collected, so that all those that one durable batch
 * completes are written with one flush.
 *
 * <p>Its memory is bounded by {@link Limits}. While more than that is being worked on, or has not
 * been taken by the peer, it reads nothing on and wakes no parked request. What all connections
 * hold together is bounded by the {@link Crowd}, which also disconnects those that are silent or
 * take nothing.
 */
final class RemotingConnection extends ChannelInboundHandlerAdapter implements Peer {
    private static final Logger LOG = LoggerFactory.getLogger(RemotingConnection.class);

    /** Bodies up to here are copied behind their header rather than written on their own. */
    private static final int COPIED_BODY_BYTES_MAX = 2048;

    private static final int ANSWER_BYTES_GUESSED = 192;

    /**
     * One message may wake thousands of requests of one peer: others must not wait for them all.
     */
    private static final int WAKES_PER_TURN = 8;

    /** One peer may send thousands of requests at a time: others must not wait for them all. */
    private static final int REQUESTS_PER_TURN = 64;

    private static final Answer BUSY =
            Answer.error(
                    ResponseCode.SYSTEM_BUSY,
                    "requests of all clients take more memory than there is for them: try again");

    private final Dispatcher dispatcher;
    private final Clients clients;
    private final Traffic traffic;
    private final Limits limits;
    private final Crowd crowd;
    private final Crowd.@Nullable Place place;
    private final SocketChannel channel;
    private final InetSocketAddress remote;
    private final InetSocketAddress local;
    private final byte[] host;
    private final FrameCutter frames;
    private final FrameWriter writer = new FrameWriter();
    private final Calls calls;

    private final Answered answered = new Answered();
    private final Set<RemotingRequest> parked = new LinkedHashSet<>();
    private final Queue<Runnable> woken = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private final Runnable turn = this::turn;
    private volatile boolean open = true;

    private SerializeType serializeType = SerializeType.JSON;
    private int requestsLeft = REQUESTS_PER_TURN;
    private int heldRequests;
    private long heldBytes;
    private long requestBytes;
    private long parkedBytes;
    private boolean came;
    private boolean asked;
    private boolean draining;
    private boolean dirty;

    RemotingConnection(
            SocketChannel channel,
            Dispatcher dispatcher,
            Clients clients,
            Traffic traffic,
            Limits limits,
            Crowd crowd) {
        this.channel = channel;
        this.dispatcher = dispatcher;
        this.clients = clients;
        this.traffic = traffic;
        this.limits = limits;
        this.crowd = crowd;
        this.remote = channel.remoteAddress();
        this.local = channel.localAddress();
        this.host = host(remote);
        this.frames = new FrameCutter(channel.alloc(), limits.frameSizeBytesMax());
        this.calls = new Calls(channel.eventLoop());
        this.place = crowd.enter(this);
    }

    /** Whether there is a place for it; if not, it must be closed. */
    boolean admitted() {
        return place != null;
    }

    private static byte[] host(InetSocketAddress address) {
        byte[] ip = address.getAddress().getAddress();
        return ByteBuffer.allocate(ip.length + 4).put(ip).putInt(address.getPort()).array();
    }

    // Reading.

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        scheduled.set(true); // what is answered meanwhile is written when reading is complete
        came = true;
        frames.add((ByteBuf) message);
        cut();
        if (paused()) {
            pause();
        }
    }

    private void pause() {
        if (channel.config().isAutoRead()) {
            traffic.pauses.increment();
            channel.config().setAutoRead(false);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        turn();
    }

    private void cut() {
        int count = 0;
        try {
            while (open && !paused()) {
                ByteBuf in = frames.next();
                if (in == null) {
                    break;
                }
                request(in);
                frames.skip();
                requestsLeft--;
                count++;
            }
        } catch (FrameException | HeaderException e) {
            close("sent what is no frame: " + e.getMessage());
        }
        if (count > 0) {
            asked = true;
            traffic.requests.add(count);
        }
    }

    private void request(ByteBuf in) {
        Header header = Header.decode(in, in.readerIndex());
        if (header.response()) {
            calls.answered(header, in);
            return;
        }
        serializeType = header.serializeType();
        int slack = in.readerIndex() == 0 ? in.capacity() - in.writerIndex() : 0;
        RemotingRequest request =
                new RemotingRequest(this, header, in.retain(), frames.sizeBytes() + slack);
        heldRequests++;
        heldBytes += request.heldBytes;
        requestBytes += request.sizeBytes;
        traffic.underWay.increment();
        if (crowd.busy()) {
            request.answer(BUSY);
        } else {
            dispatcher.dispatch(request);
        }
    }

    /** Reserves more for a request whose answer is being made. */
    void hold(RemotingRequest request, int sizeBytes) {
        if (request.heldBytes > 0) {
            request.heldBytes += sizeBytes;
            heldBytes += sizeBytes;
        }
    }

    /** Ends what a request has reserved. */
    void letGo(RemotingRequest request) {
        if (request.heldBytes > 0) {
            heldRequests--;
            heldBytes -= request.heldBytes;
            requestBytes -= request.sizeBytes;
            traffic.underWay.decrement();
            request.heldBytes = 0;
        }
    }

    /** Whether one more request may wait for messages. */
    boolean mayPark() {
        return parkedBytes <= limits.parkedBytesMax() && crowd.mayPark();
    }

    /** A request waits for messages, and takes memory meanwhile. */
    void parked(RemotingRequest request) {
        parked.add(request);
        parkedBytes += request.parkedBytes;
        crowd.parked(request.parkedBytes);
    }

    private void unpark(RemotingRequest request) {
        if (request.parkedBytes != 0) {
            parked.remove(request);
            parkedBytes -= request.parkedBytes;
            crowd.parked(-request.parkedBytes);
            request.parkedBytes = 0;
        }
    }

    /** Whether nothing is read on. */
    boolean paused() {
        return draining
                || requestsLeft == 0
                || heldBytes > limits.heldBytesMax()
                || heldRequests > limits.heldRequestsMax()
                || !channel.isWritable();
    }

    // Answering.

    /** Takes an answer; from any thread. */
    void answered(RemotingRequest request) {
        answered.add(request);
        schedule();
    }

    /** Runs a parked request that was woken; from any thread. */
    @Override
    public void execute(Runnable task) {
        woken.add(task);
        schedule();
    }

    private void schedule() {
        if (!scheduled.get() && !scheduled.getAndSet(true)) {
            try {
                channel.eventLoop().execute(turn);
            } catch (RejectedExecutionException e) {
                LOG.debug("{} is gone, and so is its event loop", remote, e);
            }
        }
    }

    /** Does all there is to do, as far as memory allows, and flushes once. */
    private void turn() {
        scheduled.set(false);
        boolean room = true;
        int wakes = draining || !open ? Integer.MAX_VALUE : WAKES_PER_TURN;
        while (room) {
            wakes = wake(wakes);
            cut();
            room = write(); // what is written no longer holds memory: perhaps there is room for
            // more
        }
        flush();
        boolean more = wakes == 0 || requestsLeft == 0;
        requestsLeft = REQUESTS_PER_TURN;
        settle();
        if (more) {
            pause();
            schedule(); // the rest comes after other connections' turns
        } else {
            readOn();
        }
    }

    /** Tells what is held now. */
    private void settle() {
        if (place != null) {
            crowd.settle(place, came, asked, requestBytes, stalledBytes());
            came = false;
            asked = false;
        }
    }

    /** Runs up to {@code count} of the requests that were woken; how many more may be. */
    private int wake(int count) {
        int left = count;
        for (Runnable task = left > 0 ? next() : null; task != null; ) {
            task.run();
            if (heavy()) {
                write();
            }
            task = --left > 0 ? next() : null;
        }
        return left;
    }

    /** Unlike reading, waking goes on in a shutdown; and once closed, so that all is given back. */
    private @Nullable Runnable next() {
        return channel.isWritable() || !open ? woken.poll() : null;
    }

    /** Whether the newest answer is so large that it had better be seen by the next check. */
    private boolean heavy() {
        RemotingRequest last = answered.newest();
        Answer answer = last == null ? null : last.answer();
        return answer != null && answer.body().readableBytes() > COPIED_BODY_BYTES_MAX;
    }

    private void readOn() {
        if (paused()) {
            pause();
        } else {
            channel.config().setAutoRead(true);
        }
    }

    /** Writes the answers that have been given, oldest first; false if there are none. */
    private boolean write() {
        RemotingRequest first = answered.takeAll();
        if (first == null) {
            return false;
        }
        int count = 0;
        for (RemotingRequest request = first; request != null; request = request.previous) {
            count++;
        }
        write(first, count);
        traffic.answers.add(count);
        return true;
    }

    private void write(RemotingRequest first, int count) {
        ByteBuf out = null;
        for (@Nullable RemotingRequest request = first;
                request != null;
                request = request.previous) {
            Answer answer = Objects.requireNonNull(request.answer());
            letGo(request);
            unpark(request);
            request.release();
            if (!open || request.header().oneway()) {
                answer.body().release();
                continue;
            }
            if (out == null) {
                out = channel.alloc().ioBuffer(count * ANSWER_BYTES_GUESSED);
            }
            out = write(request.header(), answer, out);
        }
        if (out != null) {
            put(out);
        }
    }

    /** Adds one answer to {@code out}; null if that is no longer to be added to. */
    private @Nullable ByteBuf write(Header request, Answer answer, ByteBuf out) {
        ByteBuf body = answer.body();
        int bodySize = body.readableBytes();
        writer.response(request, answer.code());
        if (answer.remark() != null) {
            writer.remark(answer.remark());
        }
        answer.fields().encode(writer).finish(out, bodySize);
        if (bodySize <= COPIED_BODY_BYTES_MAX) {
            out.writeBytes(body);
            body.release();
            return out;
        }
        put(out);
        put(body);
        return null;
    }

    private void put(ByteBuf out) {
        var _ = channel.write(out, channel.voidPromise());
        dirty = true;
    }

    private void flush() {
        if (dirty) {
            dirty = false;
            traffic.flushes.increment();
            channel.flush();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (channel.isWritable()) {
            schedule();
        }
    }

    /** Answers not taken beyond those that do not matter yet. */
    long unsentBytes() {
        return channel.bytesBeforeWritable();
    }

    /** What waits for the peer: to send the rest of a frame, and to take its answers. */
    long stalledBytes() {
        ChannelOutboundBuffer unsent = channel.unsafe().outboundBuffer();
        return frames.partialBytes() + (unsent == null ? 0 : unsent.totalPendingWriteBytes());
    }

    // The peer.

    @Override
    public InetSocketAddress remoteAddress() {
        return remote;
    }

    @Override
    public InetSocketAddress localAddress() {
        return local;
    }

    @Override
    public byte[] host() {
        return host;
    }

    @Override
    public boolean open() {
        return open;
    }

    @Override
    public ByteBufAllocator allocator() {
        return channel.alloc();
    }

    @Override
    public void tell(Call call) {
        if (open) {
            channel.eventLoop()
                    .execute(() -> {
                        if (open && channel.isWritable()) {
                            write(call, writer.oneway(serializeType, call.code(), calls.number()));
                        }
                    });
        }
    }

    @Override
    public void ask(Call call, long withinMs, Consumer<Reply> reply) {
        try {
            channel.eventLoop().execute(() -> begin(call, withinMs, reply));
        } catch (RejectedExecutionException e) {
            LOG.debug("{} is gone, and so is its event loop", remote, e);
            reply.accept(new Reply.Silent(Reply.Silence.GONE));
        }
    }

    private void begin(Call call, long withinMs, Consumer<Reply> reply) {
        if (!open) {
            reply.accept(new Reply.Silent(Reply.Silence.GONE));
        } else if (!channel.isWritable() || calls.full()) {
            reply.accept(new Reply.Silent(Reply.Silence.BUSY));
        } else {
            int number = calls.begin(withinMs, reply);
            write(call, writer.request(serializeType, call.code(), number));
        }
    }

    private void write(Call call, FrameWriter begun) {
        int bodySize = call.body().length;
        ByteBuf out = channel.alloc().ioBuffer(ANSWER_BYTES_GUESSED + bodySize);
        call.fields().encode(begun).finish(out, bodySize);
        put(out.writeBytes(call.body()));
        flush();
    }

    @Override
    public void close(String reason) {
        if (open) {
            LOG.info("closing the connection of {}: {}", remote, reason);
            var _ = channel.close();
        }
    }

    @Override
    public String toString() {
        return remote.toString();
    }

    // Ends.

    /** Takes no more requests; those under way are still answered. From any thread. */
    void drain() {
        channel.eventLoop()
                .execute(() -> {
                    draining = true;
                    channel.config().setAutoRead(false);
                });
    }

    /** Writes what is answered and closes. From any thread. */
    void finish() {
        channel.eventLoop()
                .execute(() -> {
                    turn();
                    var _ =
                            channel.writeAndFlush(Unpooled.EMPTY_BUFFER)
                                    .addListener(ChannelFutureListener.CLOSE);
                });
    }

    void awaitClosed(long nanos) {
        channel.closeFuture().awaitUninterruptibly(Math.max(nanos, 1), TimeUnit.NANOSECONDS);
    }

    /** Gives room to others; the crowd says why. */
    void evict() {
        LOG.debug("closing the connection of {}, which stands in others' way", remote);
        var _ = channel.close();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof IOException) {
            LOG.debug("connection of {} broke", remote, cause);
            var _ = channel.close();
        } else {
            LOG.warn("connection of {} failed", remote, cause);
            close("failed: " + cause);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        open = false;
        parked.forEach(RemotingRequest::gone);
        frames.release();
        if (place != null) {
            crowd.leave(place);
        }
        turn();
        calls.closed();
        clients.closed(this);
        traffic.connectionsClosed.increment();
    }
}
