package io.sluice.protocol;

import org.jspecify.annotations.Nullable;

/**
 * {@link RequestCode#UPDATE_AND_CREATE_TOPIC}: creates or changes a topic.
 *
 * @param topic its name
 * @param defaultTopic a topic to take after, as the client has it; of no meaning here
 * @param readQueueNums how many queues are read; 0 to leave it as it is, or to the server
 * @param writeQueueNums how many queues are written; as {@code readQueueNums}
 * @param perm bits: 4 readable, 2 writable, 1 inherited
 * @param topicFilterType SINGLE_TAG or MULTI_TAG
 * @param topicSysFlag as RocketMQ has it
 * @param order whether queues keep their number for the sake of order
 * @param attributes changes such as {@code +message.type=FIFO,-cleanup.policy}; since 5.0
 */
public record CreateTopicHeader(
        String topic,
        String defaultTopic,
        int readQueueNums,
        int writeQueueNums,
        int perm,
        String topicFilterType,
        int topicSysFlag,
        boolean order,
        @Nullable String attributes) {

    /**
     * Reads the fields of a request.
     *
     * @throws HeaderException if one is missing or malformed
     */
    public static CreateTopicHeader decode(Header header) {
        return new CreateTopicHeader(
                header.text("topic"),
                header.text("defaultTopic"),
                header.intField("readQueueNums"),
                header.intField("writeQueueNums"),
                header.intField("perm"),
                header.text("topicFilterType"),
                header.intField("topicSysFlag", 0),
                header.booleanField("order", false),
                header.textOrNull("attributes"));
    }

    /** Writes the fields. */
    public FrameWriter encode(FrameWriter writer) {
        return writer.field("topic", topic)
                .field("defaultTopic", defaultTopic)
                .field("readQueueNums", readQueueNums)
                .field("writeQueueNums", writeQueueNums)
                .field("perm", perm)
                .field("topicFilterType", topicFilterType)
                .field("topicSysFlag", topicSysFlag)
                .field("order", order)
                .field("attributes", attributes);
    }
}
