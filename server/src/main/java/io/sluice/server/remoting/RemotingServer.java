package io.sluice.server.remoting;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.RejectedExecutionHandlers;
import io.sluice.server.dispatch.Clients;
import io.sluice.server.dispatch.Dispatcher;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens on some ports, all of which answer everything: name service and broker are one.
 *
 * <p>Life: {@link #bind} takes the ports, so that a taken one is known before anything else is
 * opened; {@link #open} lets clients in; {@link #drain} takes no more requests; {@link #close}
 * writes the last answers and closes.
 */
public final class RemotingServer {
    private static final Logger LOG = LoggerFactory.getLogger(RemotingServer.class);
    private static final int READ_BYTES_MIN = 1024;
    private static final int READ_BYTES_FIRST = 4096;
    private static final int READ_BYTES_MAX = 256 * 1024;
    private static final int BACKLOG = 1024;
    private static final long CLOSE_WITHIN_MS = 1000;

    /** How long an event loop does what was put into its queue before it looks at sockets. */
    private static final long TASKS_MS = 1;

    private final ByteBufAllocator allocator;
    private final Limits limits;
    private final Traffic traffic = new Traffic();
    private final EventLoopGroup loops;
    private final List<Channel> listeners = new ArrayList<>();
    private final Map<EventLoop, Crowd> crowds = new HashMap<>();
    private final Set<RemotingConnection> connections = ConcurrentHashMap.newKeySet();
    private volatile @Nullable Door door;

    /**
     * @param threads event loops
     * @param limits what each connection, and all together, may cost
     */
    public RemotingServer(ByteBufAllocator allocator, int threads, Limits limits) {
        this.allocator = allocator;
        this.limits = limits;
        this.loops = new Loops(threads);
        for (EventExecutor loop : loops) {
            Crowd crowd = new Crowd(limits, threads);
            crowds.put((EventLoop) loop, crowd);
            var _ =
                    loop.scheduleWithFixedDelay(
                            crowd::sweep, crowd.sweepMs(), crowd.sweepMs(), TimeUnit.MILLISECONDS);
        }
    }

    /**
     * Takes ports; clients that come wait until {@link #open}.
     *
     * @param ports 0 takes a free one
     * @return the ports taken, in the same order
     * @throws IOException if one is taken by somebody else; then none is kept
     */
    public List<Integer> bind(InetAddress address, List<Integer> ports) throws IOException {
        List<Integer> taken = new ArrayList<>();
        try {
            for (int port : ports) {
                Channel listener = listen(new InetSocketAddress(address, port));
                taken.add(((InetSocketAddress) listener.localAddress()).getPort());
            }
        } catch (IOException e) {
            close();
            throw e;
        }
        return taken;
    }

    /** Takes a port that is good to have; without it, those who would use it fail over. */
    public void bindIfFree(InetAddress address, int port) {
        try {
            listen(new InetSocketAddress(address, port));
        } catch (IOException e) {
            LOG.info("not listening for VIP channels: {}", e.getMessage());
        }
    }

    private Channel listen(InetSocketAddress address) throws IOException {
        ServerBootstrap bootstrap =
                new ServerBootstrap()
                        .group(loops)
                        .channel(channelType())
                        .option(ChannelOption.AUTO_READ, false)
                        .option(ChannelOption.SO_REUSEADDR, true)
                        .option(ChannelOption.SO_BACKLOG, BACKLOG)
                        .childOption(ChannelOption.TCP_NODELAY, true)
                        .childOption(ChannelOption.ALLOCATOR, allocator)
                        .childOption(
                                ChannelOption.RECVBUF_ALLOCATOR,
                                new AdaptiveRecvByteBufAllocator(
                                        READ_BYTES_MIN, READ_BYTES_FIRST, READ_BYTES_MAX))
                        .childOption(
                                ChannelOption.WRITE_BUFFER_WATER_MARK,
                                new WriteBufferWaterMark(
                                        limits.unsentBytesMax() / 2, limits.unsentBytesMax()))
                        .handler(new Accepting())
                        .childHandler(new Initializer());
        var bound = bootstrap.bind(address).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException(
                    "cannot listen on %s: %s".formatted(address, bound.cause().getMessage()),
                    bound.cause());
        }
        listeners.add(bound.channel());
        return bound.channel();
    }

    /** What {@link #loops} can serve. */
    public static Class<? extends ServerChannel> channelType() {
        return Epoll.isAvailable() ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
    }

    /** Lets clients in. */
    public void open(Dispatcher dispatcher, Clients clients) {
        door = new Door(dispatcher, clients);
        for (Channel listener : listeners) {
            listener.config().setAutoRead(true);
        }
    }

    /** The event loops, for other front doors: all have few threads together. */
    public EventLoopGroup loops() {
        return loops;
    }

    /** What it has seen. */
    public Traffic traffic() {
        return traffic;
    }

    /** Lets nobody in any more and takes no more requests; those under way are still answered. */
    public void drain() {
        for (Channel listener : listeners) {
            listener.close().awaitUninterruptibly();
        }
        connections.forEach(RemotingConnection::drain);
    }

    /** Waits, after {@link #drain}, for requests under way to be answered: some wait for others. */
    public void awaitAnswers(long withinMs) {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(withinMs);
        while (traffic.underWay() > 0 && System.nanoTime() - deadline < 0) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
        if (traffic.underWay() > 0) {
            LOG.warn("{} requests go unanswered", traffic.underWay());
        }
    }

    /** Writes the last answers, closes all connections and ends the threads. */
    public void close() {
        for (Channel listener : listeners) {
            listener.close().awaitUninterruptibly();
        }
        connections.forEach(RemotingConnection::finish);
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(CLOSE_WITHIN_MS);
        for (RemotingConnection connection : connections) {
            connection.awaitClosed(deadline - System.nanoTime());
        }
        Future<?> ended = loops.shutdownGracefully(0, CLOSE_WITHIN_MS, TimeUnit.MILLISECONDS);
        ended.awaitUninterruptibly(CLOSE_WITHIN_MS);
    }

    /** Event loops that look at sockets again even if tasks never end. */
    private static final class Loops extends MultiThreadIoEventLoopGroup {
        Loops(int threads) {
            super(
                    threads,
                    new DefaultThreadFactory("remoting", true),
                    Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
        }

        @Override
        protected IoEventLoop newChild(Executor executor, IoHandlerFactory io, Object... args) {
            return new SingleThreadIoEventLoop(
                    this,
                    executor,
                    io,
                    Integer.MAX_VALUE,
                    RejectedExecutionHandlers.reject(),
                    TASKS_MS);
        }
    }

    private record Door(Dispatcher dispatcher, Clients clients) {}

    private final class Initializer extends ChannelInitializer<SocketChannel> {
        @Override
        protected void initChannel(SocketChannel channel) {
            Door open = door;
            if (open == null || channel.remoteAddress() == null) {
                var _ = channel.close(); // gone before it was let in
                return;
            }
            Crowd crowd = Objects.requireNonNull(crowds.get(channel.eventLoop()));
            var connection =
                    new RemotingConnection(
                            channel, open.dispatcher, open.clients, traffic, limits, crowd);
            if (!connection.admitted()) {
                var _ = channel.close();
                return;
            }
            traffic.connectionsOpened.increment();
            connections.add(connection);
            var _ = channel.closeFuture().addListener(_ -> connections.remove(connection));
            channel.pipeline().addLast(connection);
        }
    }
}
