package io.sluice.protocol;

import org.jspecify.annotations.Nullable;

/**
 * What a client shows to acknowledge a popped message, RocketMQ's {@code POP_CK}: eight words
 * separated by blanks, which it put together from a {@link PopMessageResponse}.
 *
 * <pre>
 *   start offset, pop time, invisible time, revive queue id, retry mark, broker, queue id, offset
 * </pre>
 *
 * Sluice puts the number of the handing out where RocketMQ has the revive queue's id.
 *
 * @param popTimeMs when the message was leased
 * @param number that of the handing out
 */
public record PopReceipt(long popTimeMs, int number) {
    private static final int WORDS_MIN = 4;

    /**
     * Reads a receipt.
     *
     * @return null if it is none
     */
    public static @Nullable PopReceipt parse(String text) {
        String[] words = text.split(" ", -1);
        if (words.length < WORDS_MIN) {
            return null;
        }
        try {
            return new PopReceipt(Long.parseLong(words[1]), Integer.parseInt(words[3]));
        } catch (NumberFormatException e) {
            return null;
        }
    }

    /** How clients mark a topic in receipts: 0, or 1 or 2 if it is a retry topic. */
    public static String retryMark(String topic) {
        if (!topic.startsWith("%RETRY%")) {
            return "0";
        }
        return topic.contains("+") ? "2" : "1";
    }
}
