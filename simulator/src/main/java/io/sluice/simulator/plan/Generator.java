package io.sluice.simulator.plan;

import io.sluice.simulator.plan.Setting.Profile;
import io.sluice.simulator.world.Dice;
import io.sluice.simulator.world.DiskFault;
import io.sluice.simulator.world.FileKind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;

/**
 * Makes a plan from a seed. Each seed draws its own mix: some operations and faults often, some
 * never (Groce et al., "Swarm testing", ISSTA 2012), so that what is rare in the average is common
 * in some.
 */
public final class Generator {
    private static final long NANOS_PER_MS = 1_000_000L;
    private static final int SOON_NANOS = 500_000;
    private static final int TOPICS = 4;
    private static final int GROUPS = 3;
    private static final int QUEUES_MAX = 4;
    private static final int CLIENTS = 3;
    private static final int TAGS = 3;
    private static final int KEYS = 6;
    private static final int PER_PAGE_MAX = 20;
    private static final int BURST = 60;
    private static final int CROWD = 12;

    private final Dice dice;
    private final Setting setting;
    private final int topics;
    private final int groups;
    private final int queues;
    private final int bodyBytesMax;
    private final boolean bulk;
    private final List<Step> steps = new ArrayList<>();
    private long durationNanos;

    private Generator(long seed) {
        this.dice = new Dice(Dice.mix(seed));
        this.setting = setting();
        this.topics = 1 + dice.below(TOPICS);
        this.groups = 1 + dice.below(GROUPS);
        this.queues = 1 + dice.below(QUEUES_MAX);
        this.bulk = dice.perMille(300);
        this.bodyBytesMax = bulk ? setting.batchBytes() / 3 : 400;
    }

    /** The plan of a seed, always the same. */
    public static Plan plan(long seed) {
        Generator generator = new Generator(seed);
        generator.fill();
        return new Plan(seed, generator.setting, generator.steps);
    }

    private Setting setting() {
        int batch = pick(8, 8, 16, 32) << 10;
        int segment = batch * pick(2, 3, 4, 8, 16);
        int retention = dice.perMille(250) ? pick(15, 40, 90) * 1000 : 24 * 3600 * 1000;
        return new Setting(
                profile(),
                pick(512, 512, 4096),
                segment,
                batch,
                pick(2, 3, 4, 8),
                retention,
                pick(0, 1, 2, 3, 16),
                dice.perMille(60),
                pick(0, 0, 5, 50),
                60_000);
    }

    private Profile profile() {
        int draw = dice.below(100);
        if (draw < 72) {
            return Profile.HONEST;
        }
        return pick(
                Profile.CORRUPTING,
                Profile.CORRUPTING,
                Profile.FLIP,
                Profile.FLIP,
                Profile.FOOTERS,
                Profile.LYING);
    }

    private int pick(int... choices) {
        return choices[dice.below(choices.length)];
    }

    @SafeVarargs
    private <E extends Enum<E>> E pick(E... choices) {
        return choices[dice.below(choices.length)];
    }

    private void fill() {
        int operations = 500 + (int) dice.magnitude(4_000);
        durationNanos = (long) operations * pick(1, 5, 5, 20, 20, 60, 200) * NANOS_PER_MS;
        durationNanos = Math.max(durationNanos, 5_000 * NANOS_PER_MS);
        begin();
        Mix<Operation> mix = operations();
        int bursts = dice.perMille(400) ? 1 + dice.below(8) : 0;
        for (int i = bursts * BURST; i < operations; i++) {
            add(someTime(), mix.draw());
        }
        for (int i = 0; i < bursts; i++) {
            burst(mix);
        }
        if (dice.perMille(20)) {
            deleteAllTopics();
        }
        if (!dice.perMille(50)) {
            faults(operations, mix);
        }
        steps.sort(Comparator.comparingLong(Step::atNanos));
    }

    /** Many requests at almost the same time, so that they share writes, or find no room. */
    private void burst(Mix<Operation> mix) {
        long from = someTime();
        for (int i = 0; i < BURST; i++) {
            add(from + dice.below((int) NANOS_PER_MS), mix.draw());
        }
    }

    /** Requests just before and after something, every kind as likely as any other. */
    private void crowd(long atNanos, Mix<Operation> mix) {
        long from = Math.max(2 * NANOS_PER_MS, atNanos - SOON_NANOS);
        for (int i = 0; i < CROWD; i++) {
            Operation operation = dice.coin() ? mix.draw() : mix.drawAnyKind();
            add(from + dice.below(2 * SOON_NANOS), operation);
        }
    }

