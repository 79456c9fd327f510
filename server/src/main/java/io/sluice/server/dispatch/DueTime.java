package io.sluice.server.dispatch;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.sluice.engine.broker.Broker;
import io.sluice.engine.message.Properties;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * When a message is to be delivered, as its properties say. The order of precedence is RocketMQ's:
 * a delay level above 0, a delay in seconds, one in milliseconds, a point in time; and at last the
 * one that only the ons-client sets, which open-source RocketMQ does not know.
 */
public final class DueTime {
    /** In place of a time: a property is no whole number. */
    static final long MALFORMED = Long.MIN_VALUE;

    private static final byte[] DELAY_SEC = "TIMER_DELAY_SEC".getBytes(US_ASCII);
    private static final byte[] DELAY_MS = "TIMER_DELAY_MS".getBytes(US_ASCII);
    private static final byte[] DELIVER_MS = "TIMER_DELIVER_MS".getBytes(US_ASCII);
    private static final byte[] START_DELIVER_TIME = "__STARTDELIVERTIME".getBytes(US_ASCII);
    private static final long MS_PER_SEC = 1000;

    /** The {@link #sameness} of a message that is not delayed. */
    public static final long AT_ONCE = 1;

    private DueTime() {}

    /** A number that is another one for another delay, so that reminders are not taken for one. */
    public static long sameness(byte[] properties, int marks) {
        if ((marks & (SendProperties.DELAYED | SendProperties.TIMED)) == 0) {
            return AT_ONCE;
        }
        long hash = AT_ONCE + 1;
        for (byte[] name :
                List.of(Properties.DELAY, DELAY_SEC, DELAY_MS, DELIVER_MS, START_DELIVER_TIME)) {
            String text = Properties.text(properties, name);
            hash = hash * 0x100000001B3L + (text == null ? 0 : text.hashCode());
        }
        return hash == 0 || hash == AT_ONCE ? AT_ONCE + 1 : hash;
    }

    /**
     * When it is due, wall-clock ms; 0 or a time that is over for at once.
     *
     * @param marks {@link SendProperties#marks} of the properties
     * @param again whether a consumer gives it back: then only a level counts, since it still has
     *     the properties by which it once came
     */
    static long ms(Broker broker, byte[] properties, int marks, boolean again) {
        if ((marks & (SendProperties.DELAYED | SendProperties.TIMED)) == 0) {
            return 0;
        }
        try {
            String level = Properties.text(properties, Properties.DELAY);
            if (level != null && Integer.parseInt(level) > 0) {
                return broker.dueMs(Integer.parseInt(level));
            }
            return again ? 0 : timedMs(broker, properties);
        } catch (NumberFormatException e) {
            return MALFORMED;
        }
    }

    /** The delay level; 0 for none. The property is a whole number, as {@link #ms} found. */
    static int level(byte[] properties) {
        String level = Properties.text(properties, Properties.DELAY);
        return level == null ? 0 : Math.max(0, Integer.parseInt(level));
    }

    private static long timedMs(Broker broker, byte[] properties) {
        String seconds = Properties.text(properties, DELAY_SEC);
        if (seconds != null) {
            long delay = Long.parseLong(seconds);
            boolean fits = delay < Long.MAX_VALUE / MS_PER_SEC;
            return broker.delays()
                    .dueAfterMs(fits ? Math.max(0, delay) * MS_PER_SEC : Long.MAX_VALUE);
        }
        String ms = Properties.text(properties, DELAY_MS);
        if (ms != null) {
            return broker.delays().dueAfterMs(Math.max(0, Long.parseLong(ms)));
        }
        String deliver = Properties.text(properties, DELIVER_MS);
        return deliver != null
                ? atMs(deliver)
                : atMs(Properties.text(properties, START_DELIVER_TIME));
    }

    private static long atMs(@Nullable String text) {
        return text == null ? 0 : Math.max(0, Long.parseLong(text));
    }
}
