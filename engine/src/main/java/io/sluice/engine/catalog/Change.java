package io.sluice.engine.catalog;

import java.io.IOException;

/** What became of a change to the catalog. {@code T} is {@link Topic} or {@link Group}. */
public sealed interface Change<T> {
    /** Durable and visible; {@code value} as it is now, or for a deletion as it was. */
    record Done<T>(T value) implements Change<T> {}

    /** To be created, but it is there already; nothing was changed. */
    record Exists<T>(T current) implements Change<T> {}

    /** To be changed or deleted, but it is not there. */
    record NotFound<T>(String name) implements Change<T> {}

    /** Not allowed; nothing was changed. {@code reason} says why and what to do instead. */
    record Refused<T>(String reason) implements Change<T> {}

    /** Storage failed: whether the change took place is unknown until the next start. */
    record Failed<T>(IOException cause) implements Change<T> {}
}
