package io.sluice.simulator.run;

import static java.util.Objects.requireNonNull;

import io.sluice.engine.broker.Broker;
import io.sluice.engine.broker.BrokerConfig;
import io.sluice.engine.catalog.Catalog;
import io.sluice.engine.catalog.FileMetadataStore;
import io.sluice.engine.catalog.GroupSettings;
import io.sluice.engine.log.LocalLog;
import io.sluice.engine.log.LocalLogConfig;
import io.sluice.engine.shard.Outcome;
import io.sluice.engine.shard.TransactionCheck;
import io.sluice.engine.time.Executor;
import io.sluice.simulator.model.Model;
import io.sluice.simulator.model.Promise;
import io.sluice.simulator.model.Transactions;
import io.sluice.simulator.plan.Setting;
import io.sluice.simulator.world.Dice;
import io.sluice.simulator.world.Disk;
import io.sluice.simulator.world.Threads;
import io.sluice.simulator.world.World;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The machine that the broker runs on: its disks, and one life of the process after the other. Puts
 * the engine together as the server does.
 */
final class Node {
    static final byte[] HOST = {127, 0, 0, 1, 0, 0, 42, -97};
    static final List<Long> DELAYS_MS = List.of(100L, 300L, 500L, 1_000L, 3_000L, 10_000L);
    private static final long DELAY_MS_MAX = 365L * 24 * 3600 * 1000;

    private final Consumer<String> story;
    private final boolean told;
    private final World world;
    private final Setting setting;
    private final Model model;
    private final Coverage coverage;
    private final Dice dice;
    private final Disk logDisk;
    private final Disk catalogDisk;

    private Threads threads;
    private Executor eventLoop;
    private int life;
    private int numbers;
    private @Nullable Broker broker;
    private @Nullable LocalLog log;
    private @Nullable IOException startFailure;
    private boolean catalogFailed;
    private Consumer<TransactionCheck> checker = check -> {};

    Node(
            World world,
            Setting setting,
            long seed,
            Disk logDisk,
            Disk catalogDisk,
            Model model,
            Coverage coverage,
            @Nullable Consumer<String> story) {
        this.story = story == null ? text -> {} : story;
        this.told = story != null;
        this.world = world;
        this.setting = setting;
        this.model = model;
        this.coverage = coverage;
        this.dice = new Dice(seed);
        this.logDisk = logDisk;
        this.catalogDisk = catalogDisk;
        this.threads = newThreads();
        this.eventLoop = threads.serial();
    }

    private Threads newThreads() {
        return new Threads(world, dice.nextLong(), setting.stallPerMille(), this::uncaught);
    }

    private void uncaught(Throwable e) {
        StackTraceElement[] trace = e.getStackTrace();
        String where = trace.length == 0 ? "" : " at " + trace[0];
        model.judge().violated(Promise.ANSWERED, "a task threw " + e + where);
    }

    /** Who is asked about undecided transactions, in every life. */
    void checksGoTo(Consumer<TransactionCheck> producers) {
        checker = producers;
    }

    /** Begins a new life: the process recovers, and is {@link #isUp up} if that works. */
    void start() {
        life++;
        if (isTold()) {
            tell("start " + life);
        }
        threads = newThreads();
        eventLoop = threads.serial();
        broker = null;
        log = null;
        startFailure = null;
        catalogFailed = false;
        Executor shard = threads.serial();
        shard.execute(() -> {
            try {
                recover(shard);
            } catch (IOException e) {
                if (threads.isAlive()) {
                    startFailure = e;
                    threads.kill();
                }
            }
        });
    }

    /** Whether messages have message groups and priorities. */
    boolean marked() {
        return setting.marked();
    }

    /** Whether some messages have a time to live. */
    boolean limited() {
        return setting.limited();
    }

    /** How the group that receives is set. */
    GroupSettings receiving() {
        Map<String, String> attributes = new TreeMap<>();
        if (setting.discards()) {
            attributes.put(GroupSettings.AFTER_LAST_ATTEMPT, "discard");
        }
        if (setting.ratePerSecond() > 0) {
            attributes.put(GroupSettings.CONSUME_RATE, "" + setting.ratePerSecond());
        }
        return GroupSettings.DEFAULT.withRetryMax(setting.retryMax()).withAttributes(attributes);
    }

