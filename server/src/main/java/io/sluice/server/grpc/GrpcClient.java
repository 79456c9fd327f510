package io.sluice.server.grpc;

import apache.rocketmq.v2.Code;
import apache.rocketmq.v2.NotifyUnsubscribeLiteCommand;
import apache.rocketmq.v2.PrintThreadStackTraceCommand;
import apache.rocketmq.v2.RecoverOrphanedTransactionCommand;
import apache.rocketmq.v2.Settings;
import apache.rocketmq.v2.TelemetryCommand;
import apache.rocketmq.v2.VerifyMessageCommand;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.sluice.protocol.CheckTransactionStateHeader;
import io.sluice.protocol.ConsumeMessageDirectlyHeader;
import io.sluice.protocol.GetConsumerRunningInfoHeader;
import io.sluice.protocol.ResponseCode;
import io.sluice.server.dispatch.Call;
import io.sluice.server.dispatch.Peer;
import io.sluice.server.dispatch.Reply;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A client, known by its id over all its calls. It is told things by its telemetry stream, of which
 * it has one at a time; while it has none, it can still ask.
 */
final class GrpcClient implements Peer {
    /** Questions that a client may owe answers to. */
    private static final int ASKED_MAX = 64;

    private final String id;
    private final long sinceMs;
    private final Consumer<GrpcClient> whenClosed;
    private final Map<String, Consumer<Reply>> asked = new ConcurrentHashMap<>();
    private final AtomicLong nonces = new AtomicLong();
    private volatile Caller caller;
    private volatile Settings settings;
    private volatile long seenNanos;
    private volatile boolean open = true;
    private volatile @Nullable Telemetry stream;

    /**
     * @param sinceMs now, wall-clock ms
     */
    GrpcClient(Telemetry stream, Settings settings, long sinceMs, Consumer<GrpcClient> whenClosed) {
        this.id = stream.caller().clientId();
        this.caller = stream.caller();
        this.stream = stream;
        this.settings = settings;
        this.sinceMs = sinceMs;
        this.whenClosed = whenClosed;
    }

    String id() {
        return id;
    }

    Caller caller() {
        return caller;
    }

    /** What the client is and wants, as it said last. */
    Settings settings() {
        return settings;
    }

    /** What it says, and the stream by which it is told things from now on. */
    void settings(Settings said, Telemetry by) {
        settings = said;
        stream = by;
        caller = by.caller();
    }

    /** It has given a sign of life. */
    void seen(long nanos) {
        seenNanos = nanos;
    }

    /** When it gave one last. */
    long seenNanos() {
        return seenNanos;
    }

    /** Its stream has ended, unless it is an earlier one. */
    @SuppressWarnings("ReferenceEquality") // that very stream
    void streamEnded(Telemetry ended) {
        if (stream == ended) {
            stream = null;
            asked.keySet().forEach(nonce -> answer(nonce, new Reply.Silent(Reply.Silence.GONE)));
        }
    }

    @Override
    public boolean reachable() {
        return open && stream != null;
    }

    /** Tells it something; false if it has no stream. */
    private boolean tell(TelemetryCommand command) {
        Telemetry current = stream;
        if (current == null) {
            return false;
        }
        current.tell(command);
        return true;
    }

    /** It is not to think that it gets the messages of a lite topic. */
    void notifyUnsubscribeLite(String name) {
        tell(
                TelemetryCommand.newBuilder()
                        .setNotifyUnsubscribeLiteCommand(
                                NotifyUnsubscribeLiteCommand.newBuilder().setLiteTopic(name))
                        .build());
    }

    // What remoting clients are asked, too.

    @Override
    public void checkTransaction(CheckTransactionStateHeader header, byte[] message) {
        tell(
                TelemetryCommand.newBuilder()
                        .setRecoverOrphanedTransactionCommand(
                                RecoverOrphanedTransactionCommand.newBuilder()
                                        .setTransactionId(
                                                TransactionCalls.text(header.commitLogOffset()))
                                        .setMessage(read(message)))
                        .build());
    }

