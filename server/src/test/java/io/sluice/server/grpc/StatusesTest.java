package io.sluice.server.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import apache.rocketmq.v2.Code;
import apache.rocketmq.v2.Status;
import io.sluice.engine.shard.Outcome;
import io.sluice.engine.shard.Refusal;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Each refusal of the engine has a code of the protocol. */
class StatusesTest {
    @Test
    void shouldNameWhatTheEngineRefuses() {
        Map<Refusal, Code> wanted = new EnumMap<>(Refusal.class);
        wanted.put(Refusal.BUSY, Code.TOO_MANY_REQUESTS);
        wanted.put(Refusal.STORAGE_FULL, Code.HA_NOT_AVAILABLE);
        wanted.put(Refusal.STORAGE_FAILED, Code.INTERNAL_SERVER_ERROR);
        wanted.put(Refusal.STOPPING, Code.HA_NOT_AVAILABLE);
        wanted.put(Refusal.TOPIC_UNKNOWN, Code.TOPIC_NOT_FOUND);
        wanted.put(Refusal.GROUP_UNKNOWN, Code.CONSUMER_GROUP_NOT_FOUND);
        wanted.put(Refusal.QUEUE_UNKNOWN, Code.BAD_REQUEST);
        wanted.put(Refusal.NO_PERMISSION, Code.FORBIDDEN);
        wanted.put(Refusal.TOO_LARGE, Code.PAYLOAD_TOO_LARGE);
        wanted.put(Refusal.INVALID, Code.BAD_REQUEST);
        wanted.put(Refusal.MESSAGE_UNKNOWN, Code.MESSAGE_NOT_FOUND);
        wanted.put(Refusal.LEASE_GONE, Code.INVALID_RECEIPT_HANDLE);
        wanted.put(Refusal.TOO_MANY_LEASES, Code.TOO_MANY_REQUESTS);
        wanted.put(Refusal.TOO_MANY_LITE_TOPICS, Code.LITE_TOPIC_QUOTA_EXCEEDED);
        wanted.put(Refusal.TRANSACTION_UNKNOWN, Code.INVALID_TRANSACTION_ID);
        wanted.put(Refusal.NOT_PENDING, Code.MESSAGE_NOT_FOUND);
        wanted.put(Refusal.TOO_FAR_AHEAD, Code.ILLEGAL_DELIVERY_TIME);
        for (Refusal refusal : Refusal.values()) {
            Status status = Statuses.of(Outcome.refused(refusal, "why, and what to do"));
            assertEquals(wanted.get(refusal), status.getCode(), refusal::name);
            assertEquals("why, and what to do", status.getMessage());
        }
    }
}
