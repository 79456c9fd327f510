package io.sluice.server.dispatch;

import io.sluice.engine.broker.Broker;
import io.sluice.protocol.KeyValues;
import java.util.TreeMap;

/** Says how the server is. */
final class StatusHandler {
    private final Broker broker;
    private final long startedMs;

    StatusHandler(Broker broker, long startedMs) {
        this.broker = broker;
        this.startedMs = startedMs;
    }

    void status(Request request) {
        var table = new TreeMap<String, String>();
        String failure = broker.failure();
        table.put("bootTimestamp", "" + startedMs);
        table.put("brokerVersionDesc", "Sluice");
        table.put("acknowledgedNotDurable", "" + broker.acknowledgedNotDurable());
        table.put("logSizeBytes", "" + broker.logSizeBytes());
        table.put("storage", failure == null ? "ok" : failure);
        request.answer(Answer.ok(new KeyValues(table).encode()));
    }
}
