package io.sluice.engine.broker;

import io.sluice.engine.catalog.Topic;

/**
 * Asks for the messages of a topic that have a key, newest first.
 *
 * @param before only messages that lie below this position: the {@link Found#next} of the page
 *     before; {@link Long#MAX_VALUE} for the first page
 * @param countMax messages at most, at least 1
 * @param sizeBytesMax bytes in total at most; the first message is given whatever its size
 * @param fromMs stored at or after, by the server's clock, in ms
 * @param toMs stored at or before
 */
public record KeyQuery(
        Topic topic,
        String key,
        Kind kind,
        long before,
        int countMax,
        long sizeBytesMax,
        long fromMs,
        long toMs) {

    /** Which property holds the key. */
    public enum Kind {
        /** Any of the keys, or the unique one. */
        KEY,
        /** The one that the producing client made. */
        UNIQUE_KEY
    }

    /** The first page of all times. */
    public static KeyQuery of(Topic topic, String key, Kind kind, int countMax) {
        return new KeyQuery(
                topic, key, kind, Long.MAX_VALUE, countMax, Long.MAX_VALUE, 0, Long.MAX_VALUE);
    }
}
