package io.sluice.protocol;

import org.jspecify.annotations.Nullable;

/**
 * {@link RequestCode#PULL_MESSAGE} and {@link RequestCode#LITE_PULL_MESSAGE}: reads messages of a
 * queue, or waits for them.
 *
 * @param consumerGroup the group
 * @param topic the topic
 * @param queueId the queue
 * @param queueOffset where to begin
 * @param maxMsgNums how many messages at most
 * @param sysFlag bits, see {@link #commits}, {@link #suspends}, {@link #carriesSubscription}
 * @param commitOffset the offset to commit if {@link #commits}
 * @param suspendTimeoutMs how long to wait for a message if {@link #suspends}
 * @param subscription the filter expression if {@link #carriesSubscription}
 * @param subVersion the version of the subscription, the time it was made
 * @param expressionType TAG or SQL92; TAG if the client does not say
 * @param maxMsgBytes how many bytes of messages at most; {@link Integer#MAX_VALUE} if the client
 *     does not say
 * @param brokerName the shard the client means; old clients do not say
 */
public record PullMessageHeader(
        String consumerGroup,
        String topic,
        int queueId,
        long queueOffset,
        int maxMsgNums,
        int sysFlag,
        long commitOffset,
        long suspendTimeoutMs,
        @Nullable String subscription,
        long subVersion,
        String expressionType,
        int maxMsgBytes,
        @Nullable String brokerName) {

    public static final int FLAG_COMMIT_OFFSET = 1;
    public static final int FLAG_SUSPEND = 2;
    public static final int FLAG_SUBSCRIPTION = 4;
    public static final int FLAG_CLASS_FILTER = 8;
    public static final int FLAG_LITE_PULL = 16;

    /** The expression type of clients that do not say. */
    public static final String TAG = "TAG";

    /**
     * Reads the fields of a request.
     *
     * @throws HeaderException if one is missing or malformed
     */
    public static PullMessageHeader decode(Header header) {
        String expressionType = header.textOrNull("expressionType");
        return new PullMessageHeader(
                header.text("consumerGroup"),
                header.text("topic"),
                header.intField("queueId"),
                header.longField("queueOffset"),
                header.intField("maxMsgNums"),
                header.intField("sysFlag"),
                header.longField("commitOffset"),
                header.longField("suspendTimeoutMillis"),
                header.textOrNull("subscription"),
                header.longField("subVersion"),
                expressionType == null ? TAG : expressionType,
                header.intField("maxMsgBytes", Integer.MAX_VALUE),
                header.textOrNull("bname"));
    }

    /** Whether {@link #commitOffset} is to be committed. */
    public boolean commits() {
        return (sysFlag & FLAG_COMMIT_OFFSET) != 0;
    }

    /** Whether to wait if nothing is there. */
    public boolean suspends() {
        return (sysFlag & FLAG_SUSPEND) != 0;
    }

    /** Whether {@link #subscription} counts, rather than what the last heartbeat said. */
    public boolean carriesSubscription() {
        return (sysFlag & FLAG_SUBSCRIPTION) != 0;
    }

    /** Whether the client had a class of its own filter, as up to RocketMQ 4. */
    public boolean filtersByClass() {
        return (sysFlag & FLAG_CLASS_FILTER) != 0;
    }

    /** Writes the fields. */
    public FrameWriter encode(FrameWriter writer) {
        writer.field("consumerGroup", consumerGroup)
                .field("topic", topic)
                .field("queueId", queueId)
                .field("queueOffset", queueOffset)
                .field("maxMsgNums", maxMsgNums)
                .field("sysFlag", sysFlag)
                .field("commitOffset", commitOffset)
                .field("suspendTimeoutMillis", suspendTimeoutMs)
                .field("subscription", subscription)
                .field("subVersion", subVersion)
                .field("expressionType", expressionType);
        if (maxMsgBytes != Integer.MAX_VALUE) {
            writer.field("maxMsgBytes", maxMsgBytes);
        }
        return writer.field("bname", brokerName);
    }
}
