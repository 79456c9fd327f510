package io.sluice.simulator.plan;

import io.sluice.simulator.plan.Setting.Profile;
import io.sluice.simulator.world.Dice;
import io.sluice.simulator.world.DiskFault;
import io.sluice.simulator.world.FileKind;

/** Draws the faults of a history. */
final class Trouble {
    private final Dice dice;

    Trouble(Dice dice) {
        this.dice = dice;
    }

    /** The kinds of faults that a history of this profile has. */
    Mix<Fault> mix(Profile profile) {
        return switch (profile) {
            case HONEST -> honest();
            case CORRUPTING -> corrupting();
            case FLIP, FOOTERS -> footers(profile);
            case LYING -> lying();
        };
    }

    static boolean crashes(Fault fault) {
        return fault instanceof Fault.Kill
                || fault instanceof Fault.CrashAtCall
                || fault instanceof Fault.CrashAfterRenaming;
    }

    /** One crash soon after another: what the first one left is not yet safe. */
    Fault again() {
        return dice.coin()
                ? new Fault.LosePower(downMs(dice))
                : new Fault.CrashAtCall(calls(), dice.perMille(800), downMs(dice));
    }

    static boolean lasts(Fault fault) {
        return fault instanceof Fault.Full
                || fault instanceof Fault.DiskSpeed
                || fault instanceof Fault.Storage;
    }

    private Mix<Fault> honest() {
        return new Mix<Fault>(dice)
                .maybe(10, () -> new Fault.Kill(downMs(dice)))
                .maybe(10, () -> new Fault.LosePower(downMs(dice)))
                .maybe(20, () -> new Fault.CrashAtCall(calls(), dice.coin(), downMs(dice)))
                .maybe(
                        8,
                        () ->
                                new Fault.CrashAfterRenaming(
                                        dice.below(8), dice.coin(), downMs(dice)))
                .maybe(4, () -> new Fault.Stop(downMs(dice)))
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
        FileKind files = dice.coin() ? FileKind.LOG : dice.pick(FileKind.values());
        return new Mix<Fault>(dice)
                .always(2, () -> new Fault.Kill(downMs(dice)))
                .maybe(2, () -> new Fault.LosePower(downMs(dice)))
                .always(3, () -> new Fault.Corrupt(DiskFault.BIT_FLIP, files))
                .maybe(1, () -> new Fault.Corrupt(DiskFault.ZEROED_SECTOR, files))
                .maybe(2, () -> new Fault.Storage(DiskFault.LOST_WRITE, files, 1))
                .maybe(2, () -> new Fault.Storage(DiskFault.TORN_WRITE, files, 1))
                .maybe(2, () -> new Fault.Storage(DiskFault.MISDIRECTED_WRITE, files, 1))
                .maybe(3, this::network);
    }

    private Mix<Fault> footers(Profile profile) {
        Mix<Fault> mix =
                new Mix<Fault>(dice)
                        .always(4, () -> new Fault.Kill(downMs(dice)))
                        .maybe(4, () -> new Fault.LosePower(downMs(dice)));
        return profile == Profile.FLIP
                ? mix
                : mix.always(4, () -> new Fault.Corrupt(DiskFault.BIT_FLIP, FileKind.FOOTER))
                        .maybe(
                                4,
                                () -> new Fault.Corrupt(DiskFault.ZEROED_SECTOR, FileKind.FOOTER));
    }

    Fault flip() {
        FileKind files = dice.pick(FileKind.LOG, FileKind.LOG, FileKind.CATALOG, FileKind.ANY);
        return new Fault.Corrupt(dice.coin() ? DiskFault.BIT_FLIP : DiskFault.ZEROED_SECTOR, files);
    }

    private Mix<Fault> lying() {
        return new Mix<Fault>(dice)
                .always(3, () -> new Fault.Kill(downMs(dice)))
                .always(5, () -> new Fault.LosePower(downMs(dice)))
                .always(5, Fault.Lie::new)
                .maybe(3, () -> new Fault.CrashAtCall(calls(), true, downMs(dice)))
                .maybe(3, Fault.Heal::new);
    }

    static int downMs(Dice dice) {
        return (int) dice.magnitude(3_000);
    }

    private int calls() {
        return dice.below(dice.pick(3, 12, 60));
    }

    private Fault storage(DiskFault kind) {
        FileKind files = dice.coin() ? FileKind.ANY : dice.pick(FileKind.values());
        return new Fault.Storage(kind, files, dice.pick(1, 1, 2, 10, 1_000));
    }

    private Fault.Speed speed() {
        return dice.pick(Fault.Speed.values());
    }

    private int jumpMs() {
        int ms = (int) dice.magnitude(120_000);
        return dice.coin() ? ms : -ms;
    }

    private Fault network() {
        return dice.perMille(400)
                ? new Fault.Network(0, 0, 0)
                : new Fault.Network(
                        dice.pick(0, 10, 100), dice.pick(0, 10, 100), dice.pick(0, 5, 100, 2_000));
    }
}
