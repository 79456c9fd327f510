package io.sluice.simulator.plan;

import io.sluice.engine.shard.LiteAction;
import io.sluice.simulator.world.Dice;

/** What is done with lite topics. */
final class LiteMix {
    private LiteMix() {}

    /**
     * One operation.
     *
     * @param clients how many there are
     * @param names how many lite topics there are
     * @param some those that get messages, a bit for each
     */
    static Operation draw(Dice own, int clients, int names, int some) {
        int draw = own.below(100);
        if (draw < 35) {
            int name = own.below(names);
            while ((some & 1 << name) == 0) {
                name = (name + 1) % names;
            }
            return new Operation.SendLite(name, 8 + (int) own.magnitude(400));
        }
        if (draw < 50) {
            return new Operation.WantLites(
                    own.below(clients), own.pick(LiteAction.values()), own.below(1 << names));
        }
        if (draw < 75) {
            int suspendMs = own.perMille(400) ? (int) own.magnitude(5_000) : 0;
            int holdMs = 1 + (int) own.magnitude(5_000);
            return new Operation.ReceiveLite(
                    own.below(clients), 1 + own.below(8), holdMs, suspendMs);
        }
        return new Operation.AcknowledgeLite((int) own.magnitude(32));
    }
}
