package io.sluice.server.dispatch;

import io.sluice.engine.catalog.TopicSettings;
import io.sluice.engine.catalog.TopicSettings.Durability;
import io.sluice.server.config.Scalars;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a topic's attributes say: changes such as {@code +durability=async,-retention}, in the form
 * of RocketMQ 5. Besides RocketMQ's own, which are kept as they are, there are {@code durability}
 * (sync or async), {@code retention} (a time such as 72h) and {@code retention-size} (such as
 * 10GB); without one of these the server's setting counts. And {@code idempotent-send} (on or off),
 * which is on by default.
 */
final class TopicAttributes {
    private static final String DURABILITY = "durability";
    private static final String RETENTION = "retention";
    private static final String RETENTION_SIZE = "retention-size";

    private TopicAttributes() {}

    /**
     * The settings after the changes.
     *
     * @throws IllegalArgumentException if one of them cannot be; the message is for the user
     */
    static TopicSettings change(TopicSettings before, @Nullable String changes) {
        Map<String, String> after = new HashMap<>(before.attributes());
        for (String change : changes == null ? new String[0] : changes.split(",")) {
            int equals = change.indexOf('=');
            if (change.startsWith("-")) {
                after.remove(change.substring(1).strip());
            } else if (change.startsWith("+") && equals > 0) {
                after.put(
                        change.substring(1, equals).strip(), change.substring(equals + 1).strip());
            }
        }
        requireSwitch(TopicSettings.IDEMPOTENT_SEND, after.get(TopicSettings.IDEMPOTENT_SEND));
        return before.withAttributes(after)
                .withDurability(durability(after.get(DURABILITY)))
                .withRetention(ms(after.get(RETENTION)), sizeBytes(after.get(RETENTION_SIZE)));
    }

    private static void requireSwitch(String name, @Nullable String text) {
        if (text != null && !text.equals("on") && !text.equals("off")) {
            throw new IllegalArgumentException(name + " is on or off, not '" + text + "'");
        }
    }

    private static Durability durability(@Nullable String text) {
        return switch (text) {
            case null -> Durability.DEFAULT;
            case "sync" -> Durability.SYNC;
            case "async" -> Durability.ASYNC;
            default ->
                    throw new IllegalArgumentException(
                            "durability is sync or async, not '" + text + "'");
        };
    }

    private static long ms(@Nullable String text) {
        try {
            return text == null ? 0 : Scalars.duration(text).toMillis();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "retention is a time such as 72h or 30m, not '" + text + "'", e);
        }
    }

    private static long sizeBytes(@Nullable String text) {
        try {
            return text == null ? 0 : Scalars.sizeBytes(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "retention-size is a size such as 10GB or 512MB, not '" + text + "'", e);
        }
    }
}
