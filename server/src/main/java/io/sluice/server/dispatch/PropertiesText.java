package io.sluice.server.dispatch;

import io.sluice.protocol.ResponseCode;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Properties;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Settings as RocketMQ's tools send them: the text of a properties file. */
final class PropertiesText {
    private static final int SHOWN_MAX = 64;

    private PropertiesText() {}

    /** The settings that a request brings; null if it was refused, since it is no such text. */
    static @Nullable SortedMap<String, String> read(Request request) {
        try {
            return read(request.body());
        } catch (IllegalArgumentException e) {
            request.fail(
                    ResponseCode.INVALID_PARAMETER,
                    "the body is not the text of a properties file: " + e.getMessage());
            return null;
        }
    }

    /** A name or value that a client sent, short enough for an answer. */
    static String shown(String text) {
        return text.length() <= SHOWN_MAX ? text : text.substring(0, SHOWN_MAX) + "...";
    }

    private static SortedMap<String, String> read(ByteBuffer body) {
        Properties properties = new Properties();
        try {
            properties.load(new StringReader(StandardCharsets.UTF_8.decode(body).toString()));
        } catch (IOException e) {
            throw new UncheckedIOException("memory does not fail", e);
        }
        SortedMap<String, String> entries = new TreeMap<>();
        for (String name : properties.stringPropertyNames()) {
            entries.put(name, properties.getProperty(name));
        }
        return entries;
    }

    static byte[] write(SortedMap<String, String> entries) {
        StringBuilder text = new StringBuilder();
        entries.forEach((name, value) ->
                text.append(name).append('=').append(value.replace("\\", "\\\\")).append('\n'));
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }
}
