package io.sluice.server.config;

/**
 * A setting that cannot be used; the message names the setting, its source and what is expected.
 */
public final class ConfigException extends Exception {
    private static final long serialVersionUID = 1;

    public ConfigException(String message) {
        super(message);
    }
}
