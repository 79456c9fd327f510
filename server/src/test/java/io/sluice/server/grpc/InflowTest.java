package io.sluice.server.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import org.junit.jupiter.api.Test;

class InflowTest {
    private static final long MAX = 10_000;
    private final Inflow inflow = new Inflow(MAX);

    private ServerStreamTracer stream() {
        return inflow.newServerStreamTracer("method", new Metadata());
    }

    @Test
    void shouldHoldPartsUntilTheyAreWhole() {
        ServerStreamTracer one = stream();
        one.inboundWireSize(1_000);
        one.inboundWireSize(1_000);
        assertTrue(inflow.heldBytes() >= 2_000);
        one.inboundMessageRead(0, 2_000, 2_000);
        assertEquals(0, inflow.heldBytes());
    }

    @Test
    void shouldForgetStreamsThatEnd() {
        ServerStreamTracer one = stream();
        one.inboundWireSize(1_000);
        one.streamClosed(Status.CANCELLED);
        one.streamClosed(Status.CANCELLED);
        assertEquals(0, inflow.heldBytes());
    }

    @Test
    void shouldCutOffWhoHasSentNothingForTheLongest() {
        ServerStreamTracer stalled = stream();
        ServerStreamTracer busy = stream();
        busy.inboundWireSize(1_000);
        stalled.inboundWireSize(4_000);
        busy.inboundWireSize(4_000);
        long before = inflow.heldBytes();
        busy.inboundWireSize(2_000);
        assertTrue(inflow.heldBytes() < before, "the stalled one's part is gone");
        busy.inboundMessageRead(0, 7_000, 7_000);
        assertEquals(0, inflow.heldBytes());
    }

    @Test
    void shouldCountTinyPieces() {
        ServerStreamTracer drip = stream();
        for (int i = 0; i < 30; i++) {
            drip.inboundWireSize(1);
        }
        assertTrue(inflow.heldBytes() > 30 * 100);
    }
}
