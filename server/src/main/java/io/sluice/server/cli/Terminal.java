package io.sluice.server.cli;

import java.io.Console;
import java.util.Optional;

/** The person at the keyboard, if there is one. */
final class Terminal {
    private Terminal() {}

    /** Empty if what is read or printed goes to a file or another program. */
    static Optional<Console> console() {
        return Optional.ofNullable(System.console()).filter(Console::isTerminal);
    }
}
