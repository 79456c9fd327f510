package io.sluice.server.grpc;

import apache.rocketmq.v2.Code;
import io.sluice.engine.catalog.Group;
import io.sluice.engine.catalog.Topic;
import java.nio.ByteBuffer;
import java.util.Base64;

/**
 * By what a consumer names a message that it was handed: opaque to clients, 40 letters. It is of
 * one incarnation of a group and a topic.
 *
 * <pre>
 *   0  version   1     1
 *   1  group id  4
 *   5  topic id  4
 *   9  queue id  4
 *  13  offset    8
 *  21  number    8     that of the handing out
 *  29  zero      1     so that the text needs no filling
 * </pre>
 */
record Receipt(int groupId, int topicId, int queueId, long offset, long number) {
    private static final byte VERSION = 1;
    private static final int SIZE_BYTES = 30;
    private static final int LENGTH = SIZE_BYTES / 3 * 4;

    /** The text for the client. */
    String encode() {
        ByteBuffer out = ByteBuffer.allocate(SIZE_BYTES).put(VERSION);
        out.putInt(groupId).putInt(topicId).putInt(queueId).putLong(offset).putLong(number);
        return Base64.getUrlEncoder().encodeToString(out.array());
    }

    /**
     * What a client shows for a message of {@code topic} that {@code group} was handed.
     *
     * @throws CallFault if it is no receipt of these
     */
    static Receipt decode(String text, Group group, Topic topic) {
        if (text.length() != LENGTH) {
            throw invalid("it is no receipt handle of this server");
        }
        ByteBuffer in;
        try {
            in = ByteBuffer.wrap(Base64.getUrlDecoder().decode(text));
        } catch (IllegalArgumentException e) {
            throw invalid("it is no receipt handle of this server");
        }
        byte version = in.get();
        Receipt receipt =
                new Receipt(in.getInt(), in.getInt(), in.getInt(), in.getLong(), in.getLong());
        if (version != VERSION || in.get() != 0) {
            throw invalid("it is no receipt handle of this server");
        }
        if (receipt.groupId != group.id() || receipt.topicId != topic.id()) {
            throw invalid(
                    "it is not of group %s and topic %s as they are now"
                            .formatted(group.name(), topic.name()));
        }
        return receipt;
    }

    private static CallFault invalid(String why) {
        return new CallFault(
                Code.INVALID_RECEIPT_HANDLE,
                why + ": show the handle that came with the message last");
    }
}
