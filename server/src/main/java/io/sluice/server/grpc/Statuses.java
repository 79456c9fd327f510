package io.sluice.server.grpc;

import apache.rocketmq.v2.Code;
import apache.rocketmq.v2.Status;
import io.sluice.engine.shard.Outcome;
import io.sluice.engine.shard.Refusal;

/** What calls are answered with: the protocol's codes, and a sentence for a person. */
final class Statuses {
    static final Status OK = of(Code.OK, "OK");

    private Statuses() {}

    static Status of(Code code, String message) {
        return Status.newBuilder().setCode(code).setMessage(message).build();
    }

    static Status of(CallFault fault) {
        return of(fault.code(), fault.text());
    }

    static Status of(Outcome.Refused<?> refused) {
        return of(code(refused.refusal()), refused.detail());
    }

    /** Whether the same may succeed later. */
    static boolean isTemporary(Code code) {
        return switch (code) {
            case TOO_MANY_REQUESTS, HA_NOT_AVAILABLE, INTERNAL_SERVER_ERROR -> true;
            default -> false;
        };
    }

    /** The one place where the engine's refusals become the protocol's codes. */
    private static Code code(Refusal refusal) {
        return switch (refusal) {
            case BUSY -> Code.TOO_MANY_REQUESTS;
            case STORAGE_FULL, STOPPING -> Code.HA_NOT_AVAILABLE;
            case STORAGE_FAILED -> Code.INTERNAL_SERVER_ERROR;
            case TOPIC_UNKNOWN -> Code.TOPIC_NOT_FOUND;
            case GROUP_UNKNOWN -> Code.CONSUMER_GROUP_NOT_FOUND;
            case QUEUE_UNKNOWN, INVALID -> Code.BAD_REQUEST;
            case NO_PERMISSION -> Code.FORBIDDEN;
            case TOO_LARGE -> Code.PAYLOAD_TOO_LARGE;
            case MESSAGE_UNKNOWN -> Code.MESSAGE_NOT_FOUND;
            case LEASE_GONE -> Code.INVALID_RECEIPT_HANDLE;
            case TOO_MANY_LEASES -> Code.TOO_MANY_REQUESTS;
            case NOT_PENDING -> Code.MESSAGE_NOT_FOUND;
            case TOO_FAR_AHEAD -> Code.ILLEGAL_DELIVERY_TIME;
            case TRANSACTION_UNKNOWN -> Code.INVALID_TRANSACTION_ID;
            case TOO_MANY_LITE_TOPICS -> Code.LITE_TOPIC_QUOTA_EXCEEDED;
            case TOO_MANY_LITE_SUBSCRIPTIONS -> Code.LITE_SUBSCRIPTION_QUOTA_EXCEEDED;
        };
    }
}
