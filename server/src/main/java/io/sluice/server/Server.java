package io.sluice.server;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.sluice.engine.broker.Broker;
import io.sluice.engine.broker.BrokerConfig;
import io.sluice.engine.catalog.Catalog;
import io.sluice.engine.catalog.FileMetadataStore;
import io.sluice.engine.log.FileDirectory;
import io.sluice.engine.log.LocalLog;
import io.sluice.engine.log.LocalLogConfig;
import io.sluice.engine.schedule.TransactionRules;
import io.sluice.server.cli.Version;
import io.sluice.server.config.Config;
import io.sluice.server.config.Durability;
import io.sluice.server.config.Scalars;
import io.sluice.server.config.TransactionSettings;
import io.sluice.server.dispatch.About;
import io.sluice.server.dispatch.Admission;
import io.sluice.server.dispatch.Clients;
import io.sluice.server.dispatch.Dispatcher;
import io.sluice.server.dispatch.TransactionChecker;
import io.sluice.server.grpc.GrpcServer;
import io.sluice.server.meter.Meters;
import io.sluice.server.remoting.Limits;
import io.sluice.server.remoting.RemotingServer;
import io.sluice.server.remoting.Traffic;
import io.sluice.server.run.ReaderPool;
import io.sluice.server.run.SystemClock;
import io.sluice.server.run.ThreadExecutor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.FileStore;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A whole server: the one place that knows every part, builds them in order, and takes them down in
 * the other. After {@link #start} it only waits to be closed.
 */
public final class Server implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Server.class);
    private static final int SHARD_ID = 0;

    /** Reading what is old leaves half of the cores to those who write. */
    private static final int READERS_MAX =
            Math.clamp(Runtime.getRuntime().availableProcessors() / 2, 1, 4);

    private static final long DRAIN_WITHIN_MS = 2000;
    private static final long EXPIRY_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final SystemClock clock = new SystemClock();
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private final RemotingServer remoting;
    private final GrpcServer grpc;
    private final List<Integer> ports;
    private final Broker broker;
    private final ThreadExecutor background;
    private final ThreadExecutor shard;
    private volatile double diskUsed = -1;
    private boolean closed;

    private Server(
            Config config, ByteBufAllocator allocator, Limits limits, List<Admission.Rule> rules)
            throws IOException {
        try {
            remoting = new RemotingServer(allocator, eventLoops(), limits);
            opened.push(remoting::close);
            ports = remoting.bind(config.bind(), ports(config));
            remoting.bindIfFree(config.bind(), vipPortOf(remotingPort()));
            background = thread("background");
            shard = new ThreadExecutor("shard-" + SHARD_ID);
            InetSocketAddress storeHost = storeHost(config);
            broker = broker(config, storeHost);
            recover();
            opened.push(this::stopBroker);
            Clients clients = new Clients(broker, clock);
            Meters meters = new Meters(clock, "sluice", ZoneId.systemDefault());
            Admission admission = new Admission(rules);
            remoting.open(dispatcher(config, admission, storeHost, clients, meters), clients);
            broker.transactions()
                    .checkWith(new TransactionChecker(broker, clients, storeHost)::ask);
            grpc = grpc(config, admission, clients, meters);
            opened.push(grpc);
            background.executeAfter(EXPIRY_NANOS, () -> expire(clients));
            background.execute(() -> sample(meters, config.dataDir()));
        } catch (FileSystemException e) {
            close();
            throw UnusableDirectory.explain(config.dataDir(), e);
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    /**
     * Starts a server; returns once clients can come.
     *
     * @throws IOException if a port is taken, the advertised host is unknown, the data directory
     *     cannot be used or is in use, or what is in it cannot be recovered; the message says which
     *     and what to do
     */
    public static Server start(Config config) throws IOException {
        return start(config, allocator(), Limits.DEFAULT, List.of());
    }

    static Server start(
            Config config, ByteBufAllocator allocator, Limits limits, List<Admission.Rule> rules)
            throws IOException {
        return new Server(config, allocator, limits, rules);
    }

    /** Few, large enough chunks for what is under way at a time; no caches that outlive a burst. */
    private static ByteBufAllocator allocator() {
        int arenas = eventLoops() + 1;
        return new PooledByteBufAllocator(true, 1, arenas, 8192, 8, 64, 32, false);
    }

    private static int eventLoops() {
        return Runtime.getRuntime().availableProcessors() > 3 ? 2 : 1;
    }

    private static List<Integer> ports(Config config) {
        int broker = config.brokerPort();
        return List.of(config.remotingPort(), broker, vipPortOf(broker));
    }

    /** Old clients look two ports below the one that a route names; if that is any, so is this. */
    private static int vipPortOf(int port) {
        return port == 0 ? 0 : port - 2;
    }

    private ThreadExecutor thread(String name) {
        ThreadExecutor thread = new ThreadExecutor(name);
        opened.push(thread);
        return thread;
    }

    private Broker broker(Config config, InetSocketAddress storeHost) throws IOException {
        FileDirectory metadata = directory(config, "meta");
        FileMetadataStore store = new FileMetadataStore(metadata, background);
        opened.push(store);
        Catalog catalog = Catalog.open(store, background, clock);
        FileDirectory files = directory(config, "shard-" + SHARD_ID);
        ThreadExecutor writer = thread("log-writer-" + SHARD_ID);
        ThreadExecutor keeper = thread("log-keeper-" + SHARD_ID);
        var log =
                new LocalLog(
                        files, LocalLogConfig.defaults(SHARD_ID), clock, shard, writer, keeper);
        opened.push(log);
        opened.push(shard); // which a log outlives
        ReaderPool readers = new ReaderPool("reader", READERS_MAX);
        opened.push(readers);
        return new Broker(brokerConfig(config, storeHost), catalog, log, clock, shard, readers);
    }

    /** On the shard's thread, for what recovery reads in the background comes back there. */
    private void recover() throws IOException {
        CompletableFuture<@Nullable Void> recovered = new CompletableFuture<>();
        shard.execute(() -> {
            try {
                broker.start();
                recovered.complete(null);
            } catch (IOException | RuntimeException e) {
                recovered.completeExceptionally(e);
            }
        });
        try {
            recovered.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof IOException cause) {
                throw cause;
            }
            throw e;
        }
    }

    private FileDirectory directory(Config config, String name) throws IOException {
        FileDirectory directory =
                FileDirectory.open(config.dataDir().resolve(name), FileDirectory.Durability.AUTO);
        opened.push(directory);
        return directory;
    }

    private static BrokerConfig brokerConfig(Config config, InetSocketAddress storeHost) {
        byte[] ip = storeHost.getAddress().getAddress();
        return new BrokerConfig(
                config.defaultQueues(),
                config.autoCreateTopics(),
                config.delayLevels().stream().map(Duration::toMillis).toList(),
                config.retention().toMillis(),
                config.retentionSizeBytes().orElse(Long.MAX_VALUE),
                config.durability() == Durability.ASYNC,
                ByteBuffer.allocate(ip.length + 4).put(ip).putInt(storeHost.getPort()).array(),
                rules(config.transactions()),
                config.delayMax().toMillis());
    }

    private static TransactionRules rules(TransactionSettings settings) {
        return new TransactionRules(
                settings.checkFirst().toMillis(),
                settings.checkInterval().toMillis(),
                settings.checks(),
                settings.expiry().toMillis(),
                settings.openMax());
    }

    /**
     * Where message ids say that messages are: clients connect there to look one up, and tools
     * compare it with the broker's address, which is the one by which they came.
     */
    private InetSocketAddress storeHost(Config config) throws IOException {
        if (config.advertise().isPresent()) {
            var advertised = config.advertise().get();
            var address = new InetSocketAddress(advertised.host(), advertised.port());
            if (address.isUnresolved()) {
                throw new IOException(
                        ("advertise is '%s', a host that cannot be resolved on this machine, and"
                                        + " all clients would be sent there; give --advertise a name or"
                                        + " an address by which they reach this server")
                                .formatted(advertised));
            }
            return address;
        }
        boolean any = config.bind().isAnyLocalAddress();
        return new InetSocketAddress(
                any ? InetAddress.getLocalHost() : config.bind(), remotingPort());
    }

    private Dispatcher dispatcher(
            Config config,
            Admission admission,
            InetSocketAddress storeHost,
            Clients clients,
            Meters meters) {
        return new Dispatcher(
                admission,
                broker,
                clients,
                storeHost,
                config.advertise().map(Object::toString).orElse(null),
                about(config),
                meters,
                clock);
    }

    private About about(Config config) {
        SortedMap<String, String> settings = new TreeMap<>();
        settings.put("advertise", config.advertise().map(Object::toString).orElse(""));
        settings.put("bind", config.bind().getHostAddress());
        settings.put("broker-port", "" + brokerPort());
        settings.put("listenPort", "" + brokerPort());
        settings.put("remoting-port", "" + remotingPort());
        settings.put("grpc-port", "" + config.grpcPort());
        settings.put("http-port", "" + config.httpPort());
        settings.put("insecure", "" + config.insecure());
        settings.put("messageDelayLevel", Scalars.text(config.delayLevels()));
        settings.put("delay-levels", Scalars.text(config.delayLevels()));
        return new About(
                clock.wallMs(),
                Version.text(),
                settings,
                remoting.traffic()::connections,
                remoting.traffic()::underWay,
                () -> diskUsed);
    }

    /** What part of a directory's disk is used, 0 to 1; -1 if that cannot be told. */
    private static double used(Path directory) {
        try {
            FileStore disk = Files.getFileStore(directory);
            long total = disk.getTotalSpace();
            return total <= 0 ? -1 : 1 - (double) disk.getUsableSpace() / total;
        } catch (IOException e) {
            LOG.warn("the size of the disk of {} is not known: {}", directory, e.getMessage());
            return -1;
        }
    }

    private void sample(Meters meters, Path dataDir) {
        diskUsed = used(dataDir);
        Catalog catalog = broker.catalog();
        meters.sample(name -> catalog.topic(name) != null, name -> catalog.group(name) != null);
        background.executeAfter(Meters.SAMPLE_NANOS, () -> sample(meters, dataDir));
    }

    private GrpcServer grpc(Config config, Admission admission, Clients clients, Meters meters)
            throws IOException {
        return GrpcServer.start(
                config.bind(),
                config.grpcPort(),
                remoting.loops(),
                RemotingServer.channelType(),
                admission,
                broker,
                clients,
                meters,
                clock,
                config.delayLevels(),
                config.advertise()
                        .map(it -> InetSocketAddress.createUnresolved(it.host(), config.grpcPort()))
                        .orElse(null));
    }

    private void expire(Clients clients) {
        clients.expire();
        background.executeAfter(EXPIRY_NANOS, () -> expire(clients));
    }

    /** The port of the name service. */
    public int remotingPort() {
        return ports.get(0);
    }

    /** The port of the broker; that of the name service is as good. */
    public int brokerPort() {
        return ports.get(1);
    }

    /** The port that old clients' VIP channels go to. */
    public int vipPort() {
        return ports.get(2);
    }

    /** The port of gRPC clients. */
    public int grpcPort() {
        return grpc.port();
    }

    /** What the front door has seen. */
    public Traffic traffic() {
        return remoting.traffic();
    }

    /** Takes no more requests, answers those under way, makes all durable; in less than 5 s. */
    private void stopBroker() {
        remoting.drain();
        CountDownLatch stopped = new CountDownLatch(1);
        broker.stop(stopped::countDown);
        try {
            if (!stopped.await(DRAIN_WITHIN_MS, TimeUnit.MILLISECONDS)) {
                LOG.warn("storage did not come to rest in time; the next start recovers");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        remoting.awaitAnswers(DRAIN_WITHIN_MS / 2);
        remoting.close();
    }

    /** As {@link #close}. */
    public void stop() {
        close();
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        for (AutoCloseable part : opened) {
            try {
                part.close();
            } catch (Exception e) {
                LOG.warn("stopping {} failed", part, e);
            }
        }
    }
}
