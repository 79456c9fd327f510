package io.sluice.simulator.plan;

import io.sluice.engine.group.Ordering;
import io.sluice.simulator.plan.Setting.Profile;
import io.sluice.simulator.world.Dice;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

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
    private static final int EXPRESSIONS = 7;
    private static final int PER_PAGE_MAX = 20;
    private static final int BURST = 60;
    private static final int LITES = 5;
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
        this.setting = setting(new Dice(Dice.mix(~seed)));
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

    /**
     * @param own decides what came later, so that the seeds that it leaves alone stay as they were
     */
    private Setting setting(Dice own) {
        int batch = dice.pick(8, 8, 16, 32) << 10;
        int segment = batch * dice.pick(2, 3, 4, 8, 16);
        int retention = dice.perMille(250) ? dice.pick(15, 40, 90) * 1000 : 24 * 3600 * 1000;
        return new Setting(
                profile(),
                dice.pick(512, 512, 4096),
                segment,
                batch,
                dice.pick(2, 3, 4, 8),
                retention,
                dice.pick(0, 1, 2, 3, 16),
                dice.perMille(60),
                dice.pick(0, 0, 5, 50),
                own.perMille(350),
                own.perMille(250),
                own.perMille(250),
                own.perMille(200) ? own.pick(100, 500) : 0,
                60_000);
    }

    private Profile profile() {
        int draw = dice.below(100);
        if (draw < 72) {
            return Profile.HONEST;
        }
        return dice.pick(
                Profile.CORRUPTING,
                Profile.CORRUPTING,
                Profile.FLIP,
                Profile.FLIP,
                Profile.FOOTERS,
                Profile.LYING);
    }

    private void fill() {
        int operations = 500 + (int) dice.magnitude(4_000);
        durationNanos = (long) operations * dice.pick(1, 5, 5, 20, 20, 60, 200) * NANOS_PER_MS;
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
        order();
        receive(operations);
        goAway(operations);
        lites(operations);
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
        add(from, new Fault.CrashAtCall(dice.below(6), dice.coin(), Trouble.downMs(dice)));
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

    // What consuming in order, resets and growing topics need: more than one operation at once.

    /** Draws from dice of its own, so that it changes nothing else of a plan. */
    private void order() {
        Dice own = new Dice(Dice.mix(dice.nextLong()));
        if (own.perMille(150)) {
            quietLock(own);
        }
        if (own.perMille(300)) {
            for (int left = 1 + own.below(6); left > 0; left--) {
                reset(own);
            }
        }
        if (own.perMille(300)) {
            growInOrder(own);
        }
    }

    private long time(Dice own) {
        return own.between(2 * NANOS_PER_MS, durationNanos);
    }

    /** A client locks queues and is not heard of again; another one wants them a minute later. */
    private void quietLock(Dice own) {
        int group = own.below(groups);
        int topic = own.below(topics);
        int client = own.below(CLIENTS);
        long at = durationNanos + own.below((int) (1_000 * NANOS_PER_MS));
        add(own, at, new Operation.Lock(group, client, topic));
        if (own.coin()) {
            long later = at + own.between(30_000, 50_000) * NANOS_PER_MS;
            add(own, later, new Operation.Lock(group, (client + 1) % CLIENTS, topic));
        }
        long after = at + own.between(76_000, 120_000) * NANOS_PER_MS;
        add(own, after, new Operation.Lock(group, (client + 1) % CLIENTS, topic));
    }

    /** A group is reset while it consumes, and commits what it had before and after. */
    private void reset(Dice own) {
        int group = own.below(groups);
        int topic = own.below(topics);
        int queue = own.below(queues);
        long at = time(own);
        for (int i = own.below(4); i > 0; i--) {
            at += own.below((int) (50 * NANOS_PER_MS));
            add(own, at, new Operation.Consume(group, topic, queue, 8, 1 << 18, 0, 0));
        }
        at += own.below((int) (50 * NANOS_PER_MS));
        add(own, at, new Operation.Reset(group, topic, queue, own.below(1001)));
        for (int i = 1 + own.below(6); i > 0; i--) {
            at += own.below((int) (50 * NANOS_PER_MS));
            add(
                    own,
                    at,
                    own.coin()
                            ? new Operation.Commit(group, topic, queue, own.below(2), own.coin())
                            : new Operation.Consume(group, topic, queue, 8, 1 << 18, 0, 0));
        }
    }

    /** A topic grows while a group consumes it in order, and producers learn of it. */
    private void growInOrder(Dice own) {
        int group = own.below(groups);
        int topic = own.below(topics);
        int client = own.below(CLIENTS);
        long at = fill(own, time(own), topic, queues);
        for (int queue = 0; queue < queues; queue++) {
            add(own, at, new Operation.Consume(group, topic, queue, 8, 1 << 18, 0, 0));
            at += own.below((int) (20 * NANOS_PER_MS));
            add(own, at, new Operation.Commit(group, topic, queue, 0, false));
        }
        add(own, at, new Operation.Lock(group, client, topic));
        at = fill(own, at, topic, queues);
        add(own, at, new Operation.Grow(topic));
        at += own.below((int) (500 * NANOS_PER_MS));
        add(own, at, new Operation.Learn(topic));
        at = fill(own, at + 1_100 * NANOS_PER_MS, topic, queues + 1);
        for (int i = 4 + own.below(20); i > 0; i--) {
            at += own.below((int) (100 * NANOS_PER_MS));
            int queue = own.below(queues + 1);
            if (own.perMille(700)) {
                int suspendMs = own.perMille(300) ? own.below(2_000) : 0;
                add(own, at, new Operation.Consume(group, topic, queue, 8, 1 << 18, suspendMs, 0));
            } else {
                add(own, at, new Operation.Commit(group, topic, queue, 0, own.coin()));
            }
        }
    }

    private long fill(Dice own, long from, int topic, int count) {
        long at = from;
        for (int i = 2 + own.below(6); i > 0; i--) {
            at += own.below((int) (20 * NANOS_PER_MS));
            add(own, at, new Operation.Send(topic, own.below(count), 1, 20, 0, 0, 0));
        }
        return at;
    }

    private void add(Dice own, long atNanos, Event event) {
        steps.add(new Step(atNanos, own.nextLong(), event));
    }

    // Operations.

    private Mix<Operation> operations() {
        return new Mix<Operation>(dice)
                .always(300, () -> send(0))
                .maybe(60, () -> send(delayMs()))
                .maybe(40, this::sendAgain)
                .maybe(20, () -> new Operation.Recall(dice.below(Integer.MAX_VALUE)))
                .always(250, this::consume)
                .always(60, this::commit)
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
                .maybe(
                        dice.pick(1, 30),
                        () -> new Operation.Lock(group(), dice.below(CLIENTS), topic()))
                .maybe(10, () -> new Operation.Unlock(group(), dice.below(CLIENTS), topic()))
                .maybe(5, () -> new Operation.Leave(group(), dice.below(CLIENTS)))
                .maybe(4, () -> new Operation.Grow(topic()))
                .maybe(1, () -> new Operation.Shrink(topic()))
                .maybe(3, this::retain)
                .maybe(2, () -> new Operation.DeleteTopic(topic()))
                .maybe(4, () -> new Operation.CreateTopic(topic(), queues))
                .maybe(2, () -> new Operation.DeleteGroup(group()))
                .maybe(3, () -> new Operation.CreateGroup(group(), setting.retryMax()))
                .maybe(40, this::browseSql)
                .maybe(60, this::sendHalf)
                .maybe(70, this::decide)
                .maybe(5, Operation.ListUndecided::new);
    }

    /**
     * What the group that receives does, in some histories. It has dice of its own, so that a
     * seed's other steps are the same without it.
     */
    private void receive(int operations) {
        Dice own = new Dice(Dice.mix(dice.nextLong()));
        if (!own.perMille(600)) {
            return;
        }
        Ordering[] orderings = orderings(own);
        int[] wanted = wanted(own);
        if (orderings.length == 1 && orderings[0] != Ordering.NONE && own.perMille(500)) {
            growForReceivers(own, orderings[0], wanted[0]);
        }
        int suspended = own.perMille(500) ? 300 : 0;
        int holdMsMax = own.coin() ? 2_000 : 20_000;
        int resets = own.perMille(250) ? 1 + own.below(4) : 0;
        for (int left = resets; left > 0; left--) {
            int queue = own.below(queues);
            add(
                    own,
                    time(own),
                    new Operation.ResetReceivers(own.below(topics), queue, own.below(1001)));
        }
        for (int left = (int) own.between(operations / 8, operations); left > 0; left--) {
            long at = own.between(2 * NANOS_PER_MS, durationNanos);
            int draw = own.below(100);
            Operation operation;
            if (draw < 45) {
                int queue = own.coin() ? -1 : own.below(queues);
                int suspendMs = own.perMille(suspended) ? (int) own.magnitude(5_000) : 0;
                Ordering ordering = own.pick(orderings);
                operation =
                        new Operation.Receive(
                                own.below(topics),
                                queue,
                                1 + own.below(16),
                                own.perMille(200) ? 1_000 : 1 << 18,
                                1 + (int) own.magnitude(holdMsMax),
                                suspendMs,
                                ordering,
                                wanted[own.below(wanted.length)],
                                ordering != Ordering.NONE && own.perMille(250));
            } else if (draw < 90) {
                operation = new Operation.Acknowledge((int) own.magnitude(64));
            } else {
                int holdMs = own.coin() ? own.below(100) : (int) own.magnitude(20_000);
                operation = new Operation.Extend((int) own.magnitude(64), holdMs);
            }
            steps.add(new Step(at, own.nextLong(), operation));
        }
    }

    /** As {@link #receive}: with dice of its own. */
    private void goAway(int operations) {
        Dice own = new Dice(Dice.mix(dice.nextLong()));
        if (own.perMille(500)) {
            for (int left = own.below(operations / 4); left > 0; left--) {
                add(own, time(own), new Operation.GoAway((int) own.magnitude(64)));
            }
        }
    }

    /** A topic grows while a group receives from it in order, and producers learn of it. */
    private void growForReceivers(Dice own, Ordering ordering, int wanted) {
        int topic = own.below(topics);
        long at = fill(own, time(own), topic, queues);
        at = work(own, at, topic, ordering, wanted);
        add(own, at, new Operation.Grow(topic));
        at += own.below((int) (500 * NANOS_PER_MS));
        add(own, at, new Operation.Learn(topic));
        at = fill(own, at + 10 * NANOS_PER_MS, topic, queues + 1);
        at = work(own, at, topic, ordering, wanted);
        work(own, at, topic, ordering, wanted);
    }

    private long work(Dice own, long from, int topic, Ordering ordering, int wanted) {
        long at = from;
        for (int i = 4 + own.below(20); i > 0; i--) {
            at += own.below((int) (50 * NANOS_PER_MS));
            int holdMs = 1 + (int) own.magnitude(1_000);
            add(
                    own,
                    at,
                    own.coin()
                            ? new Operation.Acknowledge((int) own.magnitude(8))
                            : new Operation.Receive(
                                    topic, -1, 4, 1 << 18, holdMs, 0, ordering, wanted, false));
        }
        return at;
    }

    /** Receivers of a group mostly want the same. */
    private static int[] wanted(Dice own) {
        if (own.perMille(600)) {
            return new int[] {0};
        }
        int some = own.perMille(700) ? ~own.below(EXPRESSIONS) : 1 + own.below((1 << TAGS) - 1);
        return own.perMille(800) ? new int[] {some} : new int[] {some, 0};
    }

    /**
     * What is done with lite topics, in some histories, in bursts: between two of them the lite
     * topics of one may expire. It has dice of its own, too.
     */
    private void lites(int operations) {
        Dice own = new Dice(Dice.mix(dice.nextLong()));
        if (!own.perMille(350)) {
            return;
        }
        long until = durationNanos + (own.coin() ? own.below(200_000) * NANOS_PER_MS : 0);
        int names = 1 + own.below(LITES);
        int bursts = 1 + own.below(5);
        int each = 8 + (int) own.magnitude(Math.max(16, operations / 16));
        for (int burst = 0; burst < bursts; burst++) {
            long from = own.between(2 * NANOS_PER_MS, until);
            int some = own.below(1 << names) | 1 << own.below(names);
            int withinMs = 50 + (int) own.magnitude(20_000);
            for (int left = each; left > 0; left--) {
                add(
                        own,
                        from + own.below(withinMs) * NANOS_PER_MS,
                        LiteMix.draw(own, CLIENTS, names, some));
            }
        }
    }

    private Ordering[] orderings(Dice own) {
        if (!setting.marked()) {
            if (own.perMille(700)) {
                return new Ordering[] {Ordering.NONE};
            }
            return own.coin()
                    ? new Ordering[] {Ordering.NONE, Ordering.QUEUE}
                    : new Ordering[] {Ordering.QUEUE};
        }
        if (own.perMille(200)) {
            return Ordering.values();
        }
        return new Ordering[] {own.perMille(700) ? Ordering.MESSAGE_GROUP : Ordering.NONE};
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

    private Operation sendAgain() {
        return new Operation.SendAgain(
                dice.below(Integer.MAX_VALUE), dice.perMille(300) ? dice.below(queues) : 0);
    }

    private Operation consume() {
        int topic = topicOrRetry();
        int queue = topic == Operation.RETRY ? 0 : queue();
        int suspendMs = dice.perMille(300) ? (int) dice.magnitude(5_000) : 0;
        int fail = dice.perMille(300) ? dice.pick(50, 300, 1000) : 0;
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
        return new Operation.GiveBack(group(), dice.below(64), dice.pick(0, 0, 1, 2, -1));
    }

    private Operation browse() {
        int tags = dice.coin() ? 0 : dice.below(1 << TAGS);
        return new Operation.Browse(topic(), queue(), dice.below(1001), pullBytes(), tags);
    }

    private Operation browseSql() {
        int suspendMs = dice.perMille(300) ? (int) dice.magnitude(5_000) : 0;
        return new Operation.BrowseSql(
                topic(),
                queue(),
                dice.below(1001),
                pullBytes(),
                dice.below(EXPRESSIONS),
                suspendMs);
    }

    private int pullBytes() {
        return dice.pick(1 << 18, 1 << 18, 4_096, 1_000, 1);
    }

    /** Some are due at the very same time. */
    private int delayMs() {
        int ms = 1 + (int) dice.magnitude(dice.pick(500, 20_000, 20_000, 120_000));
        return dice.perMille(300) ? Math.max(100, ms / 100 * 100) : ms;
    }

    private Operation sendHalf() {
        int size = 8 + (int) dice.magnitude(bodyBytesMax);
        return new Operation.SendHalf(
                topic(),
                queue(),
                size,
                dice.below(TAGS + 1),
                dice.below(KEYS + 1),
                dice.perMille(200) ? 1 + dice.below(4) : 0);
    }

    private Operation decide() {
        Operation.By by =
                dice.pick(
                        Operation.By.PRODUCER,
                        Operation.By.PRODUCER,
                        Operation.By.PRODUCER,
                        Operation.By.OPERATOR,
                        Operation.By.STRANGER);
        int again = dice.perMille(200) ? 1 + dice.below(2) : 0;
        return new Operation.Decide(dice.below(Integer.MAX_VALUE), dice.perMille(650), by, again);
    }

    private Operation retain() {
        int keepKib = dice.perMille(300) ? dice.pick(8, 64, 256) : 0;
        return new Operation.Retain(topic(), 1_000 * dice.pick(10, 30, 600), keepKib);
    }

    // Faults.

    private void faults(int operations, Mix<Operation> company) {
        Trouble trouble = new Trouble(dice);
        Mix<Fault> mix = trouble.mix(setting.profile());
        if (setting.profile() == Profile.FLIP) {
            add(someTime(), trouble.flip());
        }
        int count = mix.isEmpty() ? 0 : 1 + (int) dice.magnitude(Math.max(2, operations / 20));
        for (int i = 0; i < count; i++) {
            long at = dice.coin() ? someTime() : soonAfterAnother();
            Fault fault = mix.draw();
            add(at, fault);
            if (dice.perMille(100)) {
                crowd(at, company);
            }
            if (Trouble.crashes(fault) && dice.perMille(250)) {
                add(at + dice.magnitude(3_000) * NANOS_PER_MS, trouble.again());
            }
            if (Trouble.lasts(fault)) {
                add(at + dice.magnitude(5_000) * NANOS_PER_MS, new Fault.Heal());
            }
        }
    }
}
