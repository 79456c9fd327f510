package io.sluice.server.remoting;

import java.util.concurrent.atomic.LongAdder;

/** What a front door has seen since it was opened. Counted in batches; read from any thread. */
public final class Traffic {
    final LongAdder connectionsOpened = new LongAdder();
    final LongAdder connectionsClosed = new LongAdder();
    final LongAdder requests = new LongAdder();
    final LongAdder answers = new LongAdder();
    final LongAdder flushes = new LongAdder();
    final LongAdder underWay = new LongAdder();
    final LongAdder pauses = new LongAdder();

    /** Connections that are open now. */
    public long connections() {
        return connectionsOpened.sum() - connectionsClosed.sum();
    }

    /** Requests read. */
    public long requests() {
        return requests.sum();
    }

    /** Requests answered, one-way ones among them. */
    public long answers() {
        return answers.sum();
    }

    /** How often sockets were written to: many answers share one. */
    public long flushes() {
        return flushes.sum();
    }

    /** Requests that are neither parked nor answered. */
    public long underWay() {
        return underWay.sum();
    }

    /** How often a connection was not read on because too much was under way. */
    public long pauses() {
        return pauses.sum();
    }
}