    private void deleteAllTopics() {
        long from = someTime();
        for (int topic = 0; topic < topics; topic++) {
            add(from, new Operation.DeleteTopic(topic));
        }
        add(from, new Fault.CrashAtCall(dice.below(6), dice.coin(), downMs()));
    }

    /** What nothing could happen without; deleted and created anew later on. */
    private void begin() {
        for (int topic = 0; topic < topics; topic++) {
            add(NANOS_PER_MS, new Operation.CreateTopic(topic, queues));
        }
        for (int group = 0; group < groups; group++) {
            add(NANOS_PER_MS, new Operation.CreateGroup(group, setting.retryMax()));
        }
    }

    private void add(long atNanos, Event event) {
        steps.add(new Step(atNanos, dice.nextLong(), event));
    }

    private long someTime() {
        return dice.between(2 * NANOS_PER_MS, durationNanos);
    }

    /** While what another step has begun may be under way. */
    private long soonAfterAnother() {
        return steps.get(dice.below(steps.size())).atNanos() + dice.below(SOON_NANOS);
    }

    /** Kinds with weights; a third of the kinds is left out in each history. */
    private final class Mix<E extends Event> {
        private final List<Supplier<E>> kinds = new ArrayList<>();
        private final List<Integer> weights = new ArrayList<>();
        private int total;

        Mix<E> always(int weight, Supplier<E> kind) {
            kinds.add(kind);
            weights.add(weight);
            total += weight;
            return this;
        }

        Mix<E> maybe(int weight, Supplier<E> kind) {
            return dice.perMille(650)
                    ? always(Math.max(1, weight * pick(1, 2, 4) / 2), kind)
                    : this;
        }

        boolean isEmpty() {
            return total == 0;
        }

        E drawAnyKind() {
            return kinds.get(dice.below(kinds.size())).get();
        }

        E draw() {
            int left = dice.below(total);
            for (int i = 0; ; i++) {
                left -= weights.get(i);
                if (left < 0) {
                    return kinds.get(i).get();
                }
            }
        }
    }

    // Operations.

    private Mix<Operation> operations() {
        return new Mix<Operation>()
                .always(300, () -> send(0))
                .maybe(60, () -> send(delayMs()))
                .always(250, this::consume)
                .always(60, this::commit)
                .maybe(10, () -> new Operation.Reset(group(), topic(), queue(), dice.below(5)))
                .maybe(
                        10,
                        () -> new Operation.CommitNonsense(group(), topic(), queue(), dice.coin()))
                .maybe(20, () -> new Operation.Vanish(group(), topicOrRetry(), queue()))
                .maybe(30, () -> new Operation.AskOffset(group(), topicOrRetry(), queue()))
                .maybe(30, this::giveBack)
                .maybe(60, this::browse)
                .maybe(
                        20,
                        () ->
                                new Operation.FindByKey(
                                        topic(),
                                        1 + dice.below(KEYS),
                                        1 + dice.below(PER_PAGE_MAX)))
                .maybe(40, () -> new Operation.FindByPosition(dice.below(Integer.MAX_VALUE)))
                .maybe(20, () -> new Operation.FindByTime(topic(), queue(), time()))
                .maybe(pick(1, 30), () -> new Operation.Lock(group(), dice.below(CLIENTS), topic()))
                .maybe(10, () -> new Operation.Unlock(group(), dice.below(CLIENTS), topic()))
                .maybe(5, () -> new Operation.Leave(group(), dice.below(CLIENTS)))
                .maybe(4, () -> new Operation.Grow(topic()))
                .maybe(1, () -> new Operation.Shrink(topic()))
                .maybe(3, this::retain)
                .maybe(2, () -> new Operation.DeleteTopic(topic()))
                .maybe(4, () -> new Operation.CreateTopic(topic(), queues))
                .maybe(2, () -> new Operation.DeleteGroup(group()))
                .maybe(3, () -> new Operation.CreateGroup(group(), setting.retryMax()));
    }

    private int topic() {
        return dice.below(topics);
    }

    private int topicOrRetry() {
        return dice.perMille(250) ? Operation.RETRY : topic();
    }

    private int group() {
        return dice.below(groups);
    }

