package io.sluice.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;

class FrameTest {
    private static final int LIMIT = 1000;

    @Test
    void shouldCallEveryPrefixOfAFrameIncomplete() {
        ByteBuf frame = Frames.json("{\"code\":34,\"extFields\":{\"a\":\"b\"}}");
        int size = frame.readableBytes();
        for (int length = 0; length < size; length++) {
            assertEquals(Frame.INCOMPLETE, Frame.sizeBytes(frame.slice(0, length), LIMIT));
        }
        assertEquals(size, Frame.sizeBytes(frame, LIMIT));
    }

    @Test
    void shouldSeeOnlyTheFirstOfTwoFramesFromTheReaderIndexOn() {
        ByteBuf first = Frames.json("{}");
        ByteBuf two = Unpooled.buffer().writeZero(3).writeBytes(first.duplicate());
        two.writeBytes(Frames.json("{\"code\":1}")).skipBytes(3);
        assertEquals(first.readableBytes(), Frame.sizeBytes(two, LIMIT));
        assertEquals(3, two.readerIndex());
    }

    @Test
    void shouldRejectAFrameThatIsTooShortAsSoonAsItsLengthIsThere() {
        for (int length : new int[] {3, 0, -1, Integer.MIN_VALUE}) {
            assertRejected("frame length " + length, Unpooled.buffer().writeInt(length));
        }
    }

    @Test
    void shouldRejectAFrameAboveTheLimitAsSoonAsItsLengthIsThere() {
        for (int length : new int[] {LIMIT - 3, 0x47455420, Integer.MAX_VALUE}) {
            assertRejected("above the limit of 1000", Unpooled.buffer().writeInt(length));
        }
        assertEquals(
                Frame.INCOMPLETE, Frame.sizeBytes(Unpooled.buffer().writeInt(LIMIT - 4), LIMIT));
    }

    @Test
    void shouldRejectAHeaderThatIsLongerThanItsFrame() {
        assertRejected("header length 7", Unpooled.buffer().writeInt(10).writeInt(7));
        assertEquals(
                Frame.INCOMPLETE,
                Frame.sizeBytes(Unpooled.buffer().writeInt(10).writeInt(6), LIMIT));
    }

    @Test
    void shouldRejectAHeaderAboveItsLimit() {
        ByteBuf frame =
                Unpooled.buffer().writeInt(0xFFFFF0).writeInt(Frame.HEADER_SIZE_BYTES_MAX + 1);
        FrameException e =
                assertThrows(
                        FrameException.class, () -> Frame.sizeBytes(frame, Frame.SIZE_BYTES_MAX));
        assertTrue(e.getMessage().contains("1048576"), e.getMessage());
    }

    @Test
    void shouldRejectAnUnknownSerializeType() {
        for (int type : new int[] {2, 127, 128, 255}) {
            assertRejected(
                    "serialize type " + type, Unpooled.buffer().writeInt(10).writeInt(type << 24));
        }
    }

    private static void assertRejected(String cause, ByteBuf bytes) {
        FrameException e = assertThrows(FrameException.class, () -> Frame.sizeBytes(bytes, LIMIT));
        assertTrue(e.getMessage().contains(cause), e.getMessage());
    }
}
