package io.sluice.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
import org.junit.jupiter.api.Test;

class BatchBodyTest {
    private static final int MAX = 10;

    private static ByteBuf batch() {
        ByteBuf batch = Unpooled.buffer().writeZero(5);
        BatchBody.encode(batch, 7, "one".getBytes(UTF_8), "p".getBytes(UTF_8));
        BatchBody.encode(batch, -1, new byte[0], new byte[0]);
        return batch.skipBytes(5);
    }

    @Test
    void shouldFindEveryMessage() {
        ByteBuf batch = batch();
        List<BatchBody.Message> messages = BatchBody.decode(batch, 5, batch.readableBytes(), MAX);
        assertEquals(
                List.of(
                        new BatchBody.Message(7, 25, 3, 30, 1),
                        new BatchBody.Message(-1, 51, 0, 53, 0)),
                messages);
        assertEquals("one", batch.toString(25, 3, UTF_8));
        assertEquals("p", batch.toString(30, 1, UTF_8));
    }

    @Test
    void shouldRejectEveryTruncationInsideOfAMessage() {
        ByteBuf batch = batch();
        int firstSize = 26;
        for (int size = 0; size < batch.readableBytes(); size++) {
            int length = size;
            if (length == firstSize) {
                assertEquals(1, BatchBody.decode(batch, 5, length, MAX).size());
            } else {
                assertThrows(BodyException.class, () -> BatchBody.decode(batch, 5, length, MAX));
            }
        }
    }

    @Test
    void shouldRejectLengthsThatContradictEachOther() {
        for (int at : new int[] {5, 5 + 16}) {
            for (int length :
                    new int[] {Integer.MIN_VALUE, -1, 0, 4, 25, 1000, Integer.MAX_VALUE}) {
                ByteBuf batch = batch();
                batch.setInt(at, length);
                assertThrows(
                        BodyException.class,
                        () -> BatchBody.decode(batch, 5, batch.readableBytes(), MAX));
            }
        }
    }

    @Test
    void shouldBoundTheNumberOfMessages() {
        ByteBuf batch = batch();
        assertEquals(2, BatchBody.decode(batch, 5, batch.readableBytes(), 2).size());
        assertThrows(
                BodyException.class, () -> BatchBody.decode(batch, 5, batch.readableBytes(), 1));
    }
}
