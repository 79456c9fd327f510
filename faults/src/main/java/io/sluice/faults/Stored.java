package io.sluice.faults;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;

/**
 * Reads the layout in which messages are pulled, as clients do: see RocketMQ's {@code
 * MessageDecoder}. Functions over a buffer and the index of a message's first byte.
 */
final class Stored {
    private static final int SYSTEM_FLAG = 36;
    private static final int BORN_HOST_V6 = 1 << 4;
    private static final int STORE_HOST_V6 = 1 << 5;
    private static final int MAGIC_V2 = 0xDAA320AB;

    private Stored() {}

    static int sizeBytes(ByteBuffer in, int at) {
        return in.getInt(at);
    }

    static int queueId(ByteBuffer in, int at) {
        return in.getInt(at + 12);
    }

    static long queueOffset(ByteBuffer in, int at) {
        return in.getLong(at + 20);
    }

    static long position(ByteBuffer in, int at) {
        return in.getLong(at + 28);
    }

    static long storeMs(ByteBuffer in, int at) {
        return in.getLong(afterBornHost(in, at));
    }

    static int reconsumeTimes(ByteBuffer in, int at) {
        return in.getInt(bodySizeIndex(in, at) - 12);
    }

    static int bodySizeBytes(ByteBuffer in, int at) {
        return in.getInt(bodySizeIndex(in, at));
    }

    static int bodyIndex(ByteBuffer in, int at) {
        return bodySizeIndex(in, at) + 4;
    }

    static String topic(ByteBuffer in, int at) {
        int index = topicIndex(in, at);
        byte[] name = new byte[topicSizeBytes(in, at)];
        in.get(index, name);
        return new String(name, UTF_8);
    }

    static int propertiesIndex(ByteBuffer in, int at) {
        return topicIndex(in, at) + topicSizeBytes(in, at) + 2;
    }

    static int propertiesSizeBytes(ByteBuffer in, int at) {
        return in.getShort(propertiesIndex(in, at) - 2);
    }

    private static int topicIndex(ByteBuffer in, int at) {
        int wide = in.getInt(at + 4) == MAGIC_V2 ? 2 : 1;
        return bodyIndex(in, at) + bodySizeBytes(in, at) + wide;
    }

    private static int topicSizeBytes(ByteBuffer in, int at) {
        int index = bodyIndex(in, at) + bodySizeBytes(in, at);
        return in.getInt(at + 4) == MAGIC_V2 ? in.getShort(index) : in.get(index);
    }

    private static int afterBornHost(ByteBuffer in, int at) {
        return at + 48 + ((in.getInt(at + SYSTEM_FLAG) & BORN_HOST_V6) == 0 ? 8 : 20);
    }

    private static int bodySizeIndex(ByteBuffer in, int at) {
        int storeHost = (in.getInt(at + SYSTEM_FLAG) & STORE_HOST_V6) == 0 ? 8 : 20;
        return afterBornHost(in, at) + 8 + storeHost + 12;
    }
}
