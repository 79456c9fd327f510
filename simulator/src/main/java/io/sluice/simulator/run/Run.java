package io.sluice.simulator.run;

import io.sluice.engine.broker.Located;
import io.sluice.engine.broker.Pull;
import io.sluice.engine.broker.Pull.Pulled;
import io.sluice.engine.catalog.Group;
import io.sluice.engine.catalog.Topic;
import io.sluice.engine.message.StoredMessage;
import io.sluice.engine.queue.QueueRef;
import io.sluice.engine.shard.Outcome;
import io.sluice.simulator.model.Handed;
import io.sluice.simulator.model.Lites;
import io.sluice.simulator.model.Model;
import io.sluice.simulator.model.Promise;
import io.sluice.simulator.plan.Fault;
import io.sluice.simulator.plan.Generator;
import io.sluice.simulator.plan.Operation;
import io.sluice.simulator.plan.Plan;
import io.sluice.simulator.plan.Setting;
import io.sluice.simulator.plan.Step;
import io.sluice.simulator.world.Device;
import io.sluice.simulator.world.Dice;
import io.sluice.simulator.world.Disk;
import io.sluice.simulator.world.DiskMemory;
import io.sluice.simulator.world.World;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Lets one plan happen, from an empty disk to the audit, and says whether every promise was kept.
 *
 * <ol>
 *   <li>The steps, each at its time. A broker that has failed is started again, as by a supervisor.
 *   <li>All troubles end. Consumers go on until they have had everything.
 *   <li>All queues are read from one end to the other, and the {@link Model} is asked what is
 *       missing.
 * </ol>
 */
public final class Run {
    private static final long NANOS_PER_MS = 1_000_000L;
    private static final long LOOK_NANOS = 500 * NANOS_PER_MS;
    private static final long START_NANOS_MAX = 60_000 * NANOS_PER_MS;
    private static final long QUIET_NANOS = 4_000 * NANOS_PER_MS;
    private static final long LATENESS_MS = 3_000;
    private static final long ROUND_NANOS = 300 * NANOS_PER_MS;
    private static final int WAIT_MS = 20_000;
    private static final long LET_GO_NANOS = 2_000 * NANOS_PER_MS;

    private final Plan plan;
    private final Setting setting;
    private final World world = new World();
    private final Coverage coverage = new Coverage();
    private final Model model;
    private final Device device;
    private final Node node;
    private final Net net;
    private final Troubles troubles;
    private final Producers producers;
    private final Consumers consumers;
    private final Lookups lookups;
    private final Lockers lockers;
    private final Operators operators;
    private final Steering steering;
    private final Transactors transactors;
    private final Receivers receivers;
    private final LiteClients liteClients;
    private final Waiters waiters;
    private final Pulls pulls;
    private final Replays replays;
    private final Dice patience;
    private int lookedAroundIn;
    private boolean over;

    private Run(Plan plan, DiskMemory memory, @Nullable Consumer<String> story) {
        this.plan = plan;
        this.setting = plan.setting();
        Dice dice = new Dice(plan.seed());
        model = new Model(world, setting);
        device = new Device(world, new Dice(dice.nextLong()), memory);
        Disk logDisk = device.directory(setting.alignmentBytes());
        Disk catalogDisk = device.directory(1);
        node =
                new Node(
                        world,
                        setting,
                        dice.nextLong(),
                        logDisk,
                        catalogDisk,
                        model,
                        coverage,
                        story);
        patience = new Dice(dice.nextLong());
        net = new Net(world, coverage);
        troubles = new Troubles(world, node, net, device);
        waiters = new Waiters(node);
        pulls = new Pulls(node, waiters);
        replays = new Replays(world, node);
        producers = new Producers(world, node, net);
        consumers = new Consumers(world, node, net, pulls);
        lookups = new Lookups(world, node, pulls);
        lockers = new Lockers(node);
        operators = new Operators(node);
        steering = new Steering(node);
        transactors = new Transactors(world, node, net);
        node.checksGoTo(transactors::check);
        receivers = new Receivers(node, waiters);
        liteClients = new LiteClients(node, waiters);
    }

