package io.sluice.server.grpc;

import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;

/** The protocol's times as milliseconds, and back. What does not fit is as far away as can be. */
final class Times {
    private static final int MS_PER_SECOND = 1000;
    private static final int NANOS_PER_MS = 1_000_000;
    private static final long SECONDS_MAX = Long.MAX_VALUE / MS_PER_SECOND - 1;

    /** From year 1 to year 9999. */
    private static final long TIMESTAMP_MS_MIN = -62_135_596_800_000L;

    private static final long TIMESTAMP_MS_MAX = 253_402_300_799_999L;

    private Times() {}

    static long ms(Timestamp time) {
        return ms(time.getSeconds(), time.getNanos());
    }

    static long ms(Duration duration) {
        return ms(duration.getSeconds(), duration.getNanos());
    }

    private static long ms(long seconds, int nanos) {
        return Math.clamp(seconds, -SECONDS_MAX, SECONDS_MAX) * MS_PER_SECOND
                + nanos / NANOS_PER_MS;
    }

    /** A time that the protocol knows: other clients write what they like, readers are strict. */
    static Timestamp timestamp(long ms) {
        long known = Math.clamp(ms, TIMESTAMP_MS_MIN, TIMESTAMP_MS_MAX);
        return Timestamp.newBuilder()
                .setSeconds(Math.floorDiv(known, MS_PER_SECOND))
                .setNanos(Math.floorMod(known, MS_PER_SECOND) * NANOS_PER_MS)
                .build();
    }

    static Duration duration(long ms) {
        return Duration.newBuilder()
                .setSeconds(ms / MS_PER_SECOND)
                .setNanos((int) (ms % MS_PER_SECOND) * NANOS_PER_MS)
                .build();
    }
}
