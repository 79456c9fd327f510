package io.sluice.engine.message;

import java.nio.ByteBuffer;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;

/**
 * The layout in which a message lies in the log and travels to every remoting client: a pull is a
 * copy of these bytes. It is RocketMQ's (see {@code MessageDecoder} of its clients), big-endian:
 *
 * <pre>
 *   0  total size          4     everything, this field included
 *   4  magic               4     V1, or V2 if the topic takes more than 127 bytes
 *   8  body CRC            4     CRC32 of the body, without its sign bit
 *  12  queue id            4
 *  16  flag                4     the application's own
 *  20  queue offset        8     patched by the shard
 *  28  position            8     where byte 0 lies in the log, patched by the shard
 *  36  system flag         4     bit 0 compressed, bits 2-3 transaction, 4/5 IPv6 born/store host
 *  40  born time           8     ms, the producer's clock
 *  48  born host           8     address and port; 20 with IPv6
 *   +  store time          8     ms, patched by the shard
 *   +  store host          8     address and port; 20 with IPv6
 *   +  reconsume times     4     how often a consumer has given it back
 *   +  prepared offset     8
 *   +  body size           4, body
 *   +  topic size          1 (V1) or 2 (V2), topic
 *   +  properties size     2, properties (see {@link Properties})
 * </pre>
 *
 * Pure functions over a buffer and the index of byte 0; they trust the sizes in it, which {@link
 * #isWhole} checks once for bytes that came by a position a client named.
 */
public final class StoredMessage {
    static final int MAGIC_V1 = 0xDAA320A7;
    static final int MAGIC_V2 = 0xDAA320AB;

    private static final int MAGIC = 4;
    private static final int BODY_CRC = 8;
    private static final int QUEUE_ID = 12;
    private static final int FLAG = 16;
    private static final int QUEUE_OFFSET = 20;
    private static final int POSITION = 28;
    private static final int SYSTEM_FLAG = 36;
    private static final int BORN_TIME = 40;
    private static final int BORN_HOST = 48;

    /** System flag bit: the body is compressed. */
    public static final int COMPRESSED = 1;

    /** System flag bit: the born host is an IPv6 address. */
    public static final int BORN_HOST_V6 = 1 << 4;

    /** System flag bit: the store host is an IPv6 address. */
    public static final int STORE_HOST_V6 = 1 << 5;

    /** System flag bits: both set for a rolled back transaction. */
    private static final int TRANSACTION = 3 << 2;

    private static final int TRANSACTION_COMMITTED = 2 << 2;

    /** The smallest possible size in bytes: no body, no properties, a topic of one letter. */
    public static final int SIZE_BYTES_MIN = 92;

    /** The largest size in bytes of what comes before the body: see {@link #topicIndex}. */
    public static final int HEAD_SIZE_BYTES_MAX = 112;

    /** In the log a message is followed by its {@link #checksum}, so many bytes. */
    public static final int CHECKSUM_SIZE_BYTES = 4;

    private StoredMessage() {}

    /** The size in bytes that {@code message} takes when stored. */
    public static int sizeBytes(Message message, int storeHostSizeBytes) {
        int topic = message.topic.length;
        return 48
                + message.bornHost.length
                + 8
                + storeHostSizeBytes
                + 4
                + 8
                + 4
                + message.body.remaining()
                + (topic > Byte.MAX_VALUE ? 2 : 1)
                + topic
                + 2
                + message.properties.length;
    }

    /** Writes {@code message} at the buffer's position and moves past it. */
    public static void write(
            ByteBuffer out,
            Message message,
            int sizeBytes,
            int queueId,
            long queueOffset,
            long position,
            long storeMs,
            byte[] storeHost) {
        boolean wideTopic = message.topic.length > Byte.MAX_VALUE;
        out.putInt(sizeBytes).putInt(wideTopic ? MAGIC_V2 : MAGIC_V1).putInt(message.bodyCrc);
        out.putInt(queueId).putInt(message.flag).putLong(queueOffset).putLong(position);
        int hosts =
                (message.bornHost.length > 8 ? BORN_HOST_V6 : 0)
                        | (storeHost.length > 8 ? STORE_HOST_V6 : 0);
        out.putInt((message.systemFlag & ~(BORN_HOST_V6 | STORE_HOST_V6)) | hosts);
        out.putLong(message.bornMs).put(message.bornHost);
        out.putLong(storeMs).put(storeHost);
        out.putInt(message.reconsumeTimes).putLong(message.preparedOffset);
        ByteBuffer body = message.body;
        int bodySize = body.remaining();
        out.putInt(bodySize).put(out.position(), body, body.position(), bodySize);
        out.position(out.position() + bodySize);
        if (wideTopic) {
            out.putShort((short) message.topic.length);
        } else {
            out.put((byte) message.topic.length);
        }
        out.put(message.topic);
        out.putShort((short) message.properties.length).put(message.properties);
    }