    /** The history of a seed. */
    public static Verdict of(long seed) {
        return of(Generator.plan(seed), new DiskMemory());
    }

    /**
     * @param memory where the disk's bytes live; may be used for one history after the other
     */
    public static Verdict of(Plan plan, DiskMemory memory) {
        return of(plan, memory, null);
    }

    /**
     * @param story told what happens, line by line; null if nobody listens
     */
    public static Verdict of(Plan plan, DiskMemory memory, @Nullable Consumer<String> story) {
        Run run = new Run(plan, memory, story);
        try {
            return run.run();
        } finally {
            run.device.release();
        }
    }

    private Verdict run() {
        try {
            live();
        } catch (RuntimeException | Error e) {
            StackTraceElement[] trace = e.getStackTrace();
            model.judge()
                    .violated(
                            Promise.ANSWERED,
                            "threw " + e + (trace.length > 0 ? " at " + trace[0] : ""));
        }
        String violation = model.judge().violation();
        return new Verdict(
                model.judge().brokenPromise(),
                violation == null ? "" : violation,
                world.nanos(),
                world.traceHash(),
                coverage);
    }

    private void live() {
        node.start();
        supervise();
        for (Step step : plan.steps()) {
            pass(step.atNanos() - world.nanos());
            if (over()) {
                return;
            }
            happen(step);
        }
        finish();
    }

    /** Of a damaged disk not everything can be read, and those who asked were told. */
    private boolean damageWasTold() {
        return setting.profile() != Setting.Profile.HONEST;
    }

    private boolean over() {
        return over || model.judge().violation() != null;
    }

    private void pass(long nanos) {
        long until = world.nanos() + Math.max(0, nanos);
        while (!over() && world.step(until)) {
            model.judge().clock();
        }
        if (!over()) {
            world.runUntil(until);
        }
    }

    // Steps.

    private void happen(Step step) {
        if (node.isTold()) {
            node.tell(step.event().toString());
        }
        switch (step.event()) {
            case Fault.Settle settle -> settle(settle.footers());
            case Fault fault -> troubles.happen(fault);
            case Operation operation -> perform(operation, new Dice(step.salt()));
        }
    }

    private void perform(Operation operation, Dice dice) {
        switch (operation) {
            case Operation.Send op -> producers.send(op, dice);
            case Operation.Consume op -> consumers.consume(op, dice);
            case Operation.Commit op -> consumers.commit(op, dice);
            case Operation.GiveBack op -> consumers.giveBack(op, dice);
            case Operation.Vanish op -> consumers.vanish(op);
            default ->
                    net.request(
                            operation.getClass(), dice, () -> node.serve(() -> arrive(operation)));
        }
    }

    /** What needs no memory of its client. */
    private void arrive(Operation operation) {
        switch (operation) {
            case Operation.CommitNonsense op -> consumers.commitNonsense(op);
            case Operation.AskOffset op -> consumers.askOffset(op);
            case Operation.Browse op -> lookups.browse(op);
            case Operation.BrowseSql op -> lookups.browseSql(op);
            case Operation.FindByKey op -> lookups.findByKey(op);
            case Operation.FindByPosition op -> lookups.findByPosition(op);
            case Operation.FindByTime op -> lookups.findByTime(op);
            case Operation.SendAgain op -> producers.sendAgain(op);
            case Operation.Recall op -> producers.recall(op);
            case Operation.Lock op -> lockers.lock(op);
            case Operation.Unlock op -> lockers.unlock(op);
            case Operation.Leave op -> lockers.leave(op);
            case Operation.CreateTopic op -> operators.createTopic(op);
            case Operation.Grow op -> operators.grow(op);
            case Operation.Shrink op -> operators.shrink(op);
            case Operation.Retain op -> operators.retain(op);
            case Operation.DeleteTopic op -> operators.deleteTopic(op);
            case Operation.CreateGroup op -> operators.createGroup(op);
            case Operation.DeleteGroup op -> operators.deleteGroup(op);
            case Operation.Reset op -> steering.reset(op);
            case Operation.Learn op -> steering.learn(op);
            case Operation.Receive op -> receivers.receive(op);
            case Operation.GoAway op -> waiters.goAway(op);
            case Operation.ResetReceivers op -> receivers.reset(op);
            case Operation.Acknowledge op -> receivers.acknowledge(op);
            case Operation.Extend op -> receivers.extend(op);
            case Operation.SendLite op -> liteClients.send(op);
            case Operation.WantLites op -> liteClients.want(op);
            case Operation.ReceiveLite op -> liteClients.receive(op);
            case Operation.AcknowledgeLite op -> liteClients.acknowledge(op);
            case Operation.Send op -> throw new IllegalArgumentException(op.toString());
            case Operation.Consume op -> throw new IllegalArgumentException(op.toString());
            case Operation.Commit op -> throw new IllegalArgumentException(op.toString());
            case Operation.GiveBack op -> throw new IllegalArgumentException(op.toString());
            case Operation.Vanish op -> throw new IllegalArgumentException(op.toString());
            case Operation.SendHalf op -> transactors.send(op);
            case Operation.Decide op -> transactors.decide(op);
            case Operation.ListUndecided op -> transactors.list();
        }
    }

