package io.sluice.server.dispatch;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.sluice.engine.broker.Broker;
import io.sluice.engine.broker.Changes;
import io.sluice.engine.catalog.Names;
import io.sluice.engine.catalog.Topic;
import io.sluice.engine.catalog.TopicSettings;
import io.sluice.engine.message.Message;
import io.sluice.engine.message.Properties;
import io.sluice.engine.shard.Appended;
import io.sluice.engine.shard.Outcome;
import io.sluice.engine.shard.Refusal;
import io.sluice.engine.time.Clock;
import io.sluice.protocol.MessageId;
import io.sluice.protocol.ReplyMessageHeader;
import io.sluice.protocol.RequestCode;
import io.sluice.protocol.ResponseCode;
import io.sluice.protocol.SendMessageHeader;
import io.sluice.protocol.SendMessageResponse;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Brings the reply to a request message to the client that asked, over that client's own
 * connection, and tells the replier whether it has arrived.
 *
 * <p>As RocketMQ does by default, a reply is stored too, for whoever looks for it later; but only
 * one that has arrived, since the replier sends others again. That it cannot be stored is no
 * failure, since nobody waits for that.
 */
final class ReplyHandler {
    /** Where clients send replies: they make the name from the property {@code CLUSTER}. */
    static final String TOPIC = RouteHandler.CLUSTER + "_REPLY_TOPIC";

    static final int QUEUES = 1;

    /** As RocketMQ waits; senders wait 3 s unless told otherwise. */
    private static final long ARRIVAL_WITHIN_MS = 10_000;

    private static final byte[] PUSH_TIME = "PUSH_REPLY_TIME".getBytes(US_ASCII);

    /** What RocketMQ answers when a reply has no place in a queue: clients want to see one. */
    private static final Answer ARRIVED =
            Answer.ok(new SendMessageResponse("0", 0, 0, null, null)::encode);

    private final Broker broker;
    private final Clients clients;
    private final InetSocketAddress storeHost;
    private final Clock clock;

    ReplyHandler(Broker broker, Clients clients, InetSocketAddress storeHost, Clock clock) {
        this.broker = broker;
        this.clients = clients;
        this.storeHost = storeHost;
        this.clock = clock;
    }

    void reply(Request request) {
        SendMessageHeader fields = SendMessageHeader.decode(request.header());
        String fault = Names.topicFault(fields.topic());
        String requester = Properties.text(fields.properties(), SendProperties.REPLY_TO);
        if (fault != null) {
            request.fail(ResponseCode.INVALID_PARAMETER, fault);
        } else if (!Names.mayBeSentTo(fields.topic())) {
            request.answer(SendHandler.sendForbidden(fields.topic()));
        } else if (requester == null) {
            request.fail(
                    ResponseCode.SYSTEM_ERROR,
                    "the reply has no property REPLY_TO_CLIENT: make it of the request, with"
                            + " MessageUtil.createReplyMessage");
        } else {
            bring(request, fields, requester);
        }
    }

    private void bring(Request request, SendMessageHeader fields, String requester) {
        Peer peer = clients.sender(requester);
        if (peer == null) {
            request.answer(missed(requester, "not found: it has disconnected, or waits no more"));
            return;
        }
        ByteBuffer body = request.body();
        byte[] copy = new byte[body.remaining()];
        body.duplicate().get(copy);
        var header =
                new ReplyMessageHeader(
                        fields,
                        Properties.with(fields.properties(), PUSH_TIME, "" + clock.wallMs()),
                        text(request.peer().remoteAddress()),
                        text(storeHost),
                        clock.wallMs());
        peer.ask(
                new Call(RequestCode.PUSH_REPLY_MESSAGE_TO_CLIENT, header::encode, copy),
                ARRIVAL_WITHIN_MS,
                reply -> {
                    String why = why(reply);
                    if (why == null) {
                        store(request, fields, body);
                    } else {
                        request.answer(missed(requester, why));
                    }
                });
    }

    private static Answer missed(String requester, String why) {
        return Answer.error(
                ResponseCode.SYSTEM_ERROR,
                "the reply did not reach the client " + requester + ", " + why);
    }

    /** Why a reply has not arrived; null if it has. */
    private static @Nullable String why(Reply reply) {
        return switch (reply) {
            case Reply.Answered(int code, String remark, byte[] ignored) ->
                    code == ResponseCode.SUCCESS ? null : "which refused it: " + remark;
            case Reply.Silent(Reply.Silence silence) ->
                    switch (silence) {
                        case GONE -> "not found: it has just disconnected";
                        case LATE -> "which did not say that it has it: it is stuck, or far away";
                        case BUSY -> "which is behind with what it was sent before: try again";
                    };
        };
    }

    private static String text(InetSocketAddress address) {
        return address.getAddress().getHostAddress() + ":" + address.getPort();
    }

    private void store(Request request, SendMessageHeader fields, ByteBuffer body) {
        withTopic(
                fields.topic(),
                outcome -> {
                    switch (outcome) {
                        case Outcome.Done<Topic>(Topic topic) ->
                                store(request, fields, body, topic);
                        case Outcome.Refused<Topic> _ -> request.answer(ARRIVED);
                    }
                });
    }

    private void withTopic(String name, Consumer<Outcome<Topic>> next) {
        if (name.equals(TOPIC) && broker.catalog().topic(name) == null) {
            Changes.report(
                    broker.catalog().createSystemTopic(name, TopicSettings.of(QUEUES)),
                    Refusal.TOPIC_UNKNOWN,
                    next);
        } else {
            broker.topicForSend(name, next);
        }
    }

    private void store(Request request, SendMessageHeader fields, ByteBuffer body, Topic topic) {
        int queueId = Math.max(fields.queueId(), 0);
        Message message =
                new Message(
                        topic.id(),
                        topic.name().getBytes(UTF_8),
                        fields.flag(),
                        fields.sysFlag(),
                        fields.bornTimestampMs(),
                        request.peer().host(),
                        fields.reconsumeTimes(),
                        0,
                        body,
                        fields.properties());
        broker.append(
                topic,
                queueId,
                List.of(message),
                0,
                outcome -> request.answer(stored(outcome, queueId)));
    }

    private Answer stored(Outcome<Appended> outcome, int queueId) {
        return switch (outcome) {
            case Outcome.Done<Appended>(Appended appended) -> {
                MessageId id = new MessageId(storeHost, appended.positions()[0]);
                yield Answer.ok(
                        out -> SendMessageResponse.encode(out, id, queueId, appended.offset()));
            }
            case Outcome.Refused<Appended> _ -> ARRIVED;
        };
    }
}
