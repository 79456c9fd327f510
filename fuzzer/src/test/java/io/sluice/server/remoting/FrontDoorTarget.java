package io.sluice.server.remoting;

import static io.sluice.fuzz.Target.require;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxy;
import ch.qos.logback.core.AppenderBase;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.sluice.engine.broker.Broker;
import io.sluice.engine.catalog.GroupSettings;
import io.sluice.engine.catalog.Topic;
import io.sluice.engine.catalog.TopicSettings;
import io.sluice.engine.log.LocalLogConfig;
import io.sluice.engine.message.Message;
import io.sluice.fuzz.Disk;
import io.sluice.fuzz.Engine;
import io.sluice.fuzz.Golden;
import io.sluice.fuzz.Target;
import io.sluice.fuzz.Turns;
import io.sluice.protocol.Frame;
import io.sluice.protocol.Header;
import io.sluice.server.dispatch.About;
import io.sluice.server.dispatch.Admission;
import io.sluice.server.dispatch.Clients;
import io.sluice.server.dispatch.Dispatcher;
import io.sluice.server.meter.Meters;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * A whole server, but for its sockets and threads, and one connection that sends what it likes. The
 * input is a byte whose bit 0 says how to read the rest: as the stream itself, or as frames of
 *
 * <pre>
 *   0  header's form  1   bit 0: ROCKETMQ, else JSON
 *   1  header size    2   of what follows, as far as there is that much
 *   3  body size      2
 *   5  header, body
 * </pre>
 */
public final class FrontDoorTarget implements Target {
    private static final LocalLogConfig CONFIG =
            new LocalLogConfig(0, 64 << 10, 16 << 10, 64 << 10, 0);
    private static final Limits LIMITS =
            new Limits(
                    1 << 16,
                    1 << 16,
                    64,
                    1 << 16,
                    1 << 16,
                    120_000,
                    30_000,
                    new Limits.Together(8, 10_000, 1 << 18, 1 << 18, 1 << 18));
    private static final int RAW = 1;
    private static final int HEAD_BYTES = 5;
    private static final int TURNS_MAX = 1000;
    private static final long LONGER_THAN_ANY_WAIT_MS = 40_000;

    private final Disk meta = new Disk(1);
    private final Disk files = new Disk(Engine.ALIGNMENT_BYTES);
    private final Complaints complaints = new Complaints();