    /**
     * Starts a broker again that has failed or could not start; looks at the catalog of a new one.
     */
    private void supervise() {
        world.after(LOOK_NANOS, this::supervise);
        lookAroundOnce();
        if (node.startFailure() != null) {
            coverage.fault("START_REFUSED");
            tellIfAsked("it did not start: " + node.startFailure());
            if (setting.profile() == Setting.Profile.HONEST) {
                troubles.restart();
            } else {
                over = true; // damage was noticed and told; a person has to decide
            }
        } else if (node.isUp() && !node.isWell() && isTimeToRestart()) {
            coverage.fault("RESTARTED");
            tellIfAsked("it is started again: " + node.broker().failure());
            troubles.restart();
        }
    }

    /** After each start somebody compares what there is with what was answered before. */
    private void lookAroundOnce() {
        if (node.isWell() && node.life() != lookedAroundIn) {
            lookedAroundIn = node.life();
            operators.look();
            consumers.askAll();
        }
    }

    /** A shard that has failed is noticed at once; a catalog, only after a while. */
    private boolean isTimeToRestart() {
        return node.broker().failure() != null || patience.perMille(200);
    }

    private void tellIfAsked(String what) {
        if (node.isTold()) {
            node.tell(what);
        }
    }

    // Equal states.

    private void settle(int footers) {
        pass(QUIET_NANOS);
        for (int patience = 100; patience > 0 && node.isWell() && isBusy(); patience--) {
            pass(NANOS_PER_MS);
        }
        if (over() || !node.isWell() || isBusy() || device.isCrashed()) {
            return;
        }
        coverage.fault("SETTLED");
        ByteBuffer lived = node.broker().checkpoint();
        int segment = segment();
        Disk copy = node.logDisk().copy(world);
        node.kill();
        device.kill();
        try {
            replays.compare("replayed", lived, segment, copy, 0);
            if (footers > 0) {
                replays.compare(
                        "replayed without its newest footers", lived, segment, copy, footers);
            }
        } catch (IOException e) {
            if (model.judge().honest()) {
                model.judge().violated(Promise.REPLAY, "a copy cannot be recovered: " + e);
            }
        }
        node.start();
    }

    private boolean isBusy() {
        return node.log().inFlight() > 0;
    }

    private int segment() {
        return node.log().segmentOf(node.log().durablePosition());
    }

    // The end.

    private void finish() {
        troubles.healAll();
        if (!model.judge().honest()) {
            troubles.restart(); // what was damaged on disk is looked at
        }
        pass(node.threads().pausedNanos());
        if (!awaitWell()) {
            return;
        }
        operators.look();
        pass(LATENESS_MS * NANOS_PER_MS);
        if (!awaitWell()) { // it may have been about to stop
            return;
        }
        decideTransactions();
        if (!over()) {
            drain();
        }
        if (!over()) {
            waitAndGoAway();
        }
        if (!over()) {
            audit();
        }
    }

