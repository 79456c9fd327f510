package io.sluice.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class MessageIdTest {
    private static final MessageId IPV4 =
            new MessageId(address(10911, 127, 0, 0, 1), 0x1234_5678_9ABCL);
    private static final MessageId IPV6 =
            new MessageId(
                    address(65535, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1), Long.MAX_VALUE);

    private static InetSocketAddress address(int port, int... ip) {
        byte[] bytes = new byte[ip.length];
        for (int i = 0; i < ip.length; i++) {
            bytes[i] = (byte) ip[i];
        }
        try {
            return new InetSocketAddress(InetAddress.getByAddress(bytes), port);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void shouldWriteAddressPortAndPositionInHexadecimalDigits() {
        assertEquals("7F00000100002A9F0000123456789ABC", IPV4.toString());
        assertEquals("000000000000000000000000000000010000FFFF7FFFFFFFFFFFFFFF", IPV6.toString());
    }

    @Test
    void shouldReadWhatItWrites() {
        assertEquals(IPV4, MessageId.parse(IPV4.toString()));
        assertEquals(IPV6, MessageId.parse(IPV6.toString()));
        assertEquals(IPV4, MessageId.parse("7f00000100002a9f0000123456789abc"));
    }

    @ParameterizedTest
    @EnumSource
    void shouldGoIntoAFieldAsItsText(SerializeType type) {
        FrameWriter writer = new FrameWriter();
        writer.response(type, 1, ResponseCode.SUCCESS).field("a", IPV4).field("b", IPV6);
        Header header = Frames.decode(writer);
        assertEquals(IPV4.toString(), header.text("a"));
        assertEquals(IPV6.toString(), header.text("b"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "7F00000100002A9F0000123456789AB",
                "7F00000100002A9F0000123456789ABG",
                "7F000001FFFFFFFF0000123456789ABC"
            })
    void shouldRejectWhatIsNoId(String text) {
        assertThrows(IllegalArgumentException.class, () -> MessageId.parse(text));
    }
}
