package io.sluice.engine.log;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Crashes at every call to storage, and in random histories, against the model. */
final class CrashTest {
    private static final int HISTORIES = 3000;

    /** A fixed history that seals, trims and recycles. */
    private static void run(LogMachine machine) throws IOException {
        machine.start();
        for (int i = 0; i < 40 && !machine.disk.crashed() && !machine.failed(); i++) {
            machine.append(1 + i % 3, 20 + 7 * i % 100);
            if (i % 3 == 0) {
                machine.time.advanceMs(i % 20);
            }
            if (i % 10 == 9) {
                machine.trim(machine.lastSegment() - 2);
            }
        }
        machine.time.advanceMs(2500);
        machine.stop();
    }

    private static LogMachine newMachine() {
        return new LogMachine(new MemoryDirectory(LogMachine.ALIGNMENT_BYTES), LogMachine.SMALL);
    }

    @Test
    void shouldSurviveACrashAtEveryCall() throws IOException {
        LogMachine undisturbed = newMachine();
        run(undisturbed);
        long calls = undisturbed.disk.calls();
        assertTrue(calls > 150, "only " + calls + " calls");
        for (long at = 0; at < calls; at++) {
            for (int seed = 0; seed < 3; seed++) {
                Random random = new Random(at * 31 + seed);
                LogMachine machine = newMachine();
                machine.disk.crashAfterCalls(at);
                try {
                    run(machine);
                } catch (IOException e) {
                    assertTrue(machine.disk.crashed(), e::toString);
                }
                restart(machine, random);
                machine.append(2, 50);
                machine.time.advanceMs(50);
                restart(machine, random);
                machine.readAll();
            }
        }
    }

    @Test
    void shouldSurviveACrashAtEveryCallOfRecovery() throws IOException {
        for (int seed = 0; seed < 30; seed++) {
            LogMachine machine = newMachine();
            Random random = new Random(seed);
            machine.disk.crashAfterCalls(60 + random.nextInt(100));
            try {
                run(machine);
            } catch (IOException e) {
                assertTrue(machine.disk.crashed(), e::toString);
            }
            crash(machine, random);
            for (int at = 0; at < 60; at++) {
                machine.disk.crashAfterCalls(at);
                try {
                    machine.start();
                    machine.time.run();
                } catch (MemoryDirectory.CrashedException expected) {
                    // The crash that was asked for.
                }
                crash(machine, random);
            }
            machine.start();
            machine.readAll();
        }
    }

    private static void restart(LogMachine machine, Random random) throws IOException {
        crash(machine, random);
        machine.start();
    }

    private static void crash(LogMachine machine, Random random) {
        if (random.nextInt(3) == 0) {
            machine.kill();
        } else {
            machine.losePower(random);
        }
    }

    @Test
    void shouldAgreeWithTheModelInRandomHistories() throws IOException {
        for (int seed = 0; seed < HISTORIES; seed++) {
            Random random = new Random(seed);
            LogMachine machine = newMachine();
            try {
                machine.start();
                for (int step = 0; step < 60; step++) {
                    step(machine, random);
                }
                machine.disk.capacityBytes(Long.MAX_VALUE);
                machine.disk.fault((call, name) -> {});
                restart(machine, random);
                machine.readAll();
            } catch (IOException | RuntimeException | AssertionError e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
    }

    private static void step(LogMachine machine, Random random) throws IOException {
        if (machine.failed() || machine.disk.crashed()) {
            machine.disk.fault((call, name) -> {});
            recoverSomehow(machine, random);
            return;
        }
        switch (random.nextInt(24)) {
            case 0 -> {
                crash(machine, random);
                recoverSomehow(machine, random);
            }
            case 1 -> {
                machine.stop();
                recoverSomehow(machine, random);
            }
            case 2 -> machine.trim(machine.lastSegment() - random.nextInt(3));
            case 3 -> machine.disk.crashAfterCalls(random.nextInt(30));
            case 4 -> machine.disk.fault(failingAfter(random.nextInt(20)));
            case 5 -> machine.disk.capacityBytes(machine.disk.usedBytes() + random.nextInt(2000));
            case 6 -> machine.disk.capacityBytes(Long.MAX_VALUE);
            case 7 -> machine.time.advanceMs(random.nextInt(3000));
            case 8, 9, 10, 11 -> machine.time.runOne();
            case 12, 13 -> machine.time.advanceMs(random.nextInt(5));
            case 14 -> {
                try {
                    machine.readAll();
                } catch (MemoryDirectory.CrashedException expected) {
                    // A crash was set for one of these reads; the next step recovers.
                }
            }
            default -> machine.append(1 + random.nextInt(3), random.nextInt(150));
        }
    }

    /** One write or sync in {@code count} fails, once. */
    private static MemoryDirectory.Fault failingAfter(int count) {
        int[] left = {count};
        return (call, name) -> {
            boolean writes =
                    call == MemoryDirectory.Call.WRITE
                            || call == MemoryDirectory.Call.SYNC
                            || call == MemoryDirectory.Call.DIRECTORY_SYNC;
            if (writes && left[0]-- == 0) {
                throw new IOException("Input/output error");
            }
        };
    }

    /** Recovers, through further crashes; frees the disk if it is too full even for that. */
    private static void recoverSomehow(LogMachine machine, Random random) throws IOException {
        if (random.nextInt(4) == 0) {
            machine.disk.crashAfterCalls(random.nextInt(40));
        }
        try {
            machine.disk.fault((call, name) -> {});
            if (machine.failed() || machine.disk.crashed()) {
                crash(machine, random);
            }
            machine.start();
        } catch (CorruptLogException e) {
            throw e;
        } catch (IOException e) {
            machine.disk.capacityBytes(Long.MAX_VALUE);
            crash(machine, random);
            machine.start();
        }
    }
}
