package io.sluice.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class SendFrameTest {
    private static final int BODY_BYTES = 300;

    private final SendFrame frame =
            new SendFrame("orders", "broker-a", 8, BODY_BYTES, 1234567890123L);

    @Test
    void shouldWriteTheHeaderOfTheOfficialClient() {
        assertEquals(
                """
                {"code":310,"extFields":{"a":"bench-producers","b":"orders","c":"TBW102","d":"8",\
                "e":"5","f":"0","g":"1234567890123","h":"0",\
                "i":"UNIQ_KEY\\u00017F0000010BE45E91A1B400000000ABCD\\u0002WAIT\\u0001true\\u0002\
                TAGS\\u0001TagA\\u0002",\
                "j":"0","k":"false","m":"false","n":"broker-a"},"flag":0,"language":"JAVA",\
                "opaque":1000004711,"serializeTypeCurrentRPC":"JSON","version":513}\
                """,
                header(patched(0, 1_000_004_711, 5, 0xABCD), 0));
    }

    @Test
    void shouldStateItsLengths() {
        ByteBuffer bytes = patched(0, 1_000_000_000, 0, 0);
        assertEquals(frame.sizeBytes() - 4, bytes.getInt(0));
        assertEquals(frame.sizeBytes() - 8 - BODY_BYTES, bytes.getInt(4));
    }

    @Test
    void shouldLeaveNothingOfAnEarlierPatch() {
        ByteBuffer once = patched(0, 1_000_000_042, 1, 0x42);
        ByteBuffer twice = patched(0, 2_147_483_647, 9, 0xFFFF_FFFF_FFFFL);
        frame.patch(twice, 0, 1_000_000_042, 1, 0x42);
        assertEquals(once, twice);
    }

    @Test
    void shouldPatchOnlyItsOwnSlot() {
        int second = frame.sizeBytes();
        ByteBuffer ring = ByteBuffer.allocate(3 * frame.sizeBytes());
        for (int slot = 0; slot < 3; slot++) {
            frame.copyTo(ring, slot * frame.sizeBytes());
        }
        frame.patch(ring, second, 1_000_000_077, 7, 77);
        ByteBuffer untouched = ByteBuffer.allocate(frame.sizeBytes());
        frame.copyTo(untouched, 0);
        assertEquals(untouched, ring.slice(0, second));
        assertEquals(patched(0, 1_000_000_077, 7, 77), ring.slice(second, second));
        assertEquals(untouched, ring.slice(2 * second, second));
    }

    @Test
    void shouldRefuseAQueueIdOfTwoDigits() {
        assertThrows(IllegalArgumentException.class, () -> new SendFrame("orders", "b", 11, 1, 1L));
    }

    private ByteBuffer patched(int at, int opaque, int queue, long sequence) {
        ByteBuffer bytes = ByteBuffer.allocate(frame.sizeBytes());
        frame.copyTo(bytes, at);
        frame.patch(bytes, at, opaque, queue, sequence);
        return bytes;
    }

    private static String header(ByteBuffer bytes, int at) {
        byte[] header = new byte[bytes.getInt(at + 4)];
        bytes.get(at + 8, header);
        return new String(header, StandardCharsets.US_ASCII);
    }
}
