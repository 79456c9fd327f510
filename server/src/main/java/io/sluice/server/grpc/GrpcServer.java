package io.sluice.server.grpc;

import io.grpc.Attributes;
import io.grpc.Server;
import io.grpc.ServerTransportFilter;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import io.sluice.engine.broker.Broker;
import io.sluice.engine.time.Clock;
import io.sluice.server.dispatch.Admission;
import io.sluice.server.dispatch.Clients;
import io.sluice.server.meter.Meters;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Listens for gRPC clients, on the event loops that remoting clients use. Calls are decoded and
 * decided on the loops and never block; answers are made there too.
 */
public final class GrpcServer implements AutoCloseable {
    static final Attributes.Key<Home> HOME = Attributes.Key.create("home");

    private static final int METADATA_SIZE_BYTES_MAX = 16 << 10;
    private static final int MESSAGE_SIZE_BYTES_MAX = 8 << 20;
    private static final int STREAMS_PER_CONNECTION_MAX = 4096;
    private static final int RESETS_MAX = 400;
    private static final int RESETS_WITHIN_SECONDS = 10;
    private static final int PING_SECONDS_MIN = 10;
    private static final int HANDSHAKE_SECONDS_MAX = 10;
    private static final int IDLE_SECONDS_MAX = 120;
    private static final int PING_AFTER_SECONDS = 60;
    private static final int PING_ANSWER_SECONDS = 20;

    /** What parts of requests may hold, of all clients together. */
    private static final long PARTS_BYTES_MAX = 128L << 20;

    /** What one client does wrong is told to that client; a stack trace for each fills the log. */
    private static final java.util.logging.Logger GRPC_LOG =
            java.util.logging.Logger.getLogger("io.grpc");

    static {
        GRPC_LOG.setLevel(java.util.logging.Level.SEVERE);
    }

    private static final long CLOSE_WITHIN_MS = 1000;

    private final Server server;
    private final ScheduledFuture<?> rounds;

    private GrpcServer(Server server, ScheduledFuture<?> rounds) {
        this.server = server;
        this.rounds = rounds;
    }

    /**
     * Lets clients in.
     *
     * @param port 0 takes a free one
     * @param advertised where clients are told to go; null for the address by which they came
     * @throws IOException if the port is taken
     */
    public static GrpcServer start(
            InetAddress address,
            int port,
            EventLoopGroup loops,
            Class<? extends ServerChannel> channelType,
            Admission admission,
            Broker broker,
            Clients registry,
            Meters meters,
            Clock clock,
            List<Duration> delayLevels,
            @Nullable InetSocketAddress advertised)
            throws IOException {
        var renewals = new Renewals(Renewals.holding(broker), clock);
        var settings = new ClientSettings(delayLevels);
        var clients = new ClientCalls(broker, registry, settings, renewals, clock);
        var lites = new LiteCalls(broker, clients);
        var calls =
                new MessagingCalls(
                        admission,
                        new RouteCalls(broker, advertised),
                        clients,
                        new SendCalls(broker, meters, clock),
                        new TransactionCalls(broker),
                        new ReceiveCalls(broker, clients, renewals, meters),
                        new AckCalls(broker, renewals, meters),
                        new PullCalls(broker, meters),
                        new OffsetCalls(broker),
                        lites);
        Inflow inflow = new Inflow(PARTS_BYTES_MAX);
        Server server =
                NettyServerBuilder.forAddress(new InetSocketAddress(address, port))
                        .bossEventLoopGroup(loops)
                        .workerEventLoopGroup(loops)
                        .channelType(channelType)
                        .directExecutor()
                        .maxInboundMessageSize(MESSAGE_SIZE_BYTES_MAX)
                        .maxInboundMetadataSize(METADATA_SIZE_BYTES_MAX)
                        .maxConcurrentCallsPerConnection(STREAMS_PER_CONNECTION_MAX)
                        .maxRstFramesPerWindow(RESETS_MAX, RESETS_WITHIN_SECONDS)
                        .handshakeTimeout(HANDSHAKE_SECONDS_MAX, TimeUnit.SECONDS)
                        .maxConnectionIdle(IDLE_SECONDS_MAX, TimeUnit.SECONDS)
                        .keepAliveTime(PING_AFTER_SECONDS, TimeUnit.SECONDS)
                        .keepAliveTimeout(PING_ANSWER_SECONDS, TimeUnit.SECONDS)
                        .permitKeepAliveTime(PING_SECONDS_MIN, TimeUnit.SECONDS)
                        .permitKeepAliveWithoutCalls(true)
                        .addTransportFilter(new Homes(loops))
                        .addStreamTracerFactory(inflow)
                        .intercept(inflow)
                        .intercept(new Caller.Reader())
                        .addService(calls)
                        .build()
                        .start();
        EventLoop timer = loops.next();
        ScheduledFuture<?> rounds =
                timer.scheduleWithFixedDelay(
                        () -> {
                            clients.expire();
                            lites.forgetGone();
                            renewals.renew(clients::isHere);
                        },
                        Renewals.EVERY_MS,
                        Renewals.EVERY_MS,
                        TimeUnit.MILLISECONDS);
        return new GrpcServer(server, rounds);
    }

    /** Gives each connection a place where its answers are made. */
    private static final class Homes extends ServerTransportFilter {
        private final EventLoopGroup loops;
        private final AtomicLong allHeldBytes = new AtomicLong();

        Homes(EventLoopGroup loops) {
            this.loops = loops;
        }

        @Override
        public Attributes transportReady(Attributes attributes) {
            return attributes.toBuilder().set(HOME, new Home(loops.next(), allHeldBytes)).build();
        }
    }

    public int port() {
        return server.getPort();
    }

    /** Takes no more calls, and ends those under way after a moment. */
    @Override
    public void close() {
        boolean _ = rounds.cancel(false);
        server.shutdown();
        try {
            if (!server.awaitTermination(CLOSE_WITHIN_MS, TimeUnit.MILLISECONDS)) {
                server.shutdownNow();
            }
        } catch (InterruptedException e) {
            server.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
