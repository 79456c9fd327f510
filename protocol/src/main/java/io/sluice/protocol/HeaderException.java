package io.sluice.protocol;

/** A frame's header cannot be read, or lacks a field, or has one of a wrong form. */
public final class HeaderException extends ProtocolException {

    HeaderException(String message) {
        super(message);
    }

    static HeaderException missing(String field) {
        return new HeaderException("header field " + field + " is missing");
    }

    static HeaderException malformed(String field, String expected, String found) {
        return new HeaderException(
                "header field " + field + " must be " + expected + ", not \"" + shown(found) + '"');
    }
}
