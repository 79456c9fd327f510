package io.sluice.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What processes have used so far, read from Linux's {@code /proc} (proc(5)).
 *
 * @param cpuNs processor time since the process began
 * @param residentBytes resident memory, including pages of mapped files
 * @param anonymousBytes resident memory without pages of mapped files
 */
record Usage(long cpuNs, long residentBytes, long anonymousBytes) {
    /** USER_HZ, 100 on every Linux that runs a JDK; the kernel scales the ticks it reports. */
    private static final long TICK_NS = 10_000_000;

    private static final Path PROC = Path.of("/proc");

    static Usage of(List<Child> processes) throws IOException {
        Usage sum = new Usage(0, 0, 0);
        for (Child process : processes) {
            sum = sum.plus(of(process.javaPid()));
        }
        return sum;
    }

    static Usage of(long pid) throws IOException {
        Path directory = PROC.resolve(Long.toString(pid));
        String status = Files.readString(directory.resolve("status"));
        return new Usage(
                cpuNs(Files.readString(directory.resolve("stat"))),
                kilobytes(status, "VmRSS:") * 1024,
                kilobytes(status, "RssAnon:") * 1024);
    }

    /** User and system time from a process's {@code stat} line; its name may hold anything. */
    static long cpuNs(String stat) {
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * TICK_NS;
    }

    /** Processor time of the whole machine that was not idle, since boot. */
    static long machineBusyNs() throws IOException {
        return machineBusyNs(Files.readString(PROC.resolve("stat")));
    }

    /** As above from the text of {@code /proc/stat}; waiting for a disk counts as idle. */
    static long machineBusyNs(String stat) {
        String[] fields = stat.substring(0, stat.indexOf('\n')).split(" +");
        long ticks = 0;
        for (int i = 1; i <= 8; i++) {
            boolean idle = i == 4 || i == 5;
            ticks += idle ? 0 : Long.parseLong(fields[i]);
        }
        return ticks * TICK_NS;
    }

    private Usage plus(Usage other) {
        return new Usage(
                cpuNs + other.cpuNs,
                residentBytes + other.residentBytes,
                anonymousBytes + other.anonymousBytes);
    }

    private static long kilobytes(String status, String name) {
        return status.lines()
                .filter(line -> line.startsWith(name))
                .map(line -> line.substring(name.length()).replace("kB", "").strip())
                .mapToLong(Long::parseLong)
                .findFirst()
                .orElse(0);
    }
}
