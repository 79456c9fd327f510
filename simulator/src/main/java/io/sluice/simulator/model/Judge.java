package io.sluice.simulator.model;

import io.sluice.simulator.plan.Setting;
import io.sluice.simulator.plan.Setting.Profile;
import io.sluice.simulator.world.World;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Hears what contradicts a {@link Promise}; the first thing counts. Knows what is not owed: by a
 * disk that does not keep its own promises, for a topic that is being deleted, for a message that
 * has expired.
 */
public final class Judge {
    private final World world;
    private final Setting setting;
    private final Map<Integer, Long> keepMs = new HashMap<>(); // the shortest retention, by topic
    private final Map<Integer, Long> keepBytes = new HashMap<>(); // the least, by topic
    private final Set<Integer> forgotten = new HashSet<>(); // incarnations deleted, perhaps
    private long latestWallMs;
    private long setBackNanos = Long.MIN_VALUE;
    private int lives = 1;
    private @Nullable String violation;
    private @Nullable Promise violated;

    Judge(World world, Setting setting) {
        this.world = world;
        this.setting = setting;
    }

    /** What is owed whatever the disk does: it is told without regard to that. */
    void violatedInAnyCase(Promise promise, String what) {
        if (violation == null) {
            violated = promise;
            violation = what;
        }
    }

    /** What the disk of this history may do. */
    Profile profile() {
        return setting.profile();
    }

    /** Whether sends are answered before they are durable. */
    boolean async() {
        return setting.async();
    }

    long wallMs() {
        return world.wallMs();
    }

    /** The time that never goes back, in ns. */
    public long nanos() {
        return world.nanos();
    }

    /** Counts the lives of the broker from 1. */
    int life() {
        return lives;
    }

    void died() {
        lives++;
    }

    public boolean isForgotten(int topicId) {
        return forgotten.contains(topicId);
    }

    /** A promise is broken. */
    public void violated(Promise promise, String what) {
        boolean owed = honest() || promise == Promise.UNALTERED || promise == Promise.ANSWERED;
        if (owed) {
            violatedInAnyCase(promise, what);
        }
    }

    /** What is wrong; null if nothing is. */
    public @Nullable String violation() {
        return violation;
    }

    /** The promise that is broken; null if none is. */
    public @Nullable Promise brokenPromise() {
        return violated;
    }

    /** Whether the disk of this history keeps its promises. */
    public boolean honest() {
        return setting.profile() == Profile.HONEST || setting.profile() == Profile.FOOTERS;
    }

    /** The wall clock is about to be set, or some time has passed. */
    public void clock() {
        latestWallMs = Math.max(latestWallMs, world.wallMs());
    }

    /** The wall clock is about to be set back. */
    void setBack() {
        setBackNanos = nanos();
    }

    boolean wasSetBackSince(long nanos) {
        return setBackNanos >= nanos;
    }

    /** Whether a message may be passed over, since its time to live has been over. */
    boolean mayBeOver(@Nullable Sent sent) {
        return sent != null && sent.isOver(latestWallMs());
    }

    long latestWallMs() {
        clock();
        return latestWallMs;
    }

    /** A topic keeps its messages for so long from now on, and so many bytes of them; 0 for all. */
    public void keeps(int topicId, long ms, long sizeBytes) {
        keepMs.merge(topicId, ms, Math::min);
        if (sizeBytes > 0) {
            keepBytes.merge(topicId, sizeBytes, Math::min);
        }
    }

    /** The least that the topic was ever told to keep, in bytes; Long.MAX_VALUE for all. */
    long keepBytes(int topicId) {
        return keepBytes.getOrDefault(topicId, Long.MAX_VALUE);
    }

    boolean mayHaveExpired(int topicId, long storedMs) {
        return keepBytes.containsKey(topicId) || isTooOld(topicId, storedMs);
    }

    /** Whether a topic's time to keep a message is over, whatever its size. */
    boolean isTooOld(int topicId, long storedMs) {
        long keeps = Math.min(setting.retentionMs(), keepMs.getOrDefault(topicId, Long.MAX_VALUE));
        return latestWallMs() - storedMs > keeps;
    }

    /** An incarnation of a topic is being deleted: nothing more is owed to those who name it. */
    void forget(int topicId) {
        forgotten.add(topicId);
    }
}
