package io.sluice.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A system that can be started on a fresh data directory and measured. */
interface Contender {
    /** Short name, as {@code --systems} takes it. */
    String name();

    /** What it is and how safe its answers are, for the table's legend. */
    String description();

    /** Whether it takes what that drives. */
    boolean serves(Scenario.Protocol protocol);

    /**
     * Starts it on free ports of loopback, and returns when it takes messages.
     *
     * @param directory empty, on the disk under test; all of its files go there
     * @param started takes each process as it is started, so that the caller can end it even if the
     *     start fails half way
     */
    Endpoint start(Path directory, Started started) throws IOException, InterruptedException;

    /** The processes of one contender, ended in reverse order, if need be by a shutdown hook. */
    final class Started implements AutoCloseable {
        private final List<Child> children = new CopyOnWriteArrayList<>();

        Child add(Child child) {
            children.add(child);
            return child;
        }

        List<Child> all() {
            return List.copyOf(children);
        }

        @Override
        public void close() {
            children.reversed().forEach(Child::close);
        }
    }
}
