package io.sluice.protocol;

import io.netty.buffer.ByteBuf;

/**
 * The cut of a byte stream into frames. Nothing is allocated, copied or moved here: lengths are
 * checked the moment their bytes are there, long before anyone makes room for what they announce.
 *
 * <pre>
 *   0               4               8               8 + h           4 + l
 *   +---------------+---------------+---------------+---------------+
 *   | l: length of  | serialize     | header        | body          |
 *   | what follows  | type (8 bit), |               |               |
 *   |               | h (24 bit)    |               |               |
 *   +---------------+---------------+---------------+---------------+
 * </pre>
 */
public final class Frame {
    /** Not all of the frame's bytes are there yet. */
    public static final int INCOMPLETE = -1;

    /** The frame limit of RocketMQ's own servers and clients, in bytes. */
    public static final int SIZE_BYTES_MAX = 16 * 1024 * 1024;

    /**
     * The largest header that is read, in bytes. The largest legitimate part of one is the message
     * properties: 32 KiB, or six times as much when every byte of them is escaped.
     */
    public static final int HEADER_SIZE_BYTES_MAX = 1024 * 1024;

    /** The protocol version that Sluice speaks: the ordinal of RocketMQ's {@code V5_5_0}. */
    public static final int VERSION = 513;

    static final int FLAG_RESPONSE = 1;
    static final int FLAG_ONEWAY = 2;
    static final int PREFIX_SIZE_BYTES = 8;
    private static final int LENGTH_SIZE_BYTES = 4;

    private Frame() {}

    /**
     * The size of the frame that begins at the reader index of {@code in}.
     *
     * @param sizeBytesMax the largest frame to accept, in bytes, its length field included
     * @return the size in bytes of the whole frame, its length field included, all of them
     *     readable; {@link #INCOMPLETE} if more bytes have to come
     * @throws FrameException if the lengths contradict each other or the limits, or the serialize
     *     type is unknown; thrown as soon as the bytes that say so are there
     */
    public static int sizeBytes(ByteBuf in, int sizeBytesMax) {
        int readable = in.readableBytes();
        if (readable < LENGTH_SIZE_BYTES) {
            return INCOMPLETE;
        }
        int length = in.getInt(in.readerIndex());
        checkLength(length, sizeBytesMax);
        if (readable < PREFIX_SIZE_BYTES) {
            return INCOMPLETE;
        }
        checkHeaderWord(in.getInt(in.readerIndex() + LENGTH_SIZE_BYTES), length);
        int size = LENGTH_SIZE_BYTES + length;
        return readable < size ? INCOMPLETE : size;
    }

    private static void checkLength(int length, int sizeBytesMax) {
        if (length < LENGTH_SIZE_BYTES) {
            throw new FrameException(
                    "frame length " + length + " is shorter than a header word: not RocketMQ?");
        }
        if (length > sizeBytesMax - LENGTH_SIZE_BYTES) {
            throw new FrameException(
                    "frame length " + length + " is above the limit of " + sizeBytesMax + " bytes");
        }
    }

    private static void checkHeaderWord(int word, int length) {
        int type = word >>> 24;
        if (type > SerializeType.ROCKETMQ.code) {
            throw new FrameException(
                    "serialize type " + type + " is unknown: 0 is JSON, 1 is ROCKETMQ");
        }
        int headerSize = headerSizeBytes(word);
        if (headerSize > length - LENGTH_SIZE_BYTES) {
            throw new FrameException(
                    "header length " + headerSize + " exceeds the frame's length " + length);
        }
        if (headerSize > HEADER_SIZE_BYTES_MAX) {
            throw new FrameException(
                    "header length "
                            + headerSize
                            + " is above the limit of "
                            + HEADER_SIZE_BYTES_MAX
                            + " bytes");
        }
    }

    static int headerSizeBytes(int word) {
        return word & 0xFFFFFF;
    }

    static SerializeType serializeType(int word) {
        return word >>> 24 == SerializeType.JSON.code ? SerializeType.JSON : SerializeType.ROCKETMQ;
    }
}
