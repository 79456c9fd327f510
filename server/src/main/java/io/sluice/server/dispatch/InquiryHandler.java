package io.sluice.server.dispatch;

import io.netty.buffer.Unpooled;
import io.sluice.engine.broker.Broker;
import io.sluice.engine.broker.Finder;
import io.sluice.engine.broker.Located;
import io.sluice.engine.broker.Resending;
import io.sluice.engine.broker.Why;
import io.sluice.engine.catalog.Group;
import io.sluice.engine.catalog.Topic;
import io.sluice.engine.message.Properties;
import io.sluice.engine.message.StoredMessage;
import io.sluice.engine.queue.MessageFilter;
import io.sluice.engine.shard.Outcome;
import io.sluice.engine.shard.PendingMessage;
import io.sluice.engine.shard.Refusal;
import io.sluice.protocol.LocateMessageHeader;
import io.sluice.protocol.LocateMessageResponse;
import io.sluice.protocol.MessageId;
import io.sluice.protocol.MessageStatus;
import io.sluice.protocol.MessageStatusHeader;
import io.sluice.protocol.NextDue;
import io.sluice.protocol.NextDueHeader;
import io.sluice.protocol.ResendMessageHeader;
import io.sluice.protocol.ResponseCode;
import io.sluice.protocol.SendMessageResponse;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What RocketMQ has no requests for, and the command line asks: where a message is, what became of
 * it, to give it to one group again, and what is due next. These are Sluice's own request codes.
 */
final class InquiryHandler {
    private static final int NEXT_DUE_MAX = 1000;
    private static final Pattern PLACE = Pattern.compile("(\\d{1,9}):(\\d{1,18})");
    private static final Pattern NUMBER = Pattern.compile("\\d{1,18}");
    private static final Pattern OFFSET_ID = Pattern.compile("[0-9a-fA-F]{32}|[0-9a-fA-F]{56}");

    private final Broker broker;
    private final Finder finder;
    private final Clients clients;
    private final InetSocketAddress storeHost;

    /**
     * @param storeHost resolved; where message ids say that messages are
     */
    InquiryHandler(Broker broker, Clients clients, InetSocketAddress storeHost) {
        this.broker = broker;
        this.finder = broker.finder();
        this.clients = clients;
        this.storeHost = storeHost;
    }

    void locate(Request request) {
        LocateMessageHeader fields = LocateMessageHeader.decode(request.header());
        locate(request, fields.topic(), fields.id(), found -> request.answer(located(found)));
    }

    private Answer located(Located found) {
        var response =
                new LocateMessageResponse(
                        found.topic().name(),
                        found.queueId(),
                        id(found.position()),
                        found.dueMs(),
                        found.transaction());
        return Answer.ok(response::encode, Unpooled.wrappedBuffer(found.message()));
    }

    private String id(long position) {
        return new MessageId(storeHost, position).toString();
    }

    /** Finds a message by whatever names it, and goes on with it, or answers why not. */
    private void locate(Request request, String topicName, String id, Consumer<Located> next) {
        Topic topic = broker.catalog().topic(topicName);
        if (topic == null) {
            request.answer(Answer.topicUnknown(topicName));
            return;
        }
        Matcher place = PLACE.matcher(id);
        if (place.matches()) {
            finder.byPlace(
                    topic,
                    Integer.parseInt(place.group(1)),
                    Long.parseLong(place.group(2)),
                    request.then(next));
        } else if (OFFSET_ID.matcher(id).matches()) {
            long position = positionOf(id);
            Runnable byKey = () -> byKey(request, topic, id, next);
            Runnable byTransaction =
                    () -> finder.byTransaction(position, in(request, topic, next, byKey));
            finder.byPosition(position, in(request, topic, next, byTransaction));
        } else {
            byKey(request, topic, id, next);
        }
    }

    /** Goes on with what was found if it is in the topic, and else in another way. */
    private static Consumer<Outcome<Located>> in(
            Request request, Topic topic, Consumer<Located> next, Runnable otherwise) {
        return outcome ->
                request.guarded(() -> {
                    if (outcome instanceof Outcome.Done<Located>(Located found)
                            && found.topic().id() == topic.id()) {
                        next.accept(found);
                    } else {
                        otherwise.run();
                    }
                });
    }

    /** A client's own id has as many digits as one of the server's: then this is any number. */
    private static long positionOf(String id) {
        return Long.parseUnsignedLong(id, id.length() - 16, id.length(), 16);
    }

