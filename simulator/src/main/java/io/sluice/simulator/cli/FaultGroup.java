package io.sluice.simulator.cli;

import io.sluice.simulator.world.DiskFault;
import java.util.Map;
import java.util.TreeMap;

/** What {@link io.sluice.simulator.run.Coverage} counts as faults, in groups. */
enum FaultGroup {
    PROCESS("process"),
    DISK("disk errors"),
    SILENT("silent damage"),
    CLOCK("clock"),
    NETWORK("network"),
    /** No faults by themselves: what came of others. */
    OUTCOME("what came of them");

    /** Faults that are not the disk's. */
    private static final Map<String, FaultGroup> OTHERS =
            Map.ofEntries(
                    Map.entry("STOP", PROCESS),
                    Map.entry("PAUSE", PROCESS),
                    Map.entry("CLOCK_BACK", CLOCK),
                    Map.entry("CLOCK_FORWARD", CLOCK),
                    Map.entry("CLOCK_DRIFT", CLOCK),
                    Map.entry("REQUEST_LOST", NETWORK),
                    Map.entry("REQUEST_DOUBLED", NETWORK),
                    Map.entry("ANSWER_LOST", NETWORK),
                    Map.entry("DELAYED", NETWORK),
                    Map.entry("RESTARTED", OUTCOME),
                    Map.entry("START_REFUSED", OUTCOME),
                    Map.entry("SETTLED", OUTCOME));

    final String title;

    FaultGroup(String title) {
        this.title = title;
    }

    /** All kinds that there are. */
    static Map<String, FaultGroup> kinds() {
        Map<String, FaultGroup> kinds = new TreeMap<>(OTHERS);
        for (DiskFault fault : DiskFault.values()) {
            kinds.put(fault.name(), of(fault));
        }
        return kinds;
    }

    private static FaultGroup of(DiskFault fault) {
        return switch (fault) {
            case KILL, POWER_LOSS, CRASH_IN_CALL -> PROCESS;
            case UNSYNCED_LOST,
                    UNSYNCED_KEPT,
                    UNSYNCED_TORN,
                    UNSYNCED_REORDERED,
                    NAME_LOST,
                    NAME_WITHOUT_BYTES,
                    CUT_IN_FLIGHT,
                    LIE_LOST ->
                    OUTCOME;
            case WRITE_ERROR,
                    SYNC_ERROR,
                    DIRECTORY_SYNC_ERROR,
                    READ_ERROR,
                    OPEN_ERROR,
                    LIST_ERROR,
                    RENAME_ERROR,
                    DELETE_ERROR,
                    TRUNCATE_ERROR,
                    DISK_FULL,
                    SLOW ->
                    DISK;
            case LIE, LOST_WRITE, TORN_WRITE, MISDIRECTED_WRITE, BIT_FLIP, ZEROED_SECTOR -> SILENT;
        };
    }
}
