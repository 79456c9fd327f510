package io.sluice.server.grpc;

import apache.rocketmq.v2.ClientType;
import apache.rocketmq.v2.Code;
import apache.rocketmq.v2.Settings;
import apache.rocketmq.v2.SubscriptionEntry;
import io.sluice.protocol.JsonWriter;
import io.sluice.protocol.ResponseCode;
import io.sluice.server.dispatch.Reply;
import org.jspecify.annotations.Nullable;

/** Answers of this protocol's clients in the words in which operators' tools expect them. */
final class RunningInfo {
    private RunningInfo() {}

    /**
     * How a consumer is doing: RocketMQ's {@code ConsumerRunningInfo}.
     *
     * @param stackTrace what its threads do; null if that was not asked
     */
    static byte[] of(GrpcClient client, long sinceMs, @Nullable String stackTrace) {
        Settings said = client.settings();
        boolean push =
                said.getClientType() == ClientType.PUSH_CONSUMER
                        || said.getClientType() == ClientType.LITE_PUSH_CONSUMER;
        JsonWriter json = new JsonWriter().beginObject();
        json.name("properties").beginObject();
        json.member("PROP_CONSUME_TYPE", push ? "CONSUME_PASSIVELY" : "CONSUME_ACTIVELY");
        json.member("PROP_CONSUMER_START_TIMESTAMP", Long.toString(sinceMs));
        json.member("PROP_CLIENT_VERSION", client.caller().version());
        json.member("PROP_CONSUMEORDERLY", Boolean.toString(said.getSubscription().getFifo()));
        json.endObject();
        json.name("subscriptionSet").beginArray();
        for (SubscriptionEntry entry : said.getSubscription().getSubscriptionsList()) {
            json.beginObject()
                    .member("topic", Resources.topic(entry.getTopic()))
                    .member("subString", entry.getExpression().getExpression())
                    .member("expressionType", ClientCalls.expressionType(entry))
                    .endObject();
        }
        json.endArray();
        for (String table : new String[] {"mqTable", "mqPopTable", "statusTable"}) {
            json.name(table).beginObject().endObject();
        }
        if (stackTrace != null) {
            json.member("jstack", stackTrace);
        }
        return json.endObject().toBytes();
    }

    /** What a consumer made of a message: RocketMQ's {@code ConsumeMessageDirectlyResult}. */
    static Reply consumed(Code code, String remark) {
        if (code == Code.VERIFY_FIFO_MESSAGE_UNSUPPORTED) {
            return new Reply.Answered(
                    ResponseCode.NO_PERMISSION,
                    "a consumer in order consumes nothing out of turn",
                    new byte[0]);
        }
        String result =
                switch (code) {
                    case OK -> "CR_SUCCESS";
                    case FAILED_TO_CONSUME_MESSAGE -> "CR_LATER";
                    default -> "CR_THROW_EXCEPTION";
                };
        JsonWriter json =
                new JsonWriter()
                        .beginObject()
                        .member("autoCommit", true)
                        .member("consumeResult", result)
                        .member("order", false)
                        .member("remark", remark)
                        .endObject();
        return new Reply.Answered(ResponseCode.SUCCESS, null, json.toBytes());
    }
}
