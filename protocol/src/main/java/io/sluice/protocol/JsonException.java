package io.sluice.protocol;

/** Text is not JSON in RocketMQ's dialect, is larger than allowed, or lacks what a body needs. */
public final class JsonException extends ProtocolException {

    JsonException(String message) {
        super(message);
    }

    static JsonException at(int position, String message) {
        return new JsonException(message + " at byte " + position);
    }
}