    /** A number may also be a transaction, as the list of them shows it. */
    private void byKey(Request request, Topic topic, String id, Consumer<Located> next) {
        Runnable fail =
                () ->
                        request.fail(
                                ResponseCode.QUERY_NOT_FOUND,
                                "topic %s has no message %s: it never was, has expired, or is damaged on disk; an id is what a send returned, a key, or QUEUE:OFFSET"
                                        .formatted(topic.name(), id));
        Runnable otherwise =
                !NUMBER.matcher(id).matches()
                        ? fail
                        : () ->
                                finder.byTransaction(
                                        Long.parseLong(id), in(request, topic, next, fail));
        finder.byAnyKey(
                topic,
                id,
                outcome -> {
                    if (outcome instanceof Outcome.Refused<Located>(Refusal why, String detail)
                            && why == Refusal.MESSAGE_UNKNOWN) {
                        request.guarded(otherwise);
                    } else {
                        request.then(next).accept(outcome);
                    }
                });
    }

    void status(Request request) {
        MessageStatusHeader fields = MessageStatusHeader.decode(request.header());
        locate(
                request,
                fields.topic(),
                fields.id(),
                found -> {
                    String name = fields.group();
                    if (name == null) {
                        finder.groupsOf(
                                found.topic(),
                                request.then(groups -> statusOfAll(request, found, groups)));
                        return;
                    }
                    Group group = broker.catalog().group(name);
                    if (group == null) {
                        request.answer(Answer.groupUnknown(name));
                    } else {
                        status(request, found, List.of(group).iterator(), new ArrayList<>());
                    }
                });
    }

    /** Those that have joined the topic, and those whose clients say that they want it. */
    private void statusOfAll(Request request, Located found, List<Group> joined) {
        Map<String, Group> groups = new TreeMap<>();
        joined.forEach(group -> groups.put(group.name(), group));
        for (String name : clients.subscribedTo(found.topic().name())) {
            Group group = broker.catalog().group(name);
            if (group != null) {
                groups.put(name, group);
            }
        }
        status(request, found, groups.values().iterator(), new ArrayList<>());
    }

    /** One group after the other, so that one question at a time is under way. */
    private void status(
            Request request,
            Located found,
            Iterator<Group> left,
            List<MessageStatus.OfGroup> known) {
        if (!left.hasNext()) {
            request.answer(Answer.ok(new MessageStatus(known).encode()));
            return;
        }
        Group group = left.next();
        finder.why(
                found,
                group,
                audience(group.name(), found),
                request.then(why -> {
                    known.add(StatusText.of(group.name(), why));
                    status(request, found, left, known);
                }));
    }

    private Why.Audience audience(String group, Located found) {
        List<Why.Subscribed> members = new ArrayList<>();
        clients.subscribed(group, found.topic().name())
                .forEach((clientId, wanted) ->
                        members.add(subscribed(clientId, wanted, found.message())));
        return new Why.Audience(
                !clients.clientIds(group).isEmpty(),
                clients.consumesInOrder(group),
                clients.broadcasts(group),
                members);
    }

    private static Why.Subscribed subscribed(
            String clientId, Subscription wanted, ByteBuffer message) {
        MessageFilter filter = wanted.filter();
        return new Why.Subscribed(
                clientId, wanted.shown(), filter != null && filter.matches(message, 0));
    }

    void resend(Request request) {
        ResendMessageHeader fields = ResendMessageHeader.decode(request.header());
        Group group = broker.catalog().group(fields.group());
        if (group == null) {
            request.answer(Answer.groupUnknown(fields.group()));
            return;
        }
        locate(request, fields.topic(), fields.id(), found -> resend(request, group, found));
    }

    private void resend(Request request, Group group, Located found) {
        if (!found.isStored()) {
            request.fail(
                    ResponseCode.INVALID_PARAMETER,
                    "the message is in no queue; ./sluice msg get %s %s tells why"
                            .formatted(found.topic().name(), id(found.position())));
            return;
        }
        Resending.toGroup(
                broker,
                group,
                found.message(),
                id(found.position()),
                request.answering(appended -> {
                    var response =
                            new SendMessageResponse(
                                    id(appended.positions()[0]), 0, appended.offset(), null, null);
                    return Answer.ok(response::encode);
                }));
    }

    void nextDue(Request request) {
        int countMax = NextDueHeader.decode(request.header()).countMax();
        finder.nextDue(
                Math.clamp(countMax, 1, NEXT_DUE_MAX),
                request.answering(waiting -> {
                    List<NextDue.Waiting> next =
                            waiting.next().stream().map(this::waiting).toList();
                    return Answer.ok(new NextDue(waiting.pending(), next).encode());
                }));
    }

    private NextDue.Waiting waiting(PendingMessage pending) {
        byte[] properties = StoredMessage.properties(pending.message(), 0);
        return new NextDue.Waiting(
                pending.timer().dueMs(),
                topicName(pending.topicId()),
                pending.queueId(),
                id(pending.timer().position()),
                Properties.text(properties, Properties.UNIQUE_KEY),
                Properties.text(properties, Properties.KEYS),
                StoredMessage.reconsumeTimes(pending.message(), 0));
    }

    private String topicName(int topicId) {
        @Nullable Topic topic = broker.catalog().topic(topicId);
        return topic == null ? "(deleted)" : topic.name();
    }
}
