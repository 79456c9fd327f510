package io.sluice.protocol;

import org.jspecify.annotations.Nullable;

/**
 * {@link RequestCode#POP_MESSAGE}: lease messages of a topic.
 *
 * @param consumerGroup the group
 * @param topic the topic
 * @param queueId the queue; -1 for any
 * @param maxMsgNums messages at most
 * @param invisibleTimeMs for how long they are leased
 * @param pollTimeMs how long to wait if there are none
 * @param initMode where a new group begins: {@link #INIT_MIN} or {@link #INIT_MAX}
 * @param expressionType how {@link #expression} is written; null for tags
 * @param expression which messages are wanted; null for all
 * @param order whether to keep the order of each queue
 * @param attemptId names what an ordered pop asks for, so that it can be repeated; null if it is
 *     not
 */
public record PopMessageHeader(
        String consumerGroup,
        String topic,
        int queueId,
        int maxMsgNums,
        long invisibleTimeMs,
        long pollTimeMs,
        int initMode,
        @Nullable String expressionType,
        @Nullable String expression,
        boolean order,
        @Nullable String attemptId) {

    /** A new group begins at a queue's first message. */
    public static final int INIT_MIN = 0;

    /** A new group begins at a queue's end. */
    public static final int INIT_MAX = 1;

    /**
     * Reads the fields of a request.
     *
     * @throws HeaderException if one is missing or malformed
     */
    public static PopMessageHeader decode(Header header) {
        return new PopMessageHeader(
                header.text("consumerGroup"),
                header.text("topic"),
                header.intField("queueId"),
                header.intField("maxMsgNums"),
                header.longField("invisibleTime"),
                header.longField("pollTime"),
                header.intField("initMode"),
                header.textOrNull("expType"),
                header.textOrNull("exp"),
                header.booleanField("order", false),
                header.textOrNull("attemptId"));
    }

    /** Writes the fields. */
    public FrameWriter encode(FrameWriter writer) {
        return writer.field("consumerGroup", consumerGroup)
                .field("topic", topic)
                .field("queueId", queueId)
                .field("maxMsgNums", maxMsgNums)
                .field("invisibleTime", invisibleTimeMs)
                .field("pollTime", pollTimeMs)
                .field("bornTime", 0)
                .field("initMode", initMode)
                .field("expType", expressionType)
                .field("exp", expression)
                .field("order", order)
                .field("attemptId", attemptId);
    }
}
