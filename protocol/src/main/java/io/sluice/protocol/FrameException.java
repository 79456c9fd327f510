package io.sluice.protocol;

/** The lengths of a frame make no sense: where the next frame begins is unknown; close. */
public final class FrameException extends ProtocolException {

    FrameException(String message) {
        super(message);
    }
}
