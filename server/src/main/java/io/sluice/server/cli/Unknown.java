package io.sluice.server.cli;

/** A number that nobody knows: a dash to read, null in JSON. */
enum Unknown {
    /** The only one. */
    UNKNOWN;

    @Override
    public String toString() {
        return "-";
    }
}