    /** Gives a stored message its place: used when a scheduled message becomes due. */
    public static void place(
            ByteBuffer in, int at, int queueId, long queueOffset, long position, long storeMs) {
        in.putInt(at + QUEUE_ID, queueId);
        in.putLong(at + QUEUE_OFFSET, queueOffset);
        in.putLong(at + POSITION, position);
        in.putLong(storeTimeIndex(in, at), storeMs);
    }

    /** Says that it is the message of a committed transaction whose half lay elsewhere. */
    public static void commit(ByteBuffer in, int at, long halfPosition) {
        int flag = (systemFlag(in, at) & ~TRANSACTION) | TRANSACTION_COMMITTED;
        in.putInt(at + SYSTEM_FLAG, flag);
        in.putLong(bodySizeIndex(in, at) - 8, halfPosition);
    }

    /**
     * Whether {@code in} holds, from {@code at} on, one whole message that was stored at {@code
     * position}: the check for a position that a client named.
     */
    public static boolean isWhole(ByteBuffer in, int at, int sizeBytes, long position) {
        if (sizeBytes < SIZE_BYTES_MIN || in.getInt(at) != sizeBytes) {
            return false;
        }
        int magic = in.getInt(at + MAGIC);
        if ((magic != MAGIC_V1 && magic != MAGIC_V2) || in.getLong(at + POSITION) != position) {
            return false;
        }
        int end = at + sizeBytes;
        int body = bodySizeIndex(in, at);
        if (body + 4 > end || in.getInt(body) < 0 || in.getInt(body) > end - body - 4) {
            return false;
        }
        int topic = body + 4 + in.getInt(body);
        int topicEnd = topic + (magic == MAGIC_V2 ? 2 : 1);
        if (topicEnd > end) {
            return false;
        }
        int topicSize = topicSizeBytes(in, at, topic);
        int properties = topicEnd + topicSize;
        return topicSize >= 0
                && properties + 2 <= end
                && properties + 2 + in.getShort(properties) == end;
    }

    /**
     * Whether it is whole and every byte is what was stored: the check for bytes that come from
     * storage, where they may have changed since they were written.
     *
     * @param checksum {@link #checksum} when it was stored
     */
    public static boolean isIntact(
            ByteBuffer in, int at, int sizeBytes, long position, int checksum) {
        return hasIntactBody(in, at, sizeBytes, position) && checksum(in, at) == checksum;
    }

    /** Whether it is whole and its body is what was sent. */
    public static boolean hasIntactBody(ByteBuffer in, int at, int sizeBytes, long position) {
        return isWhole(in, at, sizeBytes, position) && crc(body(in, at)) == bodyCrc(in, at);
    }

    /**
     * CRC32C of everything but the body, which has a checksum of its own among these bytes.
     *
     * @param at where a whole message begins
     */
    public static int checksum(ByteBuffer in, int at) {
        int bodySize = bodySizeIndex(in, at);
        int afterBody = bodySize + 4 + in.getInt(bodySize);
        CRC32C crc = new CRC32C();
        crc.update(in.slice(at, bodySize + 4 - at));
        crc.update(in.slice(afterBody, at + sizeBytes(in, at) - afterBody));
        return (int) crc.getValue();
    }

    /** CRC32 of a body without its sign bit, as RocketMQ's clients check it. */
    static int crc(ByteBuffer body) {
        CRC32 crc = new CRC32();
        crc.update(body.duplicate());
        return (int) crc.getValue() & Integer.MAX_VALUE;
    }

    /** The size in bytes. */
    public static int sizeBytes(ByteBuffer in, int at) {
        return in.getInt(at);
    }

    /** The body's CRC. */
    public static int bodyCrc(ByteBuffer in, int at) {
        return in.getInt(at + BODY_CRC);
    }

    /** The queue it was stored in. */
    public static int queueId(ByteBuffer in, int at) {
        return in.getInt(at + QUEUE_ID);
    }

    /** The application's flag. */
    public static int flag(ByteBuffer in, int at) {
        return in.getInt(at + FLAG);
    }

    /** Its offset in its queue. */
    public static long queueOffset(ByteBuffer in, int at) {
        return in.getLong(at + QUEUE_OFFSET);
    }

    /** Its position in the log. */
    public static long position(ByteBuffer in, int at) {
        return in.getLong(at + POSITION);
    }

    /** The system flag. */
    public static int systemFlag(ByteBuffer in, int at) {
        return in.getInt(at + SYSTEM_FLAG);
    }

    /** When the producer made it, in ms of the producer's clock. */
    public static long bornMs(ByteBuffer in, int at) {
        return in.getLong(at + BORN_TIME);
    }

    /** The producer's address and port, 8 or 20 bytes. */
    public static byte[] bornHost(ByteBuffer in, int at) {
        return bytes(in, at + BORN_HOST, hostSizeBytes(in, at, BORN_HOST_V6));
    }

