package io.sluice.engine.broker;

import io.sluice.engine.catalog.Topic;

/**
 * Asks for the messages of a topic that have a tag, oldest first.
 *
 * @param after only messages that lie above this position: the {@link Found#next} of the page
 *     before; 0 for the first page
 * @param countMax messages at most, at least 1
 * @param sizeBytesMax bytes in total at most; the first message is given whatever its size
 * @param fromMs stored at or after, by the server's clock, in ms
 * @param toMs stored at or before
 */
public record TagQuery(
        Topic topic,
        String tag,
        long after,
        int countMax,
        long sizeBytesMax,
        long fromMs,
        long toMs) {}
