package io.sluice.engine.catalog;

/**
 * One incarnation of a consumer group; see {@link Topic} on incarnations.
 *
 * @param name as {@link Names#groupFault} allows
 * @param id positive; no other topic or group ever had it or will have it
 * @param createdMs when this incarnation was created, wall-clock milliseconds
 * @param settings what a user decided about it
 */
public record Group(String name, int id, long createdMs, GroupSettings settings) {
    /** How many queues the retry and the dead-letter topic of a group have. */
    public static final int RETRY_QUEUES = 1;
}
