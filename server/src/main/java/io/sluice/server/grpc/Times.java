package io.sluice.server.grpc;

import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;

/** The protocol's times as milliseconds, and back. What does not fit is as far away as can be. */
final class Times {
    private static final int MS_PER_SECOND = 1000;
    private static final int NANOS_PER_MS = 1_000_000;
    private static final long SECONDS_MAX = Long.MAX_VALUE / MS_PER_SECOND - 1;

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

    static Timestamp timestamp(long ms) {
        return Timestamp.newBuilder()
                .setSeconds(Math.floorDiv(ms, MS_PER_SECOND))
                .setNanos(Math.floorMod(ms, MS_PER_SECOND) * NANOS_PER_MS)
                .build();
    }

    static Duration duration(long ms) {
        return Duration.newBuilder()
                .setSeconds(ms / MS_PER_SECOND)
                .setNanos((int) (ms % MS_PER_SECOND) * NANOS_PER_MS)
                .build();
    }
}
