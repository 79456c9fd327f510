package io.sluice.server.cli;

import io.sluice.server.config.Config;

/** Starts the server; Main gives the real one, so that the commands do not know its classes. */
@FunctionalInterface
public interface Start {
    /**
     * Returns once clients can come. Closing what it returns drains and stops the server; it is
     * called once, from another thread, and must take less than five seconds.
     *
     * @throws Exception if the server cannot start; its message is shown to the person
     */
    AutoCloseable start(Config config) throws Exception;
}
