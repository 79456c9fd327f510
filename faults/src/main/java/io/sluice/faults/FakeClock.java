package io.sluice.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The wall clock of one server, set by libfaketime while it runs; its monotonic clock stays true.
 * Set by one thread, read by any.
 */
final class FakeClock {
    private static final List<String> PLACES =
            List.of(
                    "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1",
                    "/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1",
                    "/usr/lib/faketime/libfaketimeMT.so.1",
                    "/usr/local/lib/faketime/libfaketimeMT.so.1");

    private final Path library;
    private final Path file;
    private volatile long offsetMs;

    /** The least offset that the server may go by when it gets what is being sent now. */
    private volatile long leastOffsetMs;

    private FakeClock(Path library, Path file) {
        this.library = library;
        this.file = file;
    }

    /** Empty if there is no libfaketime: neither named by FAKETIME_LIB nor in a usual place. */
    static Optional<FakeClock> find(Path file) {
        String named = System.getenv("FAKETIME_LIB");
        return (named == null ? PLACES : List.of(named))
                .stream()
                        .map(Path::of)
                        .filter(Files::exists)
                        .findFirst()
                        .map(library -> new FakeClock(library, file.toAbsolutePath()));
    }

    /** What the server's process needs to see this clock. */
    Map<String, String> environment() {
        return Map.of(
                "LD_PRELOAD", library.toString(),
                "FAKETIME_TIMESTAMP_FILE", file.toString(),
                "FAKETIME_DONT_FAKE_MONOTONIC", "1",
                "DONT_FAKE_MONOTONIC", "1",
                "FAKETIME_NO_CACHE", "1");
    }

    /** How far it is ahead of the true time. */
    long offsetMs() {
        return offsetMs;
    }

    /** The earliest time that the server may take it to be. */
    long earliestMs() {
        return System.currentTimeMillis() + leastOffsetMs;
    }

    /**
     * It will be set while messages are sent: from now on and until {@link #settled} each of them
     * may reach the server before or after that.
     */
    void announce(long newOffsetMs) {
        leastOffsetMs = Math.min(offsetMs, newOffsetMs);
    }

    /** Sets it. */
    void set(long newOffsetMs) throws IOException {
        offsetMs = newOffsetMs;
        Path next = file.resolveSibling(file.getFileName() + ".next");
        Files.writeString(next, "%+.3f\n".formatted(newOffsetMs / 1e3));
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Nothing is under way any more that was sent before it was set last. */
    void settled() {
        leastOffsetMs = offsetMs;
    }

    @Override
    public String toString() {
        return "%+d s".formatted(TimeUnit.MILLISECONDS.toSeconds(offsetMs));
    }
}
