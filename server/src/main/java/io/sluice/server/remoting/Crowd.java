package io.sluice.server.remoting;

import io.sluice.server.remoting.Limits.Together;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All connections of one event loop together, so that many which are each within their limits do
 * not cost more than the process has. Owned by the event loop: plain fields, no locks.
 *
 * <p>Connections tell what they hold once per turn, not per message. If it is too much, those go
 * that have sent nothing for the longest while they hold it: a peer that sends a byte per second
 * comes before one whose large message is on its way. But only whole requests count against
 * silence. Time is that of the last {@link #sweep}.
 */
final class Crowd {
    private static final Logger LOG = LoggerFactory.getLogger(Crowd.class);

    /** How often the same is said while it goes on. */
    private static final long REPORT_NANOS = TimeUnit.SECONDS.toNanos(10);

    private static final long SWEEP_MS_MAX = 1000;

    /** Why connections were closed, as the log says it. */
    private enum Why {
        FULL(
                "refused connections, since %d are open, the most that there is room for: is the limit"
                        + " of open files (ulimit -n) too low, or does a client leak connections?"),
        REPLACED(
                "closed connections that had asked nothing, for others to come in, since %d were"
                        + " open, the most that there is room for"),
        STRANGE("closed connections that had asked nothing for %d ms"),
        SILENT("closed connections that had sent no whole request for %d ms"),
        STUCK("closed connections that took none of their answers for %d ms"),
        STALLED(
                "closed connections that held parts of requests, or left answers, for the longest,"
                        + " since all of those took more than %d bytes");

        private final String text;

        Why(String text) {
            this.text = text;
        }
    }

    /** One connection's place, and what it held when it told last. */
    static final class Place {
        private final RemotingConnection connection;
        private boolean known;
        private boolean left;
        private long seenNanos;
        private long requestBytes;
        private long stalledBytes;
        private long unsentBytes;
        private long unsentNanos;

        private Place(RemotingConnection connection) {
            this.connection = connection;
        }
    }

    private static final class Tally {
        int count;
        String last = "";
        long reportNanos;
    }

    private final Together limits;
    private final long idleMs;
    private final long stuckMs;

    /** Those that have asked nothing yet; the one that came first, first. */
    private final Map<Place, Place> strangers = new LinkedHashMap<>();

    /** All others; the one that asked the longest ago, first. */
    private final Map<Place, Place> known = accessOrdered();

    /** Those that hold parts of frames, or untaken answers; the one stalled for longest, first. */
    private final Map<Place, Place> stalled = accessOrdered();

    private final Map<Why, Tally> tallies = new EnumMap<>(Why.class);
    private long nowNanos = System.nanoTime();
    private long requestBytes;
    private long stalledBytes;
    private long parkedBytes;

    /** The share of one event loop of {@code loops}. */
    Crowd(Limits limits, int loops) {
        this.limits = limits.together().share(loops);
        this.idleMs = limits.idleMs();
        this.stuckMs = limits.stuckMs();
        for (Why why : Why.values()) {
            Tally tally = new Tally();
            tally.reportNanos = nowNanos - REPORT_NANOS;
            tallies.put(why, tally);
        }
    }

    private static Map<Place, Place> accessOrdered() {
        return new LinkedHashMap<>(16, 0.75f, true);
    }

    /** A place for a connection; null if there is none. */
    @Nullable Place enter(RemotingConnection connection) {
        if (strangers.size() + known.size() >= limits.connectionsMax()) {
            if (strangers.isEmpty()) {
                count(Why.FULL, connection);
                return null;
            }
            evict(first(strangers), Why.REPLACED);
        }
        Place place = new Place(connection);
        place.seenNanos = nowNanos;
        strangers.put(place, place);
        return place;
    }

    /** A connection is closed. */
    void leave(Place place) {
        if (!place.left) {
            place.left = true;
            strangers.remove(place);
            known.remove(place);
            stalled.remove(place);
            requestBytes -= place.requestBytes;
            stalledBytes -= place.stalledBytes;
        }
    }

    /**
     * A connection tells what it holds now.
     *
     * @param came whether it has sent anything since it told last
     * @param asked whether it has sent a whole request since it told last
     * @param held bytes of requests being worked on
     * @param stalls bytes of a frame that is not whole, and of answers not taken
     */
    void settle(Place place, boolean came, boolean asked, long held, long stalls) {
        if (place.left) {
            return;
        }
        if (asked && (!place.known || place.seenNanos != nowNanos)) {
            seen(place);
        }
        requestBytes += held - place.requestBytes;
        place.requestBytes = held;
        if (stalls != 0 || place.stalledBytes != 0) {
            stall(place, came, stalls);
            while (stalledBytes > limits.stalledBytesMax() && !stalled.isEmpty()) {
                relieve();
            }
        }
    }

    private void seen(Place place) {
        place.seenNanos = nowNanos;
        if (place.known) {
            var _ = known.get(place); // which makes it the last
        } else {
            place.known = true;
            strangers.remove(place);
            known.put(place, place);
        }
    }

    private void stall(Place place, boolean moves, long stalls) {
        if (stalls == 0) {
            stalled.remove(place);
        } else if (place.stalledBytes == 0) {
            place.unsentNanos = nowNanos;
            stalled.put(place, place);
        } else if (moves) {
            var _ = stalled.get(place); // which makes it the last
        }
        stalledBytes += stalls - place.stalledBytes;
        place.stalledBytes = stalls;
    }

    /** Closes the first that is stalled, unless its answers have gone out meanwhile. */
    private void relieve() {
        Place place = first(stalled);
        long now = place.connection.stalledBytes();
        if (now < place.stalledBytes) {
            stall(place, true, now);
        } else {
            evict(place, Why.STALLED);
        }
    }

    /** Whether so much is being worked on that no further request can be. */
    boolean busy() {
        return requestBytes > limits.requestBytesMax();
    }

    /** Whether one more request may wait for messages. */
    boolean mayPark() {
        return parkedBytes <= limits.parkedBytesMax();
    }

    /** Requests wait for messages, or no longer do if {@code sizeBytes} is negative. */
    void parked(long sizeBytes) {
        parkedBytes += sizeBytes;
    }

    long sweepMs() {
        long shortest = Math.min(limits.firstRequestMs(), Math.min(idleMs, stuckMs));
        return Math.clamp(shortest / 4, 1, SWEEP_MS_MAX);
    }

    /** Closes those that have been silent or stuck for too long, and says so. */
    void sweep() {
        nowNanos = System.nanoTime();
        while (!strangers.isEmpty()
                && isOver(first(strangers).seenNanos, limits.firstRequestMs())) {
            evict(first(strangers), Why.STRANGE);
        }
        while (!known.isEmpty() && isOver(first(known).seenNanos, idleMs)) {
            Place place = first(known);
            if (place.connection.paused()) {
                seen(place); // it may have asked: nothing is read from it
            } else {
                evict(place, Why.SILENT);
            }
        }
        for (Place place : new ArrayList<>(stalled.keySet())) {
            lookAgain(place);
        }
        tallies.forEach(this::report);
    }

    private boolean isOver(long sinceNanos, long ms) {
        return nowNanos - sinceNanos > TimeUnit.MILLISECONDS.toNanos(ms);
    }

    private void lookAgain(Place place) {
        if (place.left) {
            return;
        }
        long unsent = place.connection.unsentBytes();
        if (unsent != place.unsentBytes || unsent == 0) {
            place.unsentBytes = unsent;
            place.unsentNanos = nowNanos;
        }
        if (isOver(place.unsentNanos, stuckMs)) {
            evict(place, Why.STUCK);
        } else {
            settle(place, false, false, place.requestBytes, place.connection.stalledBytes());
        }
    }

    private static Place first(Map<Place, Place> places) {
        return places.keySet().iterator().next();
    }

    private void evict(Place place, Why why) {
        leave(place);
        count(why, place.connection);
        place.connection.evict();
    }

    private void count(Why why, RemotingConnection connection) {
        Tally tally = tallies.get(why);
        if (tally != null) {
            tally.count++;
            tally.last = connection.toString();
        }
    }

    private void report(Why why, Tally tally) {
        if (tally.count > 0 && nowNanos - tally.reportNanos >= REPORT_NANOS) {
            LOG.warn(
                    "{} (count {}, the last of {})",
                    why.text.formatted(bound(why)),
                    tally.count,
                    tally.last);
            tally.count = 0;
            tally.reportNanos = nowNanos;
        }
    }

    private long bound(Why why) {
        return switch (why) {
            case FULL, REPLACED -> limits.connectionsMax();
            case STRANGE -> limits.firstRequestMs();
            case SILENT -> idleMs;
            case STUCK -> stuckMs;
            case STALLED -> limits.stalledBytesMax();
        };
    }
}