    private void recover(Executor shard) throws IOException {
        Executor background = threads.serial();
        Executor readers = threads.concurrent();
        FileMetadataStore store = new FileMetadataStore(catalogDisk, background);
        Catalog catalog = Catalog.open(store, background, world);
        LocalLog opened =
                new LocalLog(
                        logDisk, logConfig(), world, shard, threads.serial(), threads.serial());
        Broker starting = new Broker(brokerConfig(), catalog, opened, world, shard, readers);
        starting.start();
        int recovered = life;
        // It serves once what recovery waited for is over, not when its task began.
        world.after(
                0,
                () -> {
                    if (life == recovered && threads.isAlive()) {
                        log = opened;
                        broker = starting;
                        model.groups().started();
                        starting.transactions().checkWith(checker);
                    }
                });
    }

    private LocalLogConfig logConfig() {
        return new LocalLogConfig(
                0,
                setting.segmentBytes(),
                setting.batchBytes(),
                setting.slabs() * setting.batchBytes(),
                0);
    }

    private BrokerConfig brokerConfig() {
        return new BrokerConfig(
                2,
                true,
                DELAYS_MS,
                setting.retentionMs(),
                Long.MAX_VALUE,
                setting.async(),
                HOST,
                Transactions.RULES,
                DELAY_MS_MAX);
    }

    /** The process ends at once. */
    void kill() {
        if (threads.isAlive()) {
            threads.kill();
            model.died();
        }
        coverage.ended();
    }

    /** Whether the process runs, be it that it still recovers. */
    boolean isAlive() {
        return threads.isAlive();
    }

    /** Whether the process has recovered and serves. */
    boolean isUp() {
        return threads.isAlive() && broker != null;
    }

    /** Whether it serves and nothing has failed that only a restart mends. */
    boolean isWell() {
        return isUp() && broker().failure() == null && !catalogFailed;
    }

    /** A change of the catalog failed: whether it took place is unknown until the next start. */
    void catalogFailed() {
        catalogFailed = true;
    }

    /** Why the last start did not work; null if it did, or goes on. */
    @Nullable IOException startFailure() {
        return startFailure;
    }

    /** Which life this is. */
    int life() {
        return life;
    }

    Broker broker() {
        return requireNonNull(broker);
    }

    LocalLog log() {
        return requireNonNull(log);
    }

    long wallMs() {
        return world.wallMs();
    }

    /** Lets a request arrive: on the event loop, if the process serves by then. */
    void serve(Runnable request) {
        if (isUp()) {
            eventLoop.execute(request);
        }
    }

    Executor eventLoop() {
        return eventLoop;
    }

    Threads threads() {
        return threads;
    }

    Model model() {
        return model;
    }

    Coverage coverage() {
        return coverage;
    }

    Disk logDisk() {
        return logDisk;
    }

    Disk catalogDisk() {
        return catalogDisk;
    }

    /** Tells what happens to a person who looks for the reason of a violation. */
    void tell(String what) {
        story.accept("%12.3f ms  %s".formatted(world.nanos() / 1e6, what));
    }

    int nextNumber() {
        return ++numbers;
    }

    boolean isTold() {
        return told;
    }

    void trace(Outcome<?> outcome) {
        if (outcome instanceof Outcome.Refused<?> refused) {
            coverage.refused(refused.refusal().name());
            world.trace(refused.refusal().name().length());
        } else {
            world.trace(1_000);
        }
    }

    /** What a broker recovers from a copy of the log's disk before anything else happens. */
    record Replayed(ByteBuffer state, int segment) {}

    Replayed replay(Disk copy) throws IOException {
        Threads idle = newThreads();
        FileMetadataStore store = new FileMetadataStore(catalogDisk.copy(world), idle.serial());
        Catalog catalog = Catalog.open(store, idle.serial(), world);
        Executor shard = idle.serial();
        LocalLog other =
                new LocalLog(copy, logConfig(), world, shard, idle.serial(), idle.serial());
        Broker starting =
                new Broker(brokerConfig(), catalog, other, world, shard, idle.concurrent());
        starting.start();
        idle.kill();
        return new Replayed(starting.checkpoint(), other.segmentOf(other.durablePosition()));
    }
}
