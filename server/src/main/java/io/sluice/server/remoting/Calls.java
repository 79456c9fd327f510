package io.sluice.server.remoting;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.sluice.protocol.Header;
import io.sluice.server.dispatch.Reply;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server's own requests on one connection that wait for the client's answer: which answer is
 * whose is told by a number, and each waits until its deadline at most. Event loop only.
 */
final class Calls {
    /** More than operators ask of one client at a time, and replies are on their way to one. */
    static final int UNDER_WAY_MAX = 1024;

    private static final Logger LOG = LoggerFactory.getLogger(Calls.class);

    private record Waiting(Consumer<Reply> reply, Future<?> deadline) {}

    private final EventLoop loop;
    private final Map<Integer, Waiting> waiting = new HashMap<>();
    private int numbers;

    Calls(EventLoop loop) {
        this.loop = loop;
    }

    /** A number for a request that wants no answer. */
    int number() {
        return numbers++;
    }

    /** Whether as many wait as may. */
    boolean full() {
        return waiting.size() >= UNDER_WAY_MAX;
    }

    /** A number for a request whose answer, or the want of one, goes to {@code reply}. */
    int begin(long withinMs, Consumer<Reply> reply) {
        int number = number();
        Future<?> deadline =
                loop.schedule(
                        () -> end(number, new Reply.Silent(Reply.Silence.LATE)),
                        withinMs,
                        TimeUnit.MILLISECONDS);
        waiting.put(number, new Waiting(reply, deadline));
        return number;
    }

    /** Takes a client's answer; one that comes late, or that nobody asked for, is dropped. */
    void answered(Header header, ByteBuf in) {
        if (waiting.containsKey(header.opaque())) {
            byte[] body = new byte[header.bodySizeBytes()];
            in.getBytes(header.bodyIndex(), body);
            end(header.opaque(), new Reply.Answered(header.code(), header.remark(), body));
        }
    }

    /** No more answers will come. */
    void closed() {
        List<Integer> left = new ArrayList<>(waiting.keySet());
        left.forEach(number -> end(number, new Reply.Silent(Reply.Silence.GONE)));
    }

    private void end(int number, Reply reply) {
        Waiting ended = waiting.remove(number);
        if (ended != null) {
            ended.deadline.cancel(false);
            try {
                ended.reply.accept(reply);
            } catch (RuntimeException e) {
                LOG.error("what a client answered could not be passed on", e);
            }
        }
    }
}
