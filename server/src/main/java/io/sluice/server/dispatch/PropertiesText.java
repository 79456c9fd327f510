package io.sluice.server.dispatch;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Properties;
import java.util.SortedMap;
import java.util.TreeMap;

/** Settings as RocketMQ's tools send them: the text of a properties file. */
final class PropertiesText {
    private PropertiesText() {}

    /**
     * Reads a text.
     *
     * @throws IllegalArgumentException if it is none
     */
    static SortedMap<String, String> read(ByteBuffer body) {
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