    /** What producers have left undecided is committed; then everybody asks for the opposite. */
    private void decideTransactions() {
        for (int rounds = 100; !over() && !transactors.decideAll(); rounds--) {
            pass(ROUND_NANOS);
            if (!node.isWell() && !awaitWell()) {
                return;
            }
            if (rounds == 0) {
                over = true;
                if (!damageWasTold()) {
                    model.judge()
                            .violated(
                                    Promise.TRANSACTIONS,
                                    model.transactions().undecided().getFirst()
                                            + " cannot be decided");
                }
                return;
            }
        }
        transactors.askForAll();
        pass(ROUND_NANOS);
    }

    /** Who waits and goes away is let go at once, not when the time to wait is over. */
    private void waitAndGoAway() {
        if (!awaitWell()) {
            return;
        }
        int life = node.life();
        receivers.waitEverywhere(WAIT_MS);
        receivers.waitEverywhere(WAIT_MS); // behind the others
        pulls.waitEverywhere(WAIT_MS);
        pass(ROUND_NANOS);
        waiters.allGoAway();
        pass(LET_GO_NANOS);
        if (node.isWell() && node.life() == life && coverage.underWay() > 0) {
            model.judge()
                    .violated(
                            Promise.PROGRESS,
                            "%d requests are under way though who waited has gone"
                                    .formatted(coverage.underWay()));
        }
        awaitWell();
    }

    private boolean awaitWell() {
        long deadline = world.nanos() + START_NANOS_MAX;
        while (!over() && !node.isWell() && world.nanos() < deadline) {
            pass(ROUND_NANOS);
        }
        if (!over() && !node.isWell()) {
            model.judge()
                    .violated(
                            Promise.PROGRESS,
                            "not well a minute after the last fault: %s, %s"
                                    .formatted(
                                            node.startFailure(),
                                            node.isUp() ? node.broker().failure() : "down"));
        }
        return !over() && node.isWell();
    }

    /** Consumers go on until they are at the end of everything, and nothing is due any more. */
    private void drain() {
        long deadline = world.nanos() + setting.drainMs() * NANOS_PER_MS;
        Dice dice = new Dice(plan.seed() ^ 1);
        while (!over()) {
            boolean pending = model.latestDueMs() >= world.wallMs() - LATENESS_MS;
            boolean behind = consumeAll(dice);
            if (behind) {
                lockers.leaveAll(); // who consumes in order may have to wait
            }
            boolean held = receivers.receiveAll();
            held |= liteClients.receiveAll();
            behind |= held;
            if (held && model.leasesRunOutMs() >= world.wallMs()) {
                deadline = world.nanos() + setting.drainMs() * NANOS_PER_MS; // begins after that
            }
            if (!behind && coverage.underWay() == 0) {
                if (!pending) {
                    return;
                }
                deadline = world.nanos() + setting.drainMs() * NANOS_PER_MS; // more may be due
            }
            if (world.nanos() > deadline && !pending) {
                if (damageWasTold()) {
                    over = true;
                } else if (model.judge().honest()) {
                    model.judge()
                            .violated(
                                    Promise.PROGRESS,
                                    "consumers are behind after %d ms, %d requests under way"
                                            .formatted(setting.drainMs(), coverage.underWay()));
                }
                return;
            }
            pass(ROUND_NANOS);
            if (!node.isWell() && !awaitWell()) {
                return;
            }
        }
    }

    /** Whether some group has not yet read some queue to its end. */
    private boolean consumeAll(Dice dice) {
        boolean behind = false;
        for (int number = 0; number < Names.GROUPS; number++) {
            Group group = Names.group(node.broker(), number);
            for (int t = Operation.RETRY; group != null && t < Names.TOPICS; t++) {
                Topic topic = Names.topic(node.broker(), number, t);
                for (int queue = 0; topic != null && queue < topic.queues(); queue++) {
                    long end = node.broker().endOffset(topic, queue);
                    if (end > 0 && !consumers.isAt(number, group, t, topic, queue, end)) {
                        behind = true;
                        consumers.consume(
                                new Operation.Consume(
                                        number, t, queue, 32, Pulls.SIZE_BYTES_MAX, 0, 0),
                                new Dice(dice.nextLong()));
                    }
                }
            }
        }
        return behind;
    }

