package io.sluice.engine.broker;

import io.sluice.engine.message.Properties;
import io.sluice.engine.message.StoredMessage;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Asks messages that an index led to whether they are what was looked for: hashes collide. */
final class KeyMatch {
    private KeyMatch() {}

    static boolean hasKey(ByteBuffer message, byte[] key, KeyQuery.Kind kind) {
        if (StoredMessage.propertyEquals(message, 0, Properties.UNIQUE_KEY, key)) {
            return true;
        }
        if (kind == KeyQuery.Kind.UNIQUE_KEY) {
            return false;
        }
        String keys = Properties.text(StoredMessage.properties(message, 0), Properties.KEYS);
        String wanted = new String(key, StandardCharsets.UTF_8);
        return keys != null && Arrays.asList(keys.split(" ", -1)).contains(wanted);
    }

    /** Whether {@code copy}, in a retry or dead-letter topic, was made of {@code message}. */
    static boolean isCopy(ByteBuffer copy, ByteBuffer message, long position) {
        byte[] theirs = StoredMessage.properties(copy, 0);
        String topic = new String(StoredMessage.topic(message, 0), StandardCharsets.UTF_8);
        String unique = uniqueKey(message);
        return topic.equals(Properties.text(theirs, Properties.RETRY_TOPIC))
                && (unique == null
                        ? Properties.originPosition(theirs) == position
                        : unique.equals(Properties.text(theirs, Properties.UNIQUE_KEY)));
    }

    static @Nullable String uniqueKey(ByteBuffer message) {
        return Properties.text(StoredMessage.properties(message, 0), Properties.UNIQUE_KEY);
    }
}
