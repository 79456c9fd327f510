package io.sluice.server.dispatch;

import io.sluice.engine.broker.Broker;
import io.sluice.engine.time.Clock;
import io.sluice.protocol.KeyValues;
import io.sluice.server.meter.Meter;
import io.sluice.server.meter.Meters;
import java.time.Duration;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Says how the server is: in its own words, and under those names of RocketMQ's that operators'
 * tools show. What RocketMQ tells of parts that are not here (queues before thread pools, a lock on
 * the page cache) is 0, which is true; what has no counterpart at all is left out.
 */
final class StatusHandler {
    private final Broker broker;
    private final About about;
    private final Admission admission;
    private final Meters meters;
    private final Clock clock;

    StatusHandler(Broker broker, About about, Admission admission, Meters meters, Clock clock) {
        this.broker = broker;
        this.about = about;
        this.admission = admission;
        this.meters = meters;
        this.clock = clock;
    }

    void status(Request request) {
        SortedMap<String, String> table = new TreeMap<>();
        String failure = broker.failure();
        table.put("acknowledgedNotDurable", "" + broker.acknowledgedNotDurable());
        table.put("logSizeBytes", "" + broker.logSizeBytes());
        table.put("storage", failure == null ? "ok" : failure);
        table.put("connections", "" + about.connections().getAsLong());
        table.put("topics", "" + broker.catalog().topics().size());
        table.put("groups", "" + broker.catalog().groups().size());
        ofBroker(table, failure == null);
        ofTraffic(table);
        ofWaiting(table);
        request.answer(Answer.ok(new KeyValues(table).encode()));
    }

    private void ofBroker(SortedMap<String, String> table, boolean active) {
        long upMs = Math.max(0, clock.wallMs() - about.startedMs());
        table.put("bootTimestamp", "" + about.startedMs());
        table.put("brokerActive", "" + active);
        table.put("brokerVersionDesc", "Sluice " + about.version());
        table.put("runtime", text(Duration.ofMillis(upMs)));
        double used = about.diskUsed().getAsDouble();
        if (used >= 0) {
            table.put("commitLogDiskRatio", String.format(Locale.ROOT, "%.4f", used));
        }
    }

    private static String text(Duration up) {
        return "[ %d days, %d hours, %d minutes, %d seconds ]"
                .formatted(up.toDays(), up.toHoursPart(), up.toMinutesPart(), up.toSecondsPart());
    }

    private void ofTraffic(SortedMap<String, String> table) {
        for (Action action : Action.values()) {
            String name = action.name().toLowerCase(Locale.ROOT);
            table.put("requests." + name, "" + admission.asked(action));
            table.put("requests." + name + ".refused", "" + admission.refused(action));
        }
        table.put("putTps", rates(meters.put()));
        table.put("getTransferredTps", rates(meters.got()));
        table.put("getTransferedTps", rates(meters.got())); // as RocketMQ 4 spells it
        table.put("getTotalTps", rates(meters.pullsFound(), meters.pullsMissed()));
        table.put("getFoundTps", rates(meters.pullsFound()));
        table.put("getMissTps", rates(meters.pullsMissed()));
        mornings(table, "msgPutTotal", meters.putMornings(), meters.put());
        mornings(table, "msgGetTotal", meters.gotMornings(), meters.got());
    }

    /** Per second, over the last 10 s, minute and hour, in all. */
    private String rates(Meter... all) {
        double seconds = 0;
        double minute = 0;
        double hour = 0;
        for (Meter meter : all) {
            seconds += meters.seconds(meter).perSecond();
            minute += meters.minute(meter).perSecond();
            hour += meters.hour(meter).perSecond();
        }
        return String.format(Locale.ROOT, "%.2f %.2f %.2f", seconds, minute, hour);
    }

    private static void mornings(
            SortedMap<String, String> table, String name, Meters.Mornings at, Meter now) {
        table.put(name + "YesterdayMorning", "" + at.yesterday());
        table.put(name + "TodayMorning", "" + at.today());
        table.put(name + "TodayNow", "" + now.total());
    }

    private void ofWaiting(SortedMap<String, String> table) {
        table.put("sendThreadPoolQueueSize", "" + about.requestsUnderWay().getAsLong());
        for (String pool : new String[] {"send", "pull", "query", "litePull", "ack"}) {
            table.putIfAbsent(pool + "ThreadPoolQueueSize", "0");
            table.put(pool + "ThreadPoolQueueHeadWaitTimeMills", "0");
        }
        table.put("pageCacheLockTimeMills", "0");
        table.put("dispatchBehindBytes", "0");
    }

    /**
     * Expired files, index entries and what is left of deleted topics go by themselves, seconds
     * after they may: there is nothing to be done.
     */
    void clean(Request request) {
        request.answer(Answer.DONE);
    }
}
