package io.sluice.server.cli;

import io.sluice.engine.catalog.Names;
import io.sluice.engine.message.StoredMessage;
import io.sluice.protocol.FrameWriter;
import io.sluice.protocol.Header;
import io.sluice.protocol.LocateMessageHeader;
import io.sluice.protocol.LocateMessageResponse;
import io.sluice.protocol.MessageStatus;
import io.sluice.protocol.MessageStatusHeader;
import io.sluice.protocol.NextDue;
import io.sluice.protocol.NextDueHeader;
import io.sluice.protocol.PullMessageHeader;
import io.sluice.protocol.PullMessageResponse;
import io.sluice.protocol.QueryMessageHeader;
import io.sluice.protocol.RequestCode;
import io.sluice.protocol.ResendMessageHeader;
import io.sluice.protocol.ResponseCode;
import io.sluice.protocol.SendMessageResponse;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** What commands ask of a server about single messages. */
final class Messages implements AutoCloseable {
    /** In whose name queues are read; the group is never created. */
    private static final String GROUP = "sluice-msg";

    private static final int PER_PAGE = 64;

    private final RemotingClient client;
    private final Queues queues;

    /**
     * @param message as it is stored
     * @param id its offset message id
     * @param dueMs when it is due, or was; 0 if it does not wait for its time
     * @param transaction the one it waits for, or waited for; 0 for none
     */
    record Located(Shown message, String id, long dueMs, long transaction) {
        boolean isStored() {
            return dueMs == 0 && transaction == 0;
        }
    }

    /** Takes what is found; false if that is enough. */
    interface Sink {
        boolean found(Shown message) throws CommandException;
    }

    Messages(RemotingClient client) {
        this.client = client;
        this.queues = new Queues(client);
    }

    /** How many queues the topic has. */
    int queueCount(String topic) throws CommandException {
        return queues.queueCount(topic);
    }

    /** Whether any client has sent traces: their topic comes with the first. */
    boolean isTraced() throws CommandException {
        return queues.topics().contains(Names.TRACE_TOPIC);
    }

    Located locate(String topic, String id) throws CommandException {
        Answer answer = ask(RequestCode.LOCATE_MESSAGE, new LocateMessageHeader(topic, id)::encode);
        LocateMessageResponse place = LocateMessageResponse.decode(answer.header());
        Shown message = Shown.decode(answer.body()).getFirst();
        return new Located(message, place.messageId(), place.dueMs(), place.transaction());
    }

    List<MessageStatus.OfGroup> status(String topic, String id, @Nullable String group)
            throws CommandException {
        Answer answer =
                ask(RequestCode.MESSAGE_STATUS, new MessageStatusHeader(topic, id, group)::encode);
        Header header = answer.header();
        return MessageStatus.decode(answer.frame(), header.bodyIndex(), header.bodySizeBytes())
                .groups();
    }

    /** Gives a message to a group once more; returns the id of the copy. */
    String resend(String group, String topic, String id) throws CommandException {
        Answer answer =
                ask(RequestCode.RESEND_MESSAGE, new ResendMessageHeader(group, topic, id)::encode);
        return SendMessageResponse.decode(answer.header()).msgId();
    }

    NextDue nextDue(int countMax) throws CommandException {
        Answer answer = ask(RequestCode.NEXT_DUE, new NextDueHeader(countMax)::encode);
        Header header = answer.header();
        return NextDue.decode(answer.frame(), header.bodyIndex(), header.bodySizeBytes());
    }

    /** Takes a delayed message back; returns its id. */
    String recall(String topic, String handle) throws CommandException {
        Answer answer =
                ask(
                        RequestCode.RECALL_MESSAGE,
                        out ->
                                out.field("topic", topic)
                                        .field("recallHandle", handle)
                                        .field("producerGroup", GROUP));
        return String.valueOf(answer.header().textOrNull("msgId"));
    }

    /** The messages that were chosen: by key newest first, else queue by queue, oldest first. */
    void search(String topic, Which which, Sink sink) throws CommandException {
        Limited limited = new Limited(which, sink);
        if (which.key() != null) {
            byKey(topic, which.key(), which.fromMs(), which.toMs(), limited);
            return;
        }
        int count = queueCount(topic);
        for (int queue = 0; queue < count && !limited.isEnough(); queue++) {
            inQueue(topic, queue, which, limited);
        }
    }

