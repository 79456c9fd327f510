package io.sluice.server.dispatch;

import io.netty.buffer.Unpooled;
import io.sluice.protocol.ConsumerStatus;
import io.sluice.protocol.GetConsumerStatusHeader;
import io.sluice.protocol.JsonException;
import io.sluice.protocol.MessageQueue;
import io.sluice.protocol.RequestCode;
import io.sluice.protocol.ResponseCode;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Asks the members of a group how far they are, and tells who asked what they said. */
final class ConsumerStatusHandler {
    /** As RocketMQ's. A member that says nothing in this time is left out. */
    private static final long ANSWER_WITHIN_MS = 5_000;

    private final Clients clients;

    ConsumerStatusHandler(Clients clients) {
        this.clients = clients;
    }

    void ask(Request request) {
        var fields = GetConsumerStatusHeader.decode(request.header());
        String one = fields.clientId();
        List<String> members =
                clients.clientIds(fields.group()).stream()
                        .filter(id -> one == null || one.isBlank() || one.equals(id))
                        .toList();
        if (members.isEmpty()) {
            request.fail(
                    ResponseCode.SYSTEM_ERROR,
                    "No Any Consumer online in the consumer group: [%s]: start one"
                            .formatted(fields.group()));
            return;
        }
        Survey survey = new Survey(request, members.size());
        var question = new GetConsumerStatusHeader(fields.topic(), fields.group(), null);
        Call call = Call.of(RequestCode.GET_CONSUMER_STATUS_FROM_CLIENT, question::encode);
        for (String member : members) {
            Peer peer = clients.consumer(fields.group(), member);
            if (peer == null) {
                survey.said(member, null);
            } else {
                peer.ask(call, ANSWER_WITHIN_MS, reply -> survey.said(member, reply));
            }
        }
    }

    /** What has been said so far, on whatever event loop. */
    private static final class Survey {
        private final Request request;
        private final SortedMap<String, Map<MessageQueue, Long>> said = new TreeMap<>();
        private int missing;

        Survey(Request request, int missing) {
            this.request = request;
            this.missing = missing;
        }

        synchronized void said(String member, @Nullable Reply reply) {
            if (reply instanceof Reply.Answered(int code, String _, byte[] body)
                    && code == ResponseCode.SUCCESS
                    && body.length > 0) {
                try {
                    said.put(
                            member,
                            ConsumerStatus.decode(Unpooled.wrappedBuffer(body), 0, body.length)
                                    .own());
                } catch (JsonException e) {
                    // A member that makes no sense is as good as a silent one.
                }
            }
            if (--missing == 0) {
                ConsumerStatus all = new ConsumerStatus(Map.of(), said);
                request.answer(Answer.ok(all.encode()));
            }
        }
    }
}
