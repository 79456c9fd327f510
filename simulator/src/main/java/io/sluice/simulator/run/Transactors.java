package io.sluice.simulator.run;

import io.sluice.engine.broker.TransactionDesk;
import io.sluice.engine.catalog.Topic;
import io.sluice.engine.message.Message;
import io.sluice.engine.schedule.Transactions.Decision;
import io.sluice.engine.schedule.Transactions.Open;
import io.sluice.engine.shard.HalfMessage;
import io.sluice.engine.shard.Outcome;
import io.sluice.engine.shard.Refusal;
import io.sluice.engine.shard.TransactionCheck;
import io.sluice.simulator.model.Model;
import io.sluice.simulator.model.Sent;
import io.sluice.simulator.model.Transactions;
import io.sluice.simulator.model.Transactions.Tx;
import io.sluice.simulator.plan.Operation;
import io.sluice.simulator.plan.Operation.By;
import io.sluice.simulator.world.Dice;
import io.sluice.simulator.world.World;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Producers of transactional messages, and operators who decide for them. */
final class Transactors {
    private static final String GROUP = "payers";
    private static final String STRANGERS = "strangers";
    private static final int LISTED_MAX = 10_000;

    private final World world;
    private final Node node;
    private final Net net;
    private final Model model;
    private boolean over;

    Transactors(World world, Node node, Net net) {
        this.world = world;
        this.node = node;
        this.net = net;
        this.model = node.model();
    }

    void send(Operation.SendHalf op) {
        Topic topic = Names.topic(node.broker(), 0, op.topic());
        if (topic == null) {
            return;
        }
        byte[] properties = properties(op);
        Sent sent =
                model.sends()
                        .sending(
                                topic.name(),
                                topic.id(),
                                op.queue(),
                                1,
                                op.sizeBytes(),
                                properties,
                                op.tag(),
                                op.key(),
                                0,
                                false,
                                0);
        long delayMs = op.delayLevel() == 0 ? 0 : Node.DELAYS_MS.get(op.delayLevel() - 1);
        Tx tx = model.transactions().preparing(sent, delayMs);
        if (node.isTold()) {
            node.tell(sent.toString());
        }
        Message message =
                new Message(
                        topic.id(),
                        topic.name().getBytes(StandardCharsets.UTF_8),
                        0,
                        0,
                        world.wallMs(),
                        Node.HOST,
                        0,
                        0,
                        model.sends().body(sent, 0),
                        properties);
        node.broker()
                .transactions()
                .prepare(
                        topic,
                        op.queue(),
                        message,
                        TransactionDesk.BY_RULE,
                        op.delayLevel(),
                        new Asked<>(
                                node,
                                Operation.SendHalf.class,
                                outcome -> prepared(tx, sent, outcome)));
    }

    private static byte[] properties(Operation.SendHalf op) {
        String tag = op.tag() == 0 ? "" : "TAGS\1" + Pulls.tag(op.tag()) + "\2";
        String key = op.key() == 0 ? "" : "KEYS\1" + Producers.key(op.key()) + "\2";
        return (tag + key + "PGROUP\1" + GROUP + "\2").getBytes(StandardCharsets.UTF_8);
    }

    private void prepared(Tx tx, Sent sent, Outcome<Long> outcome) {
        switch (outcome) {
            case Outcome.Done<Long>(Long id) -> model.transactions().prepared(tx, id);
            case Outcome.Refused<Long>(Refusal why, String detail) -> {
                if (why != Refusal.STORAGE_FAILED) {
                    model.sends().refused(sent);
                }
            }
        }
    }

    void decide(Operation.Decide op) {
        Tx tx = model.transactions().pick(op.pick());
        for (int i = 0; tx != null && i <= op.again(); i++) {
            decide(tx, op.commit() == (i < 2), op.by());
        }
    }

    private void decide(Tx tx, boolean commit, By by) {
        if (by != By.STRANGER) {
            model.transactions().deciding(tx, commit);
        }
        String group =
                switch (by) {
                    case PRODUCER -> GROUP;
                    case OPERATOR -> null;
                    case STRANGER -> STRANGERS;
                };
        if (node.isTold()) {
            node.tell((commit ? "commit of " : "rollback of ") + tx + " by " + by);
        }
        node.broker()
                .transactions()
                .end(
                        tx.id(),
                        group,
                        commit,
                        new Asked<>(
                                node,
                                Operation.Decide.class,
                                outcome -> decided(tx, commit, by, outcome)));
    }

    private void decided(Tx tx, boolean commit, By by, Outcome<Decision> outcome) {
        switch (outcome) {
            case Outcome.Done<Decision>(Decision decision) ->
                    model.transactions().answered(tx, decision);
            case Outcome.Refused<Decision>(Refusal why, String detail) -> {
                if (by == By.STRANGER) {
                    model.transactions().strangerRefused(tx, why);
                } else {
                    model.transactions().refused(tx, commit, why);
                }
            }
        }
    }

    void list() {
        Transactions.Before before = model.transactions().listing();
        node.broker()
                .transactions()
                .list(
                        0,
                        LISTED_MAX,
                        new Asked<>(
                                node,
                                Operation.ListUndecided.class,
                                outcome -> {
                                    if (outcome
                                            instanceof Outcome.Done<List<Open>>(List<Open> open)) {
                                        model.transactions().listed(before, open);
                                    }
                                }));
    }

    /** A producer is asked: it looks at the message, and knows, or does not, or never will. */
    void check(TransactionCheck check) {
        model.transactions().checked(check.id(), check.times());
        if (over) {
            return;
        }
        node.broker()
                .transactions()
                .read(
                        check.id(),
                        new Asked<>(
                                node,
                                Operation.Decide.class,
                                outcome -> {
                                    if (outcome
                                            instanceof
                                            Outcome.Done<HalfMessage>(HalfMessage half)) {
                                        asked(check, half);
                                    }
                                }));
    }

    private void asked(TransactionCheck check, HalfMessage half) {
        Sent sent = model.sends().of(half.stored());
        Tx tx = model.transactions().identified(sent, check.id());
        Dice dice = new Dice(Dice.mix(check.id() * 31 + check.times()));
        boolean neverKnown = Dice.mix(check.id()) % 3 == 0;
        if (tx != null && !neverKnown && dice.perMille(600)) {
            boolean commit = dice.coin();
            net.request(
                    Operation.Decide.class,
                    dice,
                    () -> node.serve(() -> decide(tx, commit, By.PRODUCER)));
        }
    }

    /** Nobody answers any more, but operators decide whatever is left. */
    boolean decideAll() {
        over = true;
        List<Tx> undecided = model.transactions().undecided();
        undecided.forEach(tx -> node.serve(() -> decide(tx, true, By.OPERATOR)));
        return undecided.isEmpty();
    }

    /** Every decision is asked for once more, by somebody who wants another one. */
    void askForAll() {
        for (Tx tx : model.transactions().known()) {
            node.serve(() -> decide(tx, false, By.OPERATOR));
        }
    }
}
