package io.sluice.server.grpc;

import apache.rocketmq.v2.MessageType;
import apache.rocketmq.v2.SystemProperties;
import io.sluice.engine.catalog.Topic;
import io.sluice.engine.catalog.TopicSettings;
import java.util.List;

/**
 * Which kinds of messages a topic takes: the one that its attribute {@code message.type} declares,
 * or all, if it declares none or MIXED. RocketMQ takes a topic that declares none for NORMAL; here
 * a topic that a remoting client made can be used by every client.
 */
final class MessageTypes {
    private static final List<MessageType> ALL =
            List.of(
                    MessageType.NORMAL,
                    MessageType.FIFO,
                    MessageType.DELAY,
                    MessageType.TRANSACTION);

    private MessageTypes() {}

    static List<MessageType> accepted(Topic topic) {
        String declared = topic.settings().attributes().get(TopicSettings.MESSAGE_TYPE);
        if (declared == null) {
            return ALL;
        }
        return switch (declared) {
            case "NORMAL" -> List.of(MessageType.NORMAL);
            case "FIFO" -> List.of(MessageType.FIFO);
            case "DELAY" -> List.of(MessageType.DELAY);
            case "TRANSACTION" -> List.of(MessageType.TRANSACTION);
            case "PRIORITY" -> List.of(MessageType.PRIORITY);
            case "LITE" -> List.of(MessageType.LITE);
            default -> ALL;
        };
    }

    /** The kind of a message; clients that do not say it show it by what they set. */
    static MessageType of(SystemProperties properties) {
        MessageType said = properties.getMessageType();
        if (said != MessageType.MESSAGE_TYPE_UNSPECIFIED && said != MessageType.UNRECOGNIZED) {
            return said;
        }
        if (properties.hasLiteTopic()) {
            return MessageType.LITE;
        }
        if (properties.hasDeliveryTimestamp()) {
            return MessageType.DELAY;
        }
        if (properties.hasPriority()) {
            return MessageType.PRIORITY;
        }
        return properties.hasMessageGroup() ? MessageType.FIFO : MessageType.NORMAL;
    }
}