    private void audit() {
        model.queues().auditBegins();
        for (Topic topic : node.broker().catalog().topics()) {
            int queues = topic.lite() ? 0 : topic.queues(); // of these the model has its own idea
            for (int queue = 0; queue < queues && !over(); queue++) {
                audit(topic, queue);
            }
        }
        if (!over() && (node.isWell() || awaitWell())) {
            operators.look();
            model.end(
                    node.broker().catalog().topics().stream().map(Topic::id).toList(),
                    node.broker().catalog().groups().stream()
                            .filter(group -> !group.name().equals(Handed.GROUP))
                            .filter(group -> !group.name().equals(Lites.GROUP))
                            .map(Group::id)
                            .toList());
            receivers.end();
        }
    }

    private void audit(Topic topic, int queueId) {
        if (!node.isWell() && !awaitWell()) {
            return;
        }
        QueueRef queue = new QueueRef(topic.id(), queueId);
        long first = node.broker().firstOffset(topic, queueId);
        long end = node.broker().endOffset(topic, queueId);
        model.queues().spans(queue, first, end);
        long[] next = {first};
        for (int patience = 1_000; next[0] < end && patience > 0 && !over(); ) {
            if (!node.isWell() && !awaitWell()) {
                return;
            }
            long from = next[0];
            pulls.pull(
                    Operation.Browse.class,
                    topic,
                    queueId,
                    from,
                    32,
                    Pulls.SIZE_BYTES_MAX,
                    0,
                    0,
                    outcome -> next[0] = audited(queue, topic, from, outcome));
            if (setting.limited()) {
                auditOver(queue, topic, next);
            }
            pass(5 * NANOS_PER_MS);
            patience -= next[0] == from ? 1 : 0;
        }
        if (!over() && next[0] < end) {
            if (damageWasTold()) {
                over = true;
                return;
            }
            model.judge().violated(Promise.PROGRESS, queue + " cannot be read from " + next[0]);
        }
        if (!over() && (node.isWell() || awaitWell())) {
            model.queues().auditEnds(queue, node.broker().firstOffset(topic, queueId), next[0]);
        }
    }

    private long audited(QueueRef queue, Topic topic, long from, Outcome<Pulled> outcome) {
        if (!(outcome instanceof Outcome.Done<Pulled>(Pulled pulled))) {
            return from;
        }
        boolean mayLeaveOut = setting.limited() && pulled.found() != Pull.Found.OUT_OF_RANGE;
        long next = from;
        for (ByteBuffer message : Pulls.split(pulled)) {
            if (mayLeaveOut && StoredMessage.queueOffset(message, 0) != next) {
                return next; // the one between is looked at by itself
            }
            model.queues().audited(queue, topic.name(), message);
            next++;
        }
        return mayLeaveOut ? next : pulled.nextOffset();
    }

    /** What nobody gets any more, since its time to live is over, is found where it lies. */
    private void auditOver(QueueRef queue, Topic topic, long[] next) {
        pass(5 * NANOS_PER_MS);
        long at = next[0];
        if (over() || !node.isWell() || at >= node.broker().endOffset(topic, queue.queueId())) {
            return;
        }
        Asked<Located> asked =
                new Asked<>(
                        node,
                        Operation.FindByPosition.class,
                        outcome -> {
                            if (outcome instanceof Outcome.Done<Located>(Located found)) {
                                ByteBuffer message = found.message();
                                model.queues().seen(queue, topic.name(), 0, at, message);
                                model.queues().audited(queue, topic.name(), message);
                                next[0] = at + 1;
                            }
                        });
        node.broker().finder().byPlace(topic, queue.queueId(), at, asked);
    }
}