    private apache.rocketmq.v2.Message.Builder read(byte[] stored) {
        Settings said = settings;
        String namespace =
                said.hasSubscription()
                        ? said.getSubscription().getGroup().getResourceNamespace()
                        : said.getPublishing().getTopicsList().stream()
                                .findFirst()
                                .map(topic -> topic.getResourceNamespace())
                                .orElse("");
        return StoredReader.read(ByteBuffer.wrap(stored), 0, namespace, new Compression());
    }

    /** What is known here is told here; only what its threads do, the client must say. */
    @Override
    public void askRunningInfo(
            GetConsumerRunningInfoHeader question, long withinMs, Consumer<Reply> reply) {
        if (!question.jstackEnable()) {
            byte[] body = RunningInfo.of(this, sinceMs, null);
            reply.accept(new Reply.Answered(ResponseCode.SUCCESS, null, body));
            return;
        }
        ask(
                nonce ->
                        TelemetryCommand.newBuilder()
                                .setPrintThreadStackTraceCommand(
                                        PrintThreadStackTraceCommand.newBuilder().setNonce(nonce)),
                withinMs,
                reply);
    }

    @Override
    public void askToConsume(
            ConsumeMessageDirectlyHeader question,
            byte[] message,
            long withinMs,
            Consumer<Reply> reply) {
        ask(
                nonce ->
                        TelemetryCommand.newBuilder()
                                .setVerifyMessageCommand(
                                        VerifyMessageCommand.newBuilder()
                                                .setNonce(nonce)
                                                .setMessage(read(message))),
                withinMs,
                reply);
    }

    private interface Question {
        TelemetryCommand.Builder with(String nonce);
    }

    private void ask(Question question, long withinMs, Consumer<Reply> reply) {
        if (asked.size() >= ASKED_MAX) {
            reply.accept(new Reply.Silent(Reply.Silence.BUSY));
            return;
        }
        String nonce = Long.toString(nonces.incrementAndGet());
        asked.put(nonce, reply);
        if (!tell(question.with(nonce).build())) {
            answer(nonce, new Reply.Silent(Reply.Silence.GONE));
            return;
        }
        caller.home()
                .executeAfter(withinMs, () -> answer(nonce, new Reply.Silent(Reply.Silence.LATE)));
    }

    private void answer(String nonce, Reply reply) {
        Consumer<Reply> waiting = asked.remove(nonce);
        if (waiting != null) {
            waiting.accept(reply);
        }
    }

    /** It has answered a question; what was not asked is not looked at. */
    void answered(TelemetryCommand command) {
        Code code = command.getStatus().getCode();
        String remark = command.getStatus().getMessage();
        switch (command.getCommandCase()) {
            case THREAD_STACK_TRACE -> {
                var trace = command.getThreadStackTrace();
                answer(
                        trace.getNonce(),
                        code == Code.OK
                                ? new Reply.Answered(
                                        ResponseCode.SUCCESS,
                                        null,
                                        RunningInfo.of(this, sinceMs, trace.getThreadStackTrace()))
                                : new Reply.Answered(
                                        ResponseCode.SYSTEM_ERROR, remark, new byte[0]));
            }
            case VERIFY_MESSAGE_RESULT ->
                    answer(
                            command.getVerifyMessageResult().getNonce(),
                            RunningInfo.consumed(code, remark));
            default -> {}
        }
    }

    // As a peer.

    @Override
    public InetSocketAddress remoteAddress() {
        return caller.remote();
    }

    @Override
    public InetSocketAddress localAddress() {
        return caller.local();
    }

    @Override
    public byte[] host() {
        return caller.host();
    }

    @Override
    public boolean open() {
        return open;
    }

    @Override
    public ByteBufAllocator allocator() {
        return UnpooledByteBufAllocator.DEFAULT;
    }

    /** What else remoting clients are told means nothing to this one. */
    @Override
    public void tell(Call call) {}

    /** What else remoting clients are asked means nothing to this one. */
    @Override
    public void ask(Call call, long withinMs, Consumer<Reply> reply) {
        reply.accept(new Reply.Silent(Reply.Silence.BUSY));
    }

    @Override
    public void close(String reason) {
        Telemetry last = stream;
        open = false;
        whenClosed.accept(this);
        if (last != null) {
            last.complete();
        }
    }

    @Override
    public void execute(Runnable task) {
        caller.home().execute(task);
    }

    @Override
    public String toString() {
        return caller.remote().toString();
    }
}