    private int queue() {
        return dice.below(queues);
    }

    private int time() {
        return (int) dice.between(-5_000, durationNanos / NANOS_PER_MS);
    }

    private Operation send(int delayMs) {
        int count = dice.perMille(150) ? 1 + dice.below(8) : 1;
        int size = 8 + (int) dice.magnitude(Math.max(8, bodyBytesMax / count));
        if (dice.perMille(5)) {
            size = setting.batchBytes() - dice.below(600) + 100; // about what one write holds
            count = 1;
        }
        int queue = dice.perMille(5) ? QUEUES_MAX + 4 : queue();
        return new Operation.Send(
                topic(), queue, count, size, dice.below(TAGS + 1), dice.below(KEYS + 1), delayMs);
    }

    private Operation consume() {
        int topic = topicOrRetry();
        int queue = topic == Operation.RETRY ? 0 : queue();
        int suspendMs = dice.perMille(300) ? (int) dice.magnitude(5_000) : 0;
        int fail = dice.perMille(300) ? pick(50, 300, 1000) : 0;
        return new Operation.Consume(
                group(), topic, queue, 1 + dice.below(32), pullBytes(), suspendMs, fail);
    }

    private Operation commit() {
        int topic = topicOrRetry();
        int queue = topic == Operation.RETRY ? 0 : queue();
        int back = dice.perMille(200) ? dice.below(5) : 0;
        return new Operation.Commit(group(), topic, queue, back, dice.coin());
    }

    private Operation giveBack() {
        return new Operation.GiveBack(group(), dice.below(64), pick(0, 0, 1, 2, -1));
    }

    private Operation browse() {
        int tags = dice.coin() ? 0 : dice.below(1 << TAGS);
        return new Operation.Browse(topic(), queue(), dice.below(1001), pullBytes(), tags);
    }

    private int pullBytes() {
        return pick(1 << 18, 1 << 18, 4_096, 1_000, 1);
    }

    /** Some are due at the very same time. */
    private int delayMs() {
        int ms = 1 + (int) dice.magnitude(pick(500, 20_000, 20_000, 120_000));
        return dice.perMille(300) ? Math.max(100, ms / 100 * 100) : ms;
    }

    private Operation retain() {
        int keepKib = dice.perMille(300) ? pick(8, 64, 256) : 0;
        return new Operation.Retain(topic(), 1_000 * pick(10, 30, 600), keepKib);
    }

    // Faults.

    private void faults(int operations, Mix<Operation> company) {
        Mix<Fault> mix =
                switch (setting.profile()) {
                    case HONEST -> honest();
                    case CORRUPTING -> corrupting();
                    case FLIP, FOOTERS -> footers();
                    case LYING -> lying();
                };
        if (setting.profile() == Profile.FLIP) {
            add(someTime(), flip());
        }
        int count = mix.isEmpty() ? 0 : 1 + (int) dice.magnitude(Math.max(2, operations / 20));
        for (int i = 0; i < count; i++) {
            long at = dice.coin() ? someTime() : soonAfterAnother();
            Fault fault = mix.draw();
            add(at, fault);
            if (dice.perMille(100)) {
                crowd(at, company);
            }
            if (crashes(fault) && dice.perMille(250)) {
                add(at + dice.magnitude(3_000) * NANOS_PER_MS, again());
            }
            if (lasts(fault)) {
                add(at + dice.magnitude(5_000) * NANOS_PER_MS, new Fault.Heal());
            }
        }
    }

    private static boolean crashes(Fault fault) {
        return fault instanceof Fault.Kill
                || fault instanceof Fault.CrashAtCall
                || fault instanceof Fault.CrashAfterRenaming;
    }

    /** One crash soon after another: what the first one left is not yet safe. */
    private Fault again() {
        return dice.coin()
                ? new Fault.LosePower(downMs())
                : new Fault.CrashAtCall(calls(), dice.perMille(800), downMs());
    }

    private static boolean lasts(Fault fault) {
        return fault instanceof Fault.Full
                || fault instanceof Fault.DiskSpeed
                || fault instanceof Fault.Storage;
    }

