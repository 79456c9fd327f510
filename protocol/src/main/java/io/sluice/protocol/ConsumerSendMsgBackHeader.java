package io.sluice.protocol;

import org.jspecify.annotations.Nullable;

/**
 * {@link RequestCode#CONSUMER_SEND_MSG_BACK}: consuming a message failed; deliver it again later.
 *
 * @param group the consumer group
 * @param offset the position of the message in the shard's log, not its queue offset
 * @param delayLevel when: 0 lets the server choose, a positive number is a delay level, a negative
 *     one means never: dead letter
 * @param originMsgId the message's id as the client knows it
 * @param originTopic the topic the group subscribes to
 * @param unitMode as the client has it
 * @param maxReconsumeTimes how often the client wants it retried; {@value #ABSENT} if it does not
 *     say
 * @param brokerName the shard the client means; old clients do not say
 */
public record ConsumerSendMsgBackHeader(
        String group,
        long offset,
        int delayLevel,
        @Nullable String originMsgId,
        @Nullable String originTopic,
        boolean unitMode,
        int maxReconsumeTimes,
        @Nullable String brokerName) {

    /** What {@link #maxReconsumeTimes} says if the client does not. */
    public static final int ABSENT = -1;

    /**
     * Reads the fields of a request.
     *
     * @throws HeaderException if one is missing or malformed
     */
    public static ConsumerSendMsgBackHeader decode(Header header) {
        return new ConsumerSendMsgBackHeader(
                header.text("group"),
                header.longField("offset"),
                header.intField("delayLevel"),
                header.textOrNull("originMsgId"),
                header.textOrNull("originTopic"),
                header.booleanField("unitMode", false),
                header.intField("maxReconsumeTimes", ABSENT),
                header.textOrNull("bname"));
    }

    /** Writes the fields. */
    public FrameWriter encode(FrameWriter writer) {
        return writer.field("group", group)
                .field("offset", offset)
                .field("delayLevel", delayLevel)
                .field("originMsgId", originMsgId)
                .field("originTopic", originTopic)
                .field("unitMode", unitMode)
                .field("bname", brokerName)
                .field(
                        "maxReconsumeTimes",
                        maxReconsumeTimes == ABSENT ? null : Integer.toString(maxReconsumeTimes));
    }
}
