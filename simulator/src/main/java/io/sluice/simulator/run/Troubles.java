package io.sluice.simulator.run;

import io.sluice.simulator.plan.Fault;
import io.sluice.simulator.world.Device;
import io.sluice.simulator.world.Latency;
import io.sluice.simulator.world.World;

/** Lets faults happen. */
final class Troubles {
    private static final long NANOS_PER_MS = 1_000_000L;

    private final World world;
    private final Node node;
    private final Net net;
    private final Device device;

    /**
     * Whether a crash in the middle of a call is to be one of the machine, not only the process.
     */
    private boolean losesPower;

    Troubles(World world, Node node, Net net, Device device) {
        this.world = world;
        this.node = node;
        this.net = net;
        this.device = device;
        device.onFault(fault -> node.coverage().fault(fault.name()));
    }

    void happen(Fault fault) {
        switch (fault) {
            case Fault.Kill(int downMs) -> end(false, downMs);
            case Fault.LosePower(int downMs) -> end(true, downMs);
            case Fault.CrashAtCall(int calls, boolean power, int downMs) ->
                    device.crashAfterCalls(calls, () -> crashed(power, downMs));
            case Fault.CrashAfterRenaming(int calls, boolean power, int downMs) ->
                    device.crashAfterRenaming(calls, () -> crashed(power, downMs));
            case Fault.Stop(int downMs) -> stop(downMs);
            case Fault.Pause(int ms) -> {
                count("PAUSE");
                node.threads().pause(ms * NANOS_PER_MS);
            }
            case Fault.Storage f -> device.arm(f.kind(), f.files(), f.calls());
            case Fault.Corrupt f -> corrupt(f);
            case Fault.Lie() -> device.lying(true);
            case Fault.Full(int kib) -> device.capacityBytes(device.usedBytes() + kib * 1024L);
            case Fault.DiskSpeed(Fault.Speed speed) -> device.latency(latency(speed));
            case Fault.Heal() -> heal();
            case Fault.JumpClock(int ms) -> {
                count(ms < 0 ? "CLOCK_BACK" : "CLOCK_FORWARD");
                node.model().clockJumps(ms);
                world.jumpWallMs(ms);
            }
            case Fault.Drift(int ppm) -> {
                count("CLOCK_DRIFT");
                world.driftPpm(ppm);
            }
            case Fault.Network f -> net.behave(f.lossPerMille(), f.doublePerMille(), f.delayMs());
            case Fault.Settle settle ->
                    throw new IllegalArgumentException("a settling is the run's");
        }
    }

    private void count(String kind) {
        node.coverage().fault(kind);
    }

    private void end(boolean power, int downMs) {
        if (device.isCrashed()) {
            return; // it is down already, and about to be started
        }
        if (power) {
            device.losePower();
        } else {
            device.kill();
        }
        node.kill(); // last, so that the fault counts for what is under way
        startLater(downMs);
    }

    private void crashed(boolean power, int downMs) {
        losesPower = power;
        node.kill();
        startLater(downMs);
    }

    private void stop(int downMs) {
        if (!node.isWell()) {
            end(false, downMs);
            return;
        }
        int life = node.life();
        count("STOP");
        node.broker()
                .stop(() -> {
                    node.log().close();
                    world.after(
                            0,
                            () -> {
                                if (node.life() == life && node.isAlive() && !device.isCrashed()) {
                                    node.kill();
                                    device.kill();
                                    startLater(downMs);
                                }
                            });
                });
    }

    /** Starts the process unless another start was faster. */
    private void startLater(int downMs) {
        int life = node.life();
        world.after(
                downMs * NANOS_PER_MS,
                () -> {
                    if (node.life() == life) {
                        start();
                    }
                });
    }

    /** Starts the process on what the last crash has left. */
    void start() {
        if (device.isCrashed()) {
            if (losesPower) {
                device.losePower();
            } else {
                device.kill();
            }
        }
        node.start();
    }

    /** Ends the process, whatever state it is in, and starts it. */
    void restart() {
        if (!device.isCrashed()) {
            device.kill();
        }
        node.kill();
        start();
    }

    private void corrupt(Fault.Corrupt f) {
        boolean log = f.files() != io.sluice.simulator.world.FileKind.CATALOG;
        var disk = log ? node.logDisk() : node.catalogDisk();
        var _ =
                f.kind() == io.sluice.simulator.world.DiskFault.BIT_FLIP
                        ? disk.flipBit(f.files())
                        : disk.zeroSector(f.files());
    }

    private static Latency latency(Fault.Speed speed) {
        return switch (speed) {
            case FAST -> Latency.FAST;
            case SPIKY -> Latency.SPIKY;
            case SLOW -> Latency.SLOW;
        };
    }

    /** All troubles that can end do so. */
    void heal() {
        device.heal();
        device.cancelCrash();
        device.capacityBytes(Long.MAX_VALUE);
        device.latency(Latency.FAST);
    }

    /** The network too. */
    void healAll() {
        heal();
        net.behave(0, 0, 0);
        world.driftPpm(0);
    }
}
