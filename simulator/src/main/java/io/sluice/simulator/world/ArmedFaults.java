package io.sluice.simulator.world;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;

/** Which calls are to fail. */
final class ArmedFaults {
    private record Armed(FileKind kind, int times) {}

    private record BadRange(Inode inode, long from, long to) {}

    private final EnumMap<DiskFault, Armed> faults = new EnumMap<>(DiskFault.class);
    private final List<BadRange> badRanges = new ArrayList<>();

    void arm(DiskFault fault, FileKind kind, int times) {
        if (times > 0) {
            faults.put(fault, new Armed(kind, times));
        } else {
            faults.remove(fault);
        }
    }

    void heal(DiskFault fault) {
        faults.remove(fault);
        if (fault == DiskFault.READ_ERROR) {
            badRanges.clear();
        }
    }

    void healAll() {
        faults.clear();
        badRanges.clear();
    }

    void badRange(Inode inode, long from, long to) {
        badRanges.add(new BadRange(inode, from, to));
    }

    /** Whether {@code fault} strikes this call; it is then one of those it was armed for. */
    boolean strikes(DiskFault fault, String name) {
        if (faults.isEmpty()) {
            return false;
        }
        Armed armed = faults.get(fault);
        if (armed == null || !armed.kind.includes(name)) {
            return false;
        }
        if (armed.times != Device.UNTIL_HEALED) {
            arm(fault, armed.kind, armed.times - 1);
        }
        return true;
    }

    /** Whether a read of these bytes touches a bad range. */
    boolean isBad(Inode inode, long from, long to) {
        for (BadRange bad : badRanges) {
            if (bad.inode == inode && bad.from < to && from < bad.to) {
                return true;
            }
        }
        return false;
    }
}
