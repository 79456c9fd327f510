package io.sluice.simulator.shrink;

import java.util.Map;
import java.util.Set;

/** Which values of parameters are the simplest. */
final class Simple {
    /** Numbers that stand for something: made fewer and smaller everywhere at once. */
    static final Set<String> NUMBERS = Set.of("topic", "queue", "group", "client");

    /** Changed, they would make another fault of it. */
    static final Set<String> KEPT = Set.of("kind", "power");

    /** What a person need not think about. */
    static final Map<String, Object> SETTING =
            Map.of(
                    "async",
                    false,
                    "stallPerMille",
                    0,
                    "marked",
                    false,
                    "alignmentBytes",
                    512,
                    "retentionMs",
                    24 * 3600 * 1000,
                    "retryMax",
                    16,
                    "batchBytes",
                    8 << 10,
                    "segmentBytes",
                    128 << 10,
                    "slabs",
                    8);

    /** The smallest value that means something, where that is not 0. */
    private static final Map<String, Integer> LEAST =
            Map.of(
                    "CreateTopic.queues", 1,
                    "Send.count", 1,
                    "Send.sizeBytes", 8,
                    "Consume.count", 1,
                    "FindByKey.perPage", 1,
                    "Retain.keepMs", 1_000,
                    "Receive.count", 1,
                    "Receive.holdMs", 1,
                    "Storage.calls", 1,
                    "SendHalf.sizeBytes", 8);

    private Simple() {}

    /** The smallest value of a parameter of events of a kind. */
    static int least(Class<?> kind, String parameter) {
        return LEAST.getOrDefault(kind.getSimpleName() + "." + parameter, 0);
    }
}
