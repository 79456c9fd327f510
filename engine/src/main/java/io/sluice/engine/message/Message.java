package io.sluice.engine.message;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A message on its way into the log: what the sender decided. Its place (queue offset, position,
 * store time) is the shard's to give. Immutable, but for the bytes it points to, which stay
 * untouched until the reply.
 */
public final class Message {
    final int topicId;
    final byte[] topic;
    final int flag;
    final int systemFlag;
    final long bornMs;
    final byte[] bornHost;
    final int reconsumeTimes;
    final long preparedOffset;
    final ByteBuffer body;
    final int bodyCrc;
    final byte[] properties;
    final int tagHash;
    final long[] keyHashes;

    /**
     * @param topicId the topic's incarnation
     * @param topic its name in UTF-8, as consumers shall see it
     * @param systemFlag RocketMQ's bits; those for IPv6 hosts are set when it is stored
     * @param bornMs the producer's clock, in ms
     * @param bornHost address and port, 8 bytes, or 20 with IPv6
     * @param properties encoded as in {@link Properties}, at most 32,767 bytes
     */
    public Message(
            int topicId,
            byte[] topic,
            int flag,
            int systemFlag,
            long bornMs,
            byte[] bornHost,
            int reconsumeTimes,
            long preparedOffset,
            ByteBuffer body,
            byte[] properties) {
        this(
                topicId,
                topic,
                flag,
                systemFlag,
                bornMs,
                bornHost,
                reconsumeTimes,
                preparedOffset,
                body,
                properties,
                KeyHash.all(topicId, properties));
    }

    private Message(
            int topicId,
            byte[] topic,
            int flag,
            int systemFlag,
            long bornMs,
            byte[] bornHost,
            int reconsumeTimes,
            long preparedOffset,
            ByteBuffer body,
            byte[] properties,
            long[] keyHashes) {
        this.topicId = topicId;
        this.topic = topic;
        this.flag = flag;
        this.systemFlag = systemFlag;
        this.bornMs = bornMs;
        this.bornHost = bornHost;
        this.reconsumeTimes = reconsumeTimes;
        this.preparedOffset = preparedOffset;
        this.body = body;
        this.bodyCrc = StoredMessage.crc(body);
        this.properties = properties;
        this.tagHash = Properties.tagHash(properties);
        this.keyHashes = keyHashes;
    }

    /**
     * A stored message taken up again under another topic with other properties. One that has no
     * unique key can be found by where its original lies.
     */
    public static Message again(
            ByteBuffer stored,
            int at,
            int topicId,
            byte[] topic,
            int reconsumeTimes,
            byte[] properties) {
        return new Message(
                topicId,
                topic,
                StoredMessage.flag(stored, at),
                StoredMessage.systemFlag(stored, at),
                StoredMessage.bornMs(stored, at),
                StoredMessage.bornHost(stored, at),
                reconsumeTimes,
                0,
                StoredMessage.body(stored, at),
                properties,
                againHashes(topicId, properties));
    }

    private static long[] againHashes(int topicId, byte[] properties) {
        long[] hashes = KeyHash.all(topicId, properties);
        long origin = Properties.originPosition(properties);
        if (origin < 0 || Properties.range(properties, Properties.UNIQUE_KEY) >= 0) {
            return hashes;
        }
        long[] more = new long[hashes.length + 1];
        more[0] = KeyHash.ofOrigin(topicId, origin);
        System.arraycopy(hashes, 0, more, 1, hashes.length);
        return more.length > KeyHash.KEYS_MAX ? Arrays.copyOf(more, KeyHash.KEYS_MAX) : more;
    }

    /** The topic's incarnation. */
    public int topicId() {
        return topicId;
    }

    /** The hash of its tag, 0 if it has none. */
    public int tagHash() {
        return tagHash;
    }

    /** The hashes under which it can be found, see {@link KeyHash}. */
    public long[] keyHashes() {
        return keyHashes;
    }

    /** The encoded properties. */
    public byte[] properties() {
        return properties;
    }

    /** How often a consumer has given it back. */
    public int reconsumeTimes() {
        return reconsumeTimes;
    }

    /** The size of the body in bytes. */
    public int bodySizeBytes() {
        return body.remaining();
    }
}
