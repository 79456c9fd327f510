package io.sluice.simulator.plan;

import io.sluice.simulator.world.DiskFault;
import io.sluice.simulator.world.FileKind;

/**
 * What goes wrong; docs/FAULTS.md says what each means. A new kind is a record here, a weight in
 * {@link Generator} and a case in {@code run.Troubles}.
 */
public sealed interface Fault extends Event {
    /** How fast the disk is. */
    enum Speed {
        FAST,
        SPIKY,
        SLOW
    }

    /** The process ends between two of its steps, and is started again after {@code downMs}. */
    record Kill(int downMs) implements Fault {}

    /** The machine loses power between two steps, and is started again after {@code downMs}. */
    record LosePower(int downMs) implements Fault {}

    /**
     * The process or, with {@code power}, the machine ends in the middle of the call to storage
     * that comes after {@code calls} others, also if that is one of recovery.
     */
    record CrashAtCall(int calls, boolean power, int downMs) implements Fault {}

    /**
     * As {@link CrashAtCall}, counted from the next renaming on: by renaming, segments begin, files
     * are taken again, footers and catalogs replaced.
     */
    record CrashAfterRenaming(int calls, boolean power, int downMs) implements Fault {}

    /** The process is stopped as an operator does it, and started again after {@code downMs}. */
    record Stop(int downMs) implements Fault {}

    /** The process stands still for so long, as in a pause of its collector or of its machine. */
    record Pause(int ms) implements Fault {}

    /** The next {@code calls} calls to storage of a kind go wrong, on files of a kind. */
    record Storage(DiskFault kind, FileKind files, int calls) implements Fault {}

    /** Bytes of a file of a kind change where they lie. */
    record Corrupt(DiskFault kind, FileKind files) implements Fault {}

    /** The disk says from now on that things are durable which are not. */
    record Lie() implements Fault {}

    /** The disk has room for {@code kib} more KiB. */
    record Full(int kib) implements Fault {}

    /** The disk is so fast from now on. */
    record DiskSpeed(Speed speed) implements Fault {}

    /** All of the disk's troubles end; what it has lost stays lost. */
    record Heal() implements Fault {}

    /** The wall clock is set forward, or back if negative. */
    record JumpClock(int ms) implements Fault {}

    /** The wall clock runs wrong by so many millionths. */
    record Drift(int ppm) implements Fault {}

    /**
     * From now on the network loses and doubles so many requests in a thousand, and delays requests
     * and answers by up to {@code delayMs}, so that they overtake each other.
     */
    record Network(int lossPerMille, int doublePerMille, int delayMs) implements Fault {}

    /**
     * Nothing is asked for a while; then the process is killed and started again, and its state has
     * to be the same to the byte, also where it is made from more of the log.
     *
     * @param footers how many of the newest footers a copy has to do without
     */
    record Settle(int footers) implements Fault {}
}
