package io.sluice.simulator.world;

import java.io.IOException;

/** What every call to a disk answers to a process that is dead. */
public final class DiskCrashedException extends IOException {
    private static final long serialVersionUID = 1L;

    DiskCrashedException() {
        super("this process is dead");
    }
}
