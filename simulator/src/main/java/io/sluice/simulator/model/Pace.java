package io.sluice.simulator.model;

/**
 * How fast the group that receives may be handed messages: each takes its share of a second, and a
 * group that had nothing for a while may have a second's worth at once. Requests that are under way
 * together do not know of each other, so what one may have is what it might have had alone; but all
 * that was handed out counts for those that come later. A broker that starts remembers nothing.
 */
public final class Pace {
    private static final long SECOND_NANOS = 1_000_000_000L;

    private final Judge judge;
    private final int perSecond;
    private long paidNanos; // until when what was handed out takes its time

    /** What had been handed out when somebody asked. */
    public static final class Mark {
        private final long paidNanos;

        private Mark(long paidNanos) {
            this.paidNanos = paidNanos;
        }
    }

    Pace(Judge judge, int perSecond) {
        this.judge = judge;
        this.perSecond = perSecond;
    }

    /** Somebody asks for messages. */
    public Mark asked() {
        return new Mark(paidNanos);
    }

    /**
     * Messages were handed out.
     *
     * @param repeated whether the same asker was given them before, perhaps, and was not heard of
     */
    public void given(Mark asked, int count, boolean repeated) {
        if (perSecond == 0) {
            return;
        }
        long now = judge.nanos();
        long share = SECOND_NANOS / perSecond;
        long left = now + SECOND_NANOS - Math.max(asked.paidNanos, now);
        if (!repeated && count > left / share) {
            judge.violated(
                    Promise.LEASES,
                    "%d messages were handed out, %d would have been as many as the rate allows"
                            .formatted(count, Math.max(0, left / share)));
        }
        paidNanos = Math.max(paidNanos, now) + count * share;
    }

    void died() {
        paidNanos = 0;
    }
}
