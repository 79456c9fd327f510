package io.sluice.engine.log;

import java.io.IOException;

/** The segment was deleted by retention: what was asked for has expired. */
public final class TrimmedException extends IOException {
    private static final long serialVersionUID = 1L;

    public TrimmedException(String message) {
        super(message);
    }
}
