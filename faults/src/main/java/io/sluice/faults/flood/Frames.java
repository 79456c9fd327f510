package io.sluice.faults.flood;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.sluice.protocol.ConsumerSendMsgBackHeader;
import io.sluice.protocol.FrameWriter;
import io.sluice.protocol.PullMessageHeader;
import io.sluice.protocol.RequestCode;
import io.sluice.protocol.SendMessageHeader;
import io.sluice.protocol.SerializeType;
import io.sluice.protocol.UpdateConsumerOffsetHeader;
import java.nio.ByteBuffer;
import java.util.function.UnaryOperator;

/**
 * Requests as bytes, with ROCKETMQ headers, whose first fields lie at fixed places, in requests and
 * in answers:
 *
 * <pre>
 *  0 int   length of what follows      13 int  opaque
 *  4 int   header length | type << 24  17 int  flag
 *  8 short code                        21 ...
 * </pre>
 */
final class Frames {
    static final int CODE_AT = 8;
    static final int OPAQUE_AT = 13;
    static final int FLAG_AT = 17;

    private Frames() {}

    static byte[] send(String topic, int queueId, byte[] body) {
        var header =
                new SendMessageHeader(
                        "senders",
                        topic,
                        "TBW102",
                        4,
                        queueId,
                        0,
                        1_700_000_000_000L,
                        0,
                        "KEYS\u0001k\u0002".getBytes(UTF_8),
                        0,
                        false,
                        SendMessageHeader.ABSENT,
                        false,
                        null);
        return frame(RequestCode.SEND_MESSAGE_V2, header::encode, body);
    }

    /**
     * @param suspendMs how long to wait if there is nothing; 0 not to
     */
    static byte[] pull(
            String group, String topic, int queueId, long offset, int countMax, long suspendMs) {
        int flags =
                PullMessageHeader.FLAG_SUBSCRIPTION
                        | (suspendMs > 0 ? PullMessageHeader.FLAG_SUSPEND : 0);
        var header =
                new PullMessageHeader(
                        group, topic, queueId, offset, countMax, flags, 0, suspendMs, "*", 0, "TAG",
                        1 << 20, null);
        return frame(RequestCode.PULL_MESSAGE, header::encode, new byte[0]);
    }

    static byte[] commit(String group, String topic, int queueId, long offset) {
        var header = new UpdateConsumerOffsetHeader(group, topic, queueId, offset, null);
        return frame(RequestCode.UPDATE_CONSUMER_OFFSET, header::encode, new byte[0]);
    }

    static byte[] giveBack(String group, long position) {
        var header = new ConsumerSendMsgBackHeader(group, position, 0, null, null, false, -1, null);
        return frame(RequestCode.CONSUMER_SEND_MSG_BACK, header::encode, new byte[0]);
    }

    /** A small question that anybody may ask. */
    static byte[] ask() {
        return frame(RequestCode.GET_BROKER_CLUSTER_INFO, writer -> writer, new byte[0]);
    }

    private static byte[] frame(int code, UnaryOperator<FrameWriter> fields, byte[] body) {
        FrameWriter writer =
                fields.apply(new FrameWriter().request(SerializeType.ROCKETMQ, code, 0));
        ByteBuf out = Unpooled.buffer();
        writer.finish(out, body.length);
        out.writeBytes(body);
        byte[] bytes = new byte[out.readableBytes()];
        out.readBytes(bytes);
        return bytes;
    }

    /** The same request once more, with a number of its own. */
    static void number(byte[] frame, int opaque) {
        ByteBuffer.wrap(frame).putInt(OPAQUE_AT, opaque);
    }
}
