package io.sluice.faults.flood;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What the kernel knows of a process. */
record Vitals(long pid) {
    private static final long TICKS_PER_SECOND = 100;

    /** Memory that it has now, in MiB. */
    long residentMib() throws IOException {
        return status("VmRSS:") / 1024;
    }

    /** The most memory that it ever had, in MiB. */
    long residentMaxMib() throws IOException {
        return status("VmHWM:") / 1024;
    }

    private long status(String name) throws IOException {
        for (String line : Files.readAllLines(file("status"))) {
            if (line.startsWith(name)) {
                return Long.parseLong(line.substring(name.length()).replaceAll("[^0-9]", ""));
            }
        }
        throw new IOException("no " + name + " in " + file("status"));
    }

    /** Open descriptors. */
    long descriptors() throws IOException {
        try (Stream<Path> open = Files.list(file("fd"))) {
            return open.count();
        }
    }

    /** CPU time used so far, in seconds. */
    double cpuSeconds() throws IOException {
        String stat = Files.readString(file("stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12]))
                / (double) TICKS_PER_SECOND;
    }

    private Path file(String name) {
        return Path.of("/proc", Long.toString(pid), name);
    }
}
