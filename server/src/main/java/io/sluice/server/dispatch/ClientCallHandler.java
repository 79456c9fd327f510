package io.sluice.server.dispatch;

import io.netty.buffer.Unpooled;
import io.sluice.engine.broker.Broker;
import io.sluice.protocol.ConsumeMessageDirectlyHeader;
import io.sluice.protocol.GetConsumerRunningInfoHeader;
import io.sluice.protocol.MessageId;
import io.sluice.protocol.ResponseCode;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Passes on what an operator asks of one consumer, and that consumer's answer. */
final class ClientCallHandler {
    /** As RocketMQ's; tools wait 5 s unless told otherwise. */
    private static final long ANSWER_WITHIN_MS = 10_000;

    private final Broker broker;
    private final Clients clients;

    ClientCallHandler(Broker broker, Clients clients) {
        this.broker = broker;
        this.clients = clients;
    }

    void runningInfo(Request request) {
        var fields = GetConsumerRunningInfoHeader.decode(request.header());
        Peer peer = member(request, fields.consumerGroup(), fields.clientId());
        if (peer != null) {
            peer.askRunningInfo(
                    fields,
                    ANSWER_WITHIN_MS,
                    reply -> request.answer(answer(reply, fields.clientId())));
        }
    }

    /** Has a client consume a message now; what is stored and committed stays as it is. */
    void consumeDirectly(Request request) {
        var fields = ConsumeMessageDirectlyHeader.decode(request.header());
        Peer peer = member(request, fields.consumerGroup(), fields.clientId());
        MessageId id = peer == null ? null : messageId(request, fields.msgId());
        if (peer == null || id == null) {
            return;
        }
        var named =
                new ConsumeMessageDirectlyHeader(
                        fields.consumerGroup(),
                        fields.clientId(),
                        fields.msgId(),
                        fields.topic(),
                        RouteHandler.BROKER_NAME);
        broker.message(
                id.position(),
                request.then(message -> {
                    byte[] body = bytes(message);
                    peer.askToConsume(
                            named,
                            body,
                            ANSWER_WITHIN_MS,
                            reply -> request.answer(answer(reply, fields.clientId())));
                }));
    }

    private static byte[] bytes(ByteBuffer message) {
        byte[] bytes = new byte[message.remaining()];
        message.duplicate().get(bytes);
        return bytes;
    }

    private @Nullable Peer member(Request request, String group, String clientId) {
        Peer peer = clients.consumer(group, clientId);
        if (peer == null) {
            request.fail(
                    ResponseCode.SYSTEM_ERROR,
                    "The Consumer <%s> <%s> not online: start it, or ask for another member"
                            .formatted(group, clientId));
        }
        return peer;
    }

    private static @Nullable MessageId messageId(Request request, String text) {
        try {
            return MessageId.parse(text);
        } catch (IllegalArgumentException e) {
            request.fail(ResponseCode.INVALID_PARAMETER, "" + e.getMessage());
            return null;
        }
    }

    private static Answer answer(Reply reply, String clientId) {
        return switch (reply) {
            case Reply.Answered(int code, String remark, byte[] body) ->
                    new Answer(
                            code == (short) code ? code : ResponseCode.SYSTEM_ERROR,
                            remark,
                            out -> out,
                            Unpooled.wrappedBuffer(body));
            case Reply.Silent(Reply.Silence why) ->
                    Answer.error(
                            why == Reply.Silence.LATE
                                    ? ResponseCode.CONSUME_MSG_TIMEOUT
                                    : ResponseCode.SYSTEM_ERROR,
                            "no answer from the consumer " + clientId + ": " + reason(why));
        };
    }

    private static String reason(Reply.Silence why) {
        return switch (why) {
            case GONE -> "it has just disconnected";
            case LATE -> "it said nothing within " + ANSWER_WITHIN_MS / 1000 + " s";
            case BUSY -> "it is behind with what it was sent before: try again";
        };
    }
}