    /** When it was stored, in ms of the server's clock. */
    public static long storeMs(ByteBuffer in, int at) {
        return in.getLong(storeTimeIndex(in, at));
    }

    /** The server's address and port, 8 or 20 bytes. */
    public static byte[] storeHost(ByteBuffer in, int at) {
        return bytes(in, storeTimeIndex(in, at) + 8, hostSizeBytes(in, at, STORE_HOST_V6));
    }

    /** How often a consumer has given it back. */
    public static int reconsumeTimes(ByteBuffer in, int at) {
        return in.getInt(bodySizeIndex(in, at) - 12);
    }

    /** Says in a copy that goes to a consumer how often it has been given back. */
    public static void reconsumed(ByteBuffer in, int at, int times) {
        in.putInt(bodySizeIndex(in, at) - 12, times);
    }

    /** The prepared offset of a transaction. */
    public static long preparedOffset(ByteBuffer in, int at) {
        return in.getLong(bodySizeIndex(in, at) - 8);
    }

    /** A view of the body. */
    public static ByteBuffer body(ByteBuffer in, int at) {
        int size = bodySizeIndex(in, at);
        return in.slice(size + 4, in.getInt(size));
    }

    /** The topic's name, UTF-8. */
    public static byte[] topic(ByteBuffer in, int at) {
        int topic = topicIndex(in, at);
        int wide = in.getInt(at + MAGIC) == MAGIC_V2 ? 2 : 1;
        return bytes(in, topic + wide, topicSizeBytes(in, at, topic));
    }

    /** The properties, see {@link Properties}. */
    public static byte[] properties(ByteBuffer in, int at) {
        int properties = propertiesIndex(in, at);
        return bytes(in, properties + 2, in.getShort(properties));
    }

    /** The index in {@code in} of the value of a property, packed with its size; -1 if absent. */
    static long propertyRange(ByteBuffer in, int at, byte[] name) {
        int properties = propertiesIndex(in, at);
        return Properties.range(in, properties + 2, in.getShort(properties), name);
    }

    /** Whether the property {@code name} has exactly the value {@code value}. */
    public static boolean propertyEquals(ByteBuffer in, int at, byte[] name, byte[] value) {
        long range = propertyRange(in, at, name);
        int size = (int) range;
        if (range < 0 || size != value.length) {
            return false;
        }
        int from = (int) (range >>> 32);
        for (int i = 0; i < size; i++) {
            if (in.get(from + i) != value[i]) {
                return false;
            }
        }
        return true;
    }

    private static int propertiesIndex(ByteBuffer in, int at) {
        int topic = topicIndex(in, at);
        int wide = in.getInt(at + MAGIC) == MAGIC_V2 ? 2 : 1;
        return topic + wide + topicSizeBytes(in, at, topic);
    }

    /**
     * Where its topic and properties begin, behind the body: in the first {@link
     * #HEAD_SIZE_BYTES_MAX} bytes stands what this needs.
     */
    public static int topicIndex(ByteBuffer in, int at) {
        int body = bodySizeIndex(in, at);
        return body + 4 + in.getInt(body);
    }

    /** Where its properties begin, which go to its end. */
    public static int propertiesStart(ByteBuffer in, int at) {
        return propertiesIndex(in, at) + 2;
    }

    /**
     * The same, where only the end of a message is there.
     *
     * @param topic where its topic begins
     * @param wide {@link #hasWideTopic}
     */
    public static int propertiesStart(ByteBuffer tail, int topic, boolean wide) {
        return topic + (wide ? 4 + (tail.getShort(topic) & 0xFFFF) : 3 + tail.get(topic));
    }

    /** Whether the size of its topic takes two bytes. */
    public static boolean hasWideTopic(ByteBuffer in, int at) {
        return in.getInt(at + MAGIC) == MAGIC_V2;
    }

    private static int topicSizeBytes(ByteBuffer in, int at, int topic) {
        return in.getInt(at + MAGIC) == MAGIC_V2 ? in.getShort(topic) & 0xFFFF : in.get(topic);
    }

    private static int storeTimeIndex(ByteBuffer in, int at) {
        return at + BORN_HOST + hostSizeBytes(in, at, BORN_HOST_V6);
    }

    private static int bodySizeIndex(ByteBuffer in, int at) {
        return storeTimeIndex(in, at) + 8 + hostSizeBytes(in, at, STORE_HOST_V6) + 12;
    }

    private static int hostSizeBytes(ByteBuffer in, int at, int v6Bit) {
        return (in.getInt(at + SYSTEM_FLAG) & v6Bit) == 0 ? 8 : 20;
    }

    private static byte[] bytes(ByteBuffer in, int index, int sizeBytes) {
        byte[] bytes = new byte[sizeBytes];
        in.get(index, bytes);
        return bytes;
    }
}