    private Mix<Fault> honest() {
        return new Mix<Fault>()
                .maybe(10, () -> new Fault.Kill(downMs()))
                .maybe(10, () -> new Fault.LosePower(downMs()))
                .maybe(20, () -> new Fault.CrashAtCall(calls(), dice.coin(), downMs()))
                .maybe(8, () -> new Fault.CrashAfterRenaming(dice.below(8), dice.coin(), downMs()))
                .maybe(4, () -> new Fault.Stop(downMs()))
                .maybe(5, () -> new Fault.Pause((int) dice.magnitude(10_000)))
                .maybe(10, () -> storage(DiskFault.WRITE_ERROR))
                .maybe(10, () -> storage(DiskFault.SYNC_ERROR))
                .maybe(6, () -> storage(DiskFault.DIRECTORY_SYNC_ERROR))
                .maybe(10, () -> storage(DiskFault.READ_ERROR))
                .maybe(4, () -> storage(DiskFault.OPEN_ERROR))
                .maybe(8, () -> storage(DiskFault.LIST_ERROR))
                .maybe(8, () -> storage(DiskFault.RENAME_ERROR))
                .maybe(8, () -> storage(DiskFault.DELETE_ERROR))
                .maybe(10, () -> storage(DiskFault.TRUNCATE_ERROR))
                .maybe(10, () -> new Fault.Full((int) dice.magnitude(512)))
                .maybe(5, () -> new Fault.DiskSpeed(speed()))
                .maybe(6, () -> new Fault.JumpClock(jumpMs()))
                .maybe(3, () -> new Fault.Drift((int) dice.between(-50_000, 50_000)))
                .maybe(10, this::network)
                .maybe(8, () -> new Fault.Settle(dice.below(4)));
    }

    private Mix<Fault> corrupting() {
        FileKind files = dice.coin() ? FileKind.LOG : pick(FileKind.values());
        return new Mix<Fault>()
                .always(2, () -> new Fault.Kill(downMs()))
                .maybe(2, () -> new Fault.LosePower(downMs()))
                .always(3, () -> new Fault.Corrupt(DiskFault.BIT_FLIP, files))
                .maybe(1, () -> new Fault.Corrupt(DiskFault.ZEROED_SECTOR, files))
                .maybe(2, () -> new Fault.Storage(DiskFault.LOST_WRITE, files, 1))
                .maybe(2, () -> new Fault.Storage(DiskFault.TORN_WRITE, files, 1))
                .maybe(2, () -> new Fault.Storage(DiskFault.MISDIRECTED_WRITE, files, 1))
                .maybe(3, this::network);
    }

    private Mix<Fault> footers() {
        Mix<Fault> mix =
                new Mix<Fault>()
                        .always(4, () -> new Fault.Kill(downMs()))
                        .maybe(4, () -> new Fault.LosePower(downMs()));
        return setting.profile() == Profile.FLIP
                ? mix
                : mix.always(4, () -> new Fault.Corrupt(DiskFault.BIT_FLIP, FileKind.FOOTER))
                        .maybe(
                                4,
                                () -> new Fault.Corrupt(DiskFault.ZEROED_SECTOR, FileKind.FOOTER));
    }

    private Fault flip() {
        FileKind files = pick(FileKind.LOG, FileKind.LOG, FileKind.CATALOG, FileKind.ANY);
        return new Fault.Corrupt(dice.coin() ? DiskFault.BIT_FLIP : DiskFault.ZEROED_SECTOR, files);
    }

    private Mix<Fault> lying() {
        return new Mix<Fault>()
                .always(3, () -> new Fault.Kill(downMs()))
                .always(5, () -> new Fault.LosePower(downMs()))
                .always(5, Fault.Lie::new)
                .maybe(3, () -> new Fault.CrashAtCall(calls(), true, downMs()))
                .maybe(3, Fault.Heal::new);
    }

    private int downMs() {
        return (int) dice.magnitude(3_000);
    }

    private int calls() {
        return dice.below(pick(3, 12, 60));
    }

    private Fault storage(DiskFault kind) {
        FileKind files = dice.coin() ? FileKind.ANY : pick(FileKind.values());
        return new Fault.Storage(kind, files, pick(1, 1, 2, 10, 1_000));
    }

    private Fault.Speed speed() {
        return pick(Fault.Speed.values());
    }

    private int jumpMs() {
        int ms = (int) dice.magnitude(120_000);
        return dice.coin() ? ms : -ms;
    }

    private Fault network() {
        return dice.perMille(400)
                ? new Fault.Network(0, 0, 0)
                : new Fault.Network(pick(0, 10, 100), pick(0, 10, 100), pick(0, 5, 100, 2_000));
    }
}
