package io.sluice.demo;

/** The demonstration cannot go on, or has failed to prove its point; the message says why. */
final class DemoException extends Exception {
    private static final long serialVersionUID = 1;

    DemoException(String message) {
        super(message);
    }
}
