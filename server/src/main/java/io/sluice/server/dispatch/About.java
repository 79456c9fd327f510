package io.sluice.server.dispatch;

import java.util.SortedMap;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/**
 * What there is to tell about the server besides what its broker knows.
 *
 * @param startedMs when it was started, wall-clock ms
 * @param version of Sluice
 * @param settings those that do not change while it runs, by name, for anybody to read: no paths
 * @param connections how many there are now
 * @param requestsUnderWay requests that are neither parked nor answered
 * @param diskUsed what part of the disk that the data lies on is used, 0 to 1; negative if that is
 *     not known
 */
public record About(
        long startedMs,
        String version,
        SortedMap<String, String> settings,
        LongSupplier connections,
        LongSupplier requestsUnderWay,
        DoubleSupplier diskUsed) {}
