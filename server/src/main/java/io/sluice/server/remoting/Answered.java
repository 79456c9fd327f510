package io.sluice.server.remoting;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The requests of one connection that have been answered since it looked last: any thread adds, the
 * event loop takes all. The requests themselves are the links, so that nothing is allocated.
 */
final class Answered {
    private final AtomicReference<@Nullable RemotingRequest> newest = new AtomicReference<>();

    /** Adds a request whose answer is given; once. */
    void add(RemotingRequest request) {
        RemotingRequest head;
        do {
            head = newest.get();
            request.previous = head;
        } while (!newest.compareAndSet(head, request));
    }

    /** The request added last. */
    @Nullable RemotingRequest newest() {
        return newest.get();
    }

    /** Takes all; the oldest, whose {@link RemotingRequest#previous} now is the one after it. */
    @Nullable RemotingRequest takeAll() {
        RemotingRequest first = null;
        RemotingRequest rest = newest.getAndSet(null);
        while (rest != null) {
            RemotingRequest previous = rest.previous;
            rest.previous = first;
            first = rest;
            rest = previous;
        }
        return first;
    }
}
