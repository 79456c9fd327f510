package io.sluice.engine.message;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
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
    private final long fingerprintHigh;
    private final long fingerprintLow;

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
        long unique = Properties.range(properties, Properties.UNIQUE_KEY);
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
                unique,
                KeyHash.all(topicId, properties, unique));
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
            long unique,
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
        long content = Fingerprint.content(bodyCrc, body.remaining(), tagHash);
        this.fingerprintHigh = unique < 0 ? 0 : Fingerprint.high(properties, unique, topicId);
        this.fingerprintLow = unique < 0 ? 0 : Fingerprint.low(properties, unique, content);
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
        long unique = Properties.range(properties, Properties.UNIQUE_KEY);
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
                unique,
                againHashes(topicId, properties, unique));
    }

    private static long[] againHashes(int topicId, byte[] properties, long unique) {
        long[] hashes = KeyHash.all(topicId, properties, unique);
        long origin = unique < 0 ? Properties.originPosition(properties) : -1;
        if (origin < 0) {
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

    /** The topic's name. */
    public String topicName() {
        return new String(topic, StandardCharsets.UTF_8);
    }

    /** The hash of its tag, 0 if it has none. */
    public int tagHash() {
        return tagHash;
    }

    /** The hashes under which it can be found, see {@link KeyHash}. */
    public long[] keyHashes() {
        return keyHashes;
    }

    /** The high half of its {@link Fingerprint}; 0 if it has none. */
    public long fingerprintHigh() {
        return fingerprintHigh;
    }

    /** The low half of its {@link Fingerprint}. */
    public long fingerprintLow() {
        return fingerprintLow;
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