    /** Prepares a topic with messages and a group. */
    public FrontDoorTarget() {
        Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.WARN);
        complaints.setContext(root.getLoggerContext());
        complaints.start();
        root.detachAndStopAllAppenders();
        root.addAppender(complaints);
        try {
            Engine engine = Engine.start(meta, files, CONFIG, new Turns());
            Broker broker = engine.broker();
            for (String topic : List.of("t", "golden-topic")) {
                var _ = broker.catalog().createTopic(topic, TopicSettings.of(4));
            }
            var _ = broker.catalog().createGroup("g", GroupSettings.DEFAULT);
            engine.turns().run();
            Topic topic = Objects.requireNonNull(broker.catalog().topic("t"));
            for (int i = 0; i < 8; i++) {
                broker.append(topic, i % 4, List.of(message(topic, i)), 0, outcome -> {});
                engine.turns().run();
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static Message message(Topic topic, int i) {
        return new Message(
                topic.id(),
                topic.name().getBytes(StandardCharsets.UTF_8),
                i,
                0,
                i,
                Engine.host(),
                0,
                0,
                ByteBuffer.wrap(new byte[10]),
                "TAGS\1a\2KEYS\1k1 k2\2UNIQ_KEY\1u1\2".getBytes(StandardCharsets.UTF_8));
    }

    /** The first thing that was logged as a warning or worse. */
    private static final class Complaints extends AppenderBase<ILoggingEvent> {
        @Nullable AssertionError first;

        @Override
        protected void append(ILoggingEvent event) {
            if (first == null && event.getLevel().isGreaterOrEqual(Level.WARN)) {
                Throwable cause =
                        event.getThrowableProxy() instanceof ThrowableProxy proxy
                                ? proxy.getThrowable()
                                : null;
                first = new AssertionError(event.getFormattedMessage(), cause);
            }
        }
    }

    @Override
    public Check take(byte[] input) throws IOException {
        complaints.first = null;
        Turns turns = new Turns();
        Engine engine = Engine.start(meta.copy(), files.copy(), CONFIG, turns);
        Clients clients = new Clients(engine.broker(), turns);
        InetSocketAddress host = new InetSocketAddress(InetAddress.getLoopbackAddress(), 10911);
        Dispatcher dispatcher =
                new Dispatcher(
                        new Admission(List.of()),
                        engine.broker(),
                        clients,
                        host,
                        null,
                        new About(turns.wallMs(), "0", new TreeMap<>(), () -> 0, () -> 0, () -> 0),
                        new Meters(turns, "sluice", ZoneOffset.UTC),
                        turns);
        LoopChannel channel = new LoopChannel();
        Traffic traffic = new Traffic();
        channel.pipeline()
                .addLast(
                        new RemotingConnection(
                                channel,
                                dispatcher,
                                clients,
                                traffic,
                                LIMITS,
                                new Crowd(LIMITS, 1)));
        ByteBuf stream = stream(input);
        var _ = channel.writeInbound(stream);
        settle(channel, turns);
        turns.advanceMs(LONGER_THAN_ANY_WAIT_MS);
        settle(channel, turns);
        List<ByteBuf> answers = new ArrayList<>();
        for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
            answers.add(out);
        }
        var _ = channel.close();
        settle(channel, turns);
        return () -> {
            if (complaints.first != null) {
                throw complaints.first;
            }
            require(stream.refCnt() == 0, "the stream's buffer was not given back");
            require(traffic.underWay() == 0, traffic.underWay() + " requests are unanswered");
            check(Unpooled.wrappedBuffer(answers.toArray(new ByteBuf[0])));
        };
    }

    private static void settle(LoopChannel channel, Turns turns) {
        for (int i = 0; i < 4; i++) {
            turns.run();
            channel.runPendingTasks();
        }
    }

    /** What comes back is frames, and none of them tells of an error of ours. */
    private static void check(ByteBuf out) {
        for (int count = 0; out.isReadable(); count++) {
            require(count < TURNS_MAX, "answers without end");
            int size = Frame.sizeBytes(out, Frame.SIZE_BYTES_MAX);
            require(size != Frame.INCOMPLETE, "the last answer is not whole");
            Header header = Header.decode(out, out.readerIndex());
            String remark = header.remark();
            require(
                    remark == null || !remark.contains("internal error"),
                    "request answered with " + header);
            out.skipBytes(size);
        }
        out.release();
    }

    private static ByteBuf stream(byte[] input) {
        ByteBuf out = Unpooled.buffer();
        if (input.length == 0 || (input[0] & RAW) != 0) {
            return input.length == 0 ? out : out.writeBytes(input, 1, input.length - 1);
        }
        int at = 1;
        while (at + HEAD_BYTES <= input.length) {
            int left = input.length - at - HEAD_BYTES;
            int header = Math.min(left, ((input[at + 1] & 0xFF) << 8) | (input[at + 2] & 0xFF));
            int body =
                    Math.min(left - header, ((input[at + 3] & 0xFF) << 8) | (input[at + 4] & 0xFF));
            out.writeInt(Integer.BYTES + header + body);
            out.writeInt(((input[at] & 1) << 24) | header);
            out.writeBytes(input, at + HEAD_BYTES, header + body);
            at += HEAD_BYTES + header + body;
        }
        return out;
    }

    /** A server is started for each input. */
    @Override
    public long allocatedBaseMax() {
        return 4 << 20;
    }

    @Override
    public long allocatedPerByteMax() {
        return 1024;
    }

    @Override
    public List<byte[]> seeds() {
        List<byte[]> seeds = new ArrayList<>();
        for (byte[] frame : Golden.frames()) {
            byte[] header = Golden.header(frame);
            byte[] body = Golden.body(frame);
            ByteBuffer out = ByteBuffer.allocate(1 + HEAD_BYTES + header.length - 1 + body.length);
            out.put((byte) 0).put(header[0]);
            out.putShort((short) (header.length - 1)).putShort((short) body.length);
            out.put(header, 1, header.length - 1).put(body);
            seeds.add(out.array());
        }
        return seeds;
    }
}
