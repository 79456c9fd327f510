package io.sluice.engine.broker;

import io.sluice.engine.catalog.Topic;
import io.sluice.engine.queue.MessageFilter;
import io.sluice.engine.shard.Outcome;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/**
 * A request to read a queue from an offset on.
 *
 * @param countMax messages at most, at least 1
 * @param sizeBytesMax bytes at most; one message is returned whatever its size
 * @param suspendMs how long to wait if there is nothing, in ms; 0 to be answered at once
 * @param buffers gives a buffer of the size asked for, into which the messages are copied; called
 *     at most once before each reply
 * @param asker who waits
 * @param reply called once, on any thread
 * @param reader who reads, if it is a consumer of a group, to whom more rules apply; else {@link
 *     Reader#NOBODY}
 */
public record Pull(
        Topic topic,
        int queueId,
        long offset,
        int countMax,
        int sizeBytesMax,
        MessageFilter filter,
        long suspendMs,
        IntFunction<ByteBuffer> buffers,
        Asker asker,
        Consumer<Outcome<Pulled>> reply,
        Reader reader) {

    /**
     * A client that consumes for a group.
     *
     * @param groupId 0 for none
     * @param clientId empty if it is not known
     */
    public record Reader(int groupId, String clientId) {
        public static final Reader NOBODY = new Reader(0, "");
    }

    /** What a pull found. */
    public enum Found {
        /** Messages. */
        MESSAGES,
        /** Nothing: the offset is the queue's end. */
        END,
        /** Messages, but none that is wanted: go on at the next offset. */
        NO_MATCH,
        /** The offset is outside of the queue: go on at the next offset. */
        OUT_OF_RANGE
    }

    /**
     * The answer to a pull.
     *
     * @param count how many messages
     * @param messages the messages, stored layout, one after the other; empty if there are none
     * @param nextOffset where to go on
     * @param first the queue's first offset
     * @param end the queue's end
     */
    public record Pulled(
            Found found, int count, ByteBuffer messages, long nextOffset, long first, long end) {}
}
