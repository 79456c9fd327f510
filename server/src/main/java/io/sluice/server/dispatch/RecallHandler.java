package io.sluice.server.dispatch;

import io.sluice.engine.broker.Broker;
import io.sluice.engine.catalog.Topic;
import io.sluice.protocol.RecallMessageHeader;
import io.sluice.protocol.ResponseCode;

/** Takes delayed messages back. Codes as those of RocketMQ's {@code RecallMessageProcessor}. */
final class RecallHandler {
    private final Broker broker;

    RecallHandler(Broker broker) {
        this.broker = broker;
    }

    void recall(Request request) {
        RecallMessageHeader fields = RecallMessageHeader.decode(request.header());
        Topic topic = broker.catalog().topic(fields.topic());
        RecallHandle handle = RecallHandle.decode(fields.recallHandle());
        if (topic == null) {
            request.fail(
                    ResponseCode.TOPIC_NOT_EXIST,
                    "recall failed: topic " + fields.topic() + " does not exist");
        } else if (handle == null) {
            request.fail(
                    ResponseCode.ILLEGAL_OPERATION,
                    "recall failed: the handle is none of this server's; take it from the answer to"
                            + " the send");
        } else if (!handle.topic().equals(topic.name())) {
            request.fail(
                    ResponseCode.ILLEGAL_OPERATION,
                    "recall failed: the handle is of topic " + handle.topic());
        } else {
            broker.delays()
                    .recall(
                            topic,
                            handle.dueMs(),
                            handle.position(),
                            request.answering(position ->
                                    Answer.ok(out -> out.field("msgId", handle.messageId()))));
        }
    }
}