    /** Ends a search when there are enough; checks what the server was not asked to check. */
    private static final class Limited implements Sink {
        private final @Nullable String tag;
        private final Sink sink;
        private long left;

        Limited(Which which, Sink sink) {
            this.tag = which.tag();
            this.sink = sink;
            this.left = which.count();
        }

        boolean isEnough() {
            return left <= 0;
        }

        @Override
        public boolean found(Shown message) throws CommandException {
            boolean wanted = tag == null || tag.equals(message.properties().get("TAGS"));
            if (wanted && left > 0) {
                left = sink.found(message) ? left - 1 : 0;
            }
            return left > 0;
        }
    }

    /** All messages of a key, page by page. */
    void byKey(String topic, String key, long fromMs, long toMs, Sink sink)
            throws CommandException {
        @Nullable String last = null;
        while (true) {
            Answer answer =
                    client.call(
                            RequestCode.QUERY_MESSAGE,
                            new QueryMessageHeader(
                                            topic, key, PER_PAGE, fromMs, toMs, false, "K", last)
                                    ::encode);
            if (answer.is(ResponseCode.QUERY_NOT_FOUND)) {
                return;
            }
            Queues.succeeded(answer);
            for (Shown message : Shown.decode(answer.body())) {
                if (!sink.found(message)) {
                    return;
                }
            }
            if (answer.header().remark() != null) {
                throw new CommandException(CommandException.FAILED, answer.remark());
            }
            last = QueryMessageHeader.lastKey(lastPosition(answer.body()));
        }
    }

    private static long lastPosition(ByteBuffer messages) {
        long position = 0;
        int at = 0;
        while (at < messages.limit()) {
            position = StoredMessage.position(messages, at);
            at += StoredMessage.sizeBytes(messages, at);
        }
        return position;
    }

    private void inQueue(String topic, int queue, Which which, Sink sink) throws CommandException {
        long toMs = which.toMs();
        long fromMs = which.fromMs();
        long offset =
                fromMs == 0
                        ? queues.minOffset(topic, queue)
                        : queues.offsetAt(topic, queue, fromMs);
        long end = queues.maxOffset(topic, queue);
        String subscription = which.tag() == null ? "*" : which.tag();
        while (offset < end) {
            Answer answer = pull(topic, queue, offset, subscription);
            if (answer.is(ResponseCode.SUCCESS)) {
                for (Shown message : Shown.decode(answer.body())) {
                    if (message.storedMs() > toMs
                            || message.offset() >= end
                            || !sink.found(message)) {
                        return;
                    }
                }
            }
            offset = PullMessageResponse.decode(answer.header()).nextBeginOffset();
        }
    }

    private Answer pull(String topic, int queue, long offset, String subscription)
            throws CommandException {
        PullMessageHeader header =
                new PullMessageHeader(
                        GROUP,
                        topic,
                        queue,
                        offset,
                        PER_PAGE,
                        PullMessageHeader.FLAG_SUBSCRIPTION,
                        0,
                        0,
                        subscription,
                        0,
                        PullMessageHeader.TAG,
                        Integer.MAX_VALUE,
                        null);
        Answer answer = client.call(RequestCode.PULL_MESSAGE, header::encode);
        return switch (answer.header().code()) {
            case ResponseCode.PULL_NOT_FOUND,
                    ResponseCode.PULL_RETRY_IMMEDIATELY,
                    ResponseCode.PULL_OFFSET_MOVED ->
                    answer;
            default -> Queues.succeeded(answer);
        };
    }

    private Answer ask(int code, UnaryOperator<FrameWriter> fields) throws CommandException {
        Answer answer = client.call(code, fields);
        if (answer.is(ResponseCode.QUERY_NOT_FOUND)) {
            throw new CommandException(CommandException.NOT_FOUND, answer.remark());
        }
        return Queues.succeeded(answer);
    }

    @Override
    public void close() {
        client.close();
    }
}
