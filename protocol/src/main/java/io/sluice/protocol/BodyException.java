package io.sluice.protocol;

/** A binary body's lengths contradict each other. */
public final class BodyException extends ProtocolException {

    BodyException(String message) {
        super(message);
    }
}
