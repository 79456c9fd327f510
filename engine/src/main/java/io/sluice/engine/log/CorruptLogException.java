package io.sluice.engine.log;

import java.io.IOException;

/**
 * Bytes that were once durable are damaged. Says which file, where, and what to do; nothing has
 * been deleted.
 */
public final class CorruptLogException extends IOException {
    private static final long serialVersionUID = 1L;

    public CorruptLogException(String message) {
        super(message);
    }

    public CorruptLogException(String message, Throwable cause) {
        super(message, cause);
    }
}
