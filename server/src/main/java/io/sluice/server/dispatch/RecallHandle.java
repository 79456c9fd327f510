package io.sluice.server.dispatch;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * By what a sender can take a delayed message back: made with the answer to the send, passed
 * through by the client. RocketMQ's form is the Base64 (URL alphabet) of {@code v1 topic broker
 * time id}; its client reads the version and the broker, and takes more words than that. The last
 * word here is the position of the timer.
 *
 * @param dueMs when the message is due, wall-clock ms
 * @param messageId its UNIQ_KEY, or its offset message id if it has none
 * @param position where it was scheduled
 */
public record RecallHandle(String topic, long dueMs, String messageId, long position) {
    private static final String VERSION = "v1";
    private static final int WORDS = 6;

    /** The text for the client. */
    public String encode() {
        String words =
                "%s %s %s %d %s %d"
                        .formatted(
                                VERSION,
                                topic,
                                RouteHandler.BROKER_NAME,
                                dueMs,
                                messageId,
                                position);
        return Base64.getUrlEncoder().encodeToString(words.getBytes(StandardCharsets.UTF_8));
    }

    /** What a client gave back; null if it is not a handle of this server. */
    public static @Nullable RecallHandle decode(String text) {
        try {
            byte[] bytes = Base64.getUrlDecoder().decode(text);
            String[] words = new String(bytes, StandardCharsets.UTF_8).split(" ", -1);
            return words.length == WORDS
                            && words[0].equals(VERSION)
                            && words[2].equals(RouteHandler.BROKER_NAME)
                    ? new RecallHandle(
                            words[1], Long.parseLong(words[3]), words[4], Long.parseLong(words[5]))
                    : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
