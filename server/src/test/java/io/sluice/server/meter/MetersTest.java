package io.sluice.server.meter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.sluice.engine.time.Clock;
import io.sluice.server.meter.Meter.Rate;
import java.time.ZoneOffset;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class MetersTest {
    /** 1970-01-02 less an hour. */
    private static final long START_MS = 23 * 3_600_000L;

    private static final class Time implements Clock {
        long ms = START_MS;

        @Override
        public long wallMs() {
            return ms;
        }

        @Override
        public long nanos() {
            return ms * 1_000_000;
        }
    }

    private final Time time = new Time();
    private final Meters meters = new Meters(time, "server", ZoneOffset.UTC);

    private Meter meter(String name, String key) {
        return Objects.requireNonNull(meters.meter(name, key), name + " of " + key);
    }

    private void pass(int seconds) {
        for (int i = 0; i < seconds; i += 10) {
            time.ms += 10_000;
            meters.sample(topic -> true, group -> true);
        }
    }

    @Test
    void shouldTellRatesFromTheFirstMessageOn() {
        meters.stored("orders", 10, 1000);
        time.ms += 5_000;
        assertEquals(new Rate(10, 2), meters.minute(meter("TOPIC_PUT_NUMS", "orders")));
        assertEquals(new Rate(1000, 200), meters.day(meter("TOPIC_PUT_SIZE", "orders")));
        assertEquals(2, meters.putPerSecond("orders"));
    }

    @Test
    void shouldForgetInTheRateOfTheMinuteWhatWasBeforeIt() {
        meters.stored("orders", 600, 1);
        pass(70);
        Meter put = meter("TOPIC_PUT_NUMS", "orders");
        assertEquals(new Rate(0, 0), meters.minute(put));
        assertEquals(600, meters.hour(put).sum());
        pass(3600 + 600);
        assertEquals(0, meters.hour(put).sum());
        assertEquals(600, meters.day(put).sum());
        pass(25 * 3600);
        assertEquals(0, meters.day(put).sum());
        assertEquals(600, put.total());
    }

    @Test
    void shouldCountEachGroupInEachTopicOnItsOwn() {
        meters.delivered("orders", "a", 3, 30);
        meters.delivered("orders", "b", 4, 40);
        meters.delivered("bills", "a", 5, 50);
        meters.sentBack("orders", "a");
        meters.pulledTo("orders", "a", 7, 30);
        assertEquals(30, meters.pulledTo("orders", "a", 7));
        assertEquals(0, meters.pulledTo("orders", "a", 6));
        assertEquals(0, meters.pulledTo("orders", "nobody", 7));
        assertEquals(3, meter("GROUP_GET_NUMS", "orders@a").total());
        assertEquals(40, meter("GROUP_GET_SIZE", "orders@b").total());
        assertEquals(5, meters.gotPerSecond("bills", "a"));
        assertEquals(1, meter("SNDBCK_PUT_NUMS", "orders@a").total());
        assertEquals(12, meter("BROKER_GET_NUMS", "server").total());
        assertEquals(0, meters.gotPerSecond("bills", "b"));
        assertNull(meters.meter("GROUP_GET_NUMS", "bills@b"));
        assertNull(meters.meter("GROUP_GET_NUMS", "orders"));
        assertNull(meters.meter("TOPIC_PUT_NUMS", "orders@a"));
        assertNull(meters.meter("BROKER_GET_NUMS", "orders"));
        assertNull(meters.meter("NOTHING", "orders"));
    }

    @Test
    void shouldRememberMidnights() {
        meters.stored("orders", 1, 1);
        pass(3600 + 10);
        meters.stored("orders", 1, 1);
        assertEquals(new Meters.Mornings(0, 1), meters.putMornings());
        pass(24 * 3600);
        assertEquals(new Meters.Mornings(1, 2), meters.putMornings());
        assertEquals(new Meters.Mornings(0, 0), meters.gotMornings());
    }

    @Test
    void shouldForgetTopicsAndGroupsThatAreGone() {
        meters.stored("orders", 1, 1);
        meters.delivered("bills", "a", 1, 1);
        meters.delivered("bills", "b", 1, 1);
        meters.sample(topic -> topic.equals("bills"), group -> group.equals("b"));
        assertNull(meters.meter("TOPIC_PUT_NUMS", "orders"));
        assertNull(meters.meter("GROUP_GET_NUMS", "bills@a"));
        assertNotNull(meters.meter("GROUP_GET_NUMS", "bills@b"));
        assertEquals(1, meters.put().total());
    }
}
