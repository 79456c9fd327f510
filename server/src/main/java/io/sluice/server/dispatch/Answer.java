package io.sluice.server.dispatch;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.sluice.engine.shard.Outcome;
import io.sluice.engine.shard.Refusal;
import io.sluice.protocol.FrameWriter;
import io.sluice.protocol.JsonWriter;
import io.sluice.protocol.ResponseCode;
import org.jspecify.annotations.Nullable;

/**
 * What a request is answered. Encoded later, by the connection, on its event loop.
 *
 * @param code a {@link ResponseCode}
 * @param remark why it is not what was hoped for, and what to do
 * @param fields writes the header's fields
 * @param body goes into the hands of whoever takes the answer
 */
public record Answer(int code, @Nullable String remark, Fields fields, ByteBuf body) {
    /** Writes the fields of an answer's header. */
    @FunctionalInterface
    public interface Fields {
        FrameWriter encode(FrameWriter writer);
    }

    private static final int REMARK_LENGTH_MAX = 400;

    private static final Fields NO_FIELDS = writer -> writer;

    /** Success, without anything more to say. */
    static final Answer DONE = ok(NO_FIELDS);

    static Answer ok(Fields fields) {
        return new Answer(ResponseCode.SUCCESS, null, fields, Unpooled.EMPTY_BUFFER);
    }

    static Answer ok(JsonWriter json) {
        return ok(NO_FIELDS, Unpooled.wrappedBuffer(json.toBytes()));
    }

    static Answer ok(Fields fields, ByteBuf body) {
        return new Answer(ResponseCode.SUCCESS, null, fields, body);
    }

    /** Success, with something to say if {@code remark} is not null. */
    static Answer remarked(@Nullable String remark) {
        return new Answer(ResponseCode.SUCCESS, remark, NO_FIELDS, Unpooled.EMPTY_BUFFER);
    }

    /**
     * A refusal.
     *
     * @param remark what is wrong and what to do; of one that repeats an endless name the middle is
     *     left out
     */
    public static Answer error(int code, @Nullable String remark) {
        String shown =
                remark == null || remark.length() <= REMARK_LENGTH_MAX
                        ? remark
                        : remark.substring(0, REMARK_LENGTH_MAX / 2)
                                + " ... "
                                + remark.substring(remark.length() - REMARK_LENGTH_MAX / 2);
        return new Answer(code, shown, NO_FIELDS, Unpooled.EMPTY_BUFFER);
    }

    static Answer topicUnknown(String name) {
        return error(
                ResponseCode.TOPIC_NOT_EXIST,
                "topic " + name + " does not exist: create it, or send to it first");
    }

    static Answer groupUnknown(String name) {
        return error(
                ResponseCode.SUBSCRIPTION_GROUP_NOT_EXIST,
                "group " + name + " does not exist: create it, or start a consumer of it first");
    }

    static Answer refused(Outcome.Refused<?> refused) {
        return error(code(refused.refusal()), refused.detail());
    }

    /** The one place where the engine's refusals become RocketMQ's codes. */
    private static int code(Refusal refusal) {
        return switch (refusal) {
            case BUSY -> ResponseCode.SYSTEM_BUSY;
            case STORAGE_FULL, STOPPING -> ResponseCode.SERVICE_NOT_AVAILABLE;
            case STORAGE_FAILED -> ResponseCode.SYSTEM_ERROR;
            case TOPIC_UNKNOWN -> ResponseCode.TOPIC_NOT_EXIST;
            case GROUP_UNKNOWN -> ResponseCode.SUBSCRIPTION_GROUP_NOT_EXIST;
            case QUEUE_UNKNOWN, INVALID -> ResponseCode.INVALID_PARAMETER;
            case NO_PERMISSION -> ResponseCode.NO_PERMISSION;
            case TOO_LARGE, TOO_FAR_AHEAD -> ResponseCode.MESSAGE_ILLEGAL;
            case NOT_PENDING -> ResponseCode.ILLEGAL_OPERATION;
            case MESSAGE_UNKNOWN -> ResponseCode.QUERY_NOT_FOUND;
            case LEASE_GONE -> ResponseCode.NO_MESSAGE;
            case TOO_MANY_LEASES -> ResponseCode.POLLING_FULL;
            case TRANSACTION_UNKNOWN -> ResponseCode.SYSTEM_ERROR;
            case TOO_MANY_LITE_TOPICS, TOO_MANY_LITE_SUBSCRIPTIONS -> ResponseCode.SYSTEM_BUSY;
        };
    }
}
