package io.sluice.protocol;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class HeaderTest {

    @ParameterizedTest
    @EnumSource
    void shouldReadWhatTheWriterWrites(SerializeType type) {
        String text =
                "quote \" backslash \\ separators \u0001\u0002 tab \t umlaut \u00fc"
                        + " snowman \u2603 clef \ud834\udd1e";
        FrameWriter writer = new FrameWriter();
        writer.request(type, RequestCode.SEND_MESSAGE_V2, 77)
                .remark("why \u00fc?")
                .field("text", text)
                .field("bytes", text.getBytes(StandardCharsets.UTF_8))
                .field("absent", (String) null)
                .field("least", Long.MIN_VALUE)
                .field("most", Long.MAX_VALUE)
                .field("zero", 0)
                .field("yes", true);
        ByteBuf frame = Unpooled.buffer();
        writer.finish(frame, 3);
        frame.writeBytes(new byte[3]);

        assertEquals(frame.readableBytes(), Frame.sizeBytes(frame, Frame.SIZE_BYTES_MAX));
        Header header = Header.decode(frame, 0);
        assertEquals(type, header.serializeType());
        assertEquals(RequestCode.SEND_MESSAGE_V2, header.code());
        assertEquals(77, header.opaque());
        assertEquals(Frame.VERSION, header.version());
        assertEquals(Language.JAVA, header.language());
        assertFalse(header.response());
        assertFalse(header.oneway());
        assertEquals("why \u00fc?", header.remark());
        assertEquals(text, header.text("text"));
        assertArrayEquals(text.getBytes(StandardCharsets.UTF_8), header.bytes("bytes"));
        assertFalse(header.has("absent"));
        assertEquals(Long.MIN_VALUE, header.longField("least"));
        assertEquals(Long.MAX_VALUE, header.longField("most"));
        assertEquals(0, header.intField("zero"));
        assertTrue(header.booleanField("yes"));
        assertEquals(3, header.bodySizeBytes());
        assertEquals(frame.readableBytes() - 3, header.bodyIndex());
    }

    @ParameterizedTest
    @EnumSource
    void shouldTellResponsesAndOnewaysApart(SerializeType type) {
        FrameWriter writer = new FrameWriter();
        Header request = Frames.decode(writer.oneway(type, 10, 5));
        assertTrue(request.oneway());
        assertFalse(request.response());
        Header response = Frames.decode(writer.response(request, ResponseCode.SYSTEM_BUSY));
        assertTrue(response.response());
        assertFalse(response.oneway());
        assertEquals(type, response.serializeType());
        assertEquals(5, response.opaque());
        assertEquals(ResponseCode.SYSTEM_BUSY, response.code());
        assertNull(response.remark());
        assertEquals(Map.of(), response.fields());
    }

    @Test
    void shouldReadEscapesAsFastjsonWritesAndAcceptsThem() {
        Header header =
                Frames.decodeJson(
                        "{\"extFields\":{\"i\":\"KEYS\\u0001k\\u0002\\/\\b\\f\\n\\r\\t\\\"\\'\\x41\\v\\0\\7\","
                                + "\"wide\":\"\\u00fc\\u2603\\uD834\\uDD1E\",\"lone\":\"\\ud834x\\udd1e\"}}");
        assertEquals("KEYS\u0001k\u0002/\b\f\n\r\t\"'A\u000b\0\u0007", header.text("i"));
        assertEquals("\u00fc\u2603\ud834\udd1e", header.text("wide"));
        assertEquals("?x?", header.text("lone"));
    }

    @Test
    void shouldReadWhateverOrderSpaceAndTypesTheMembersHave() {
        Header header =
                Frames.decodeJson(
                        " { \"version\" : \"401\" ,\n\t\"unknown\":[{\"a\":\"]\"},1,[null]],"
                                + "\"extFields\": { \"n\" : 7 , \"b\":true,\"none\":null, 'o':{\"x\":\"\\\"}\"},},"
                                + "\"remark\":null,\"code\":34,\"language\":\"GO\",\"flag\":1,\"opaque\":-3 } ");
        assertEquals(401, header.version());
        assertEquals(7, header.intField("n"));
        assertTrue(header.booleanField("b"));
        assertNull(header.textOrNull("none"));
        assertEquals("{\"x\":\"\\\"}\"}", header.text("o"));
        assertNull(header.remark());
        assertEquals(34, header.code());
        assertEquals(Language.GO, header.language());
        assertTrue(header.response());
        assertEquals(-3, header.opaque());
    }

    @Test
    void shouldReadAHeaderWithoutFields() {
        assertEquals(Map.of(), Frames.decodeJson("{\"code\":105}").fields());
        assertEquals(Map.of(), Frames.decodeJson("{\"extFields\":null}").fields());
        assertEquals(Language.OTHER, Frames.decodeJson("{\"language\":\"COBOL\"}").language());
    }

    @Test
    void shouldLetTheLastOfTwoFieldsOfOneNameCount() {
        Header header =
                Frames.decodeJson(
                        "{\"extFields\":{\"a\":\"1\",\"b\":\"2\",\"a\":\"3\",\"b\":null}}");
        assertEquals("3", header.text("a"));
        assertFalse(header.has("b"));
        assertEquals(Map.of("a", "3"), header.fields());
    }

    @Test
    void shouldFindFieldsInAnyOrderAmongMany() {
        StringBuilder fields = new StringBuilder();
        for (int i = 0; i < Header.FIELDS_MAX; i++) {
            fields.append(i == 0 ? "" : ",").append("\"f" + i + "\":\"" + i + "\"");
        }
        Header header = Frames.decodeJson("{\"extFields\":{" + fields + "}}");
        for (int i = Header.FIELDS_MAX - 1; i >= 0; i--) {
            assertEquals(i, header.intField("f" + i));
        }
        HeaderException tooMany =
                assertThrows(
                        HeaderException.class,
                        () -> Frames.decodeJson("{\"extFields\":{" + fields + ",\"x\":\"\"}}"));
        assertTrue(tooMany.getMessage().contains("256"), tooMany.getMessage());
    }

    @Test
    void shouldNameTheFieldAndTheFormItNeeds() {
        Header header =
                Frames.decodeJson(
                        "{\"extFields\":{\"n\":\"12x\",\"big\":\"4294967296\",\"b\":\"maybe\",\"e\":\"\"}}");
        assertEquals(
                "header field topic is missing",
                assertThrows(HeaderException.class, () -> header.text("topic")).getMessage());
        assertEquals(
                "header field n must be a whole number of 32 bits, not \"12x\"",
                assertThrows(HeaderException.class, () -> header.intField("n", 5)).getMessage());
        assertEquals(
                "header field big must be a whole number of 32 bits, not \"4294967296\"",
                assertThrows(HeaderException.class, () -> header.intField("big")).getMessage());
        assertEquals(4294967296L, header.longField("big"));
        assertEquals(
                "header field b must be true or false, not \"maybe\"",
                assertThrows(HeaderException.class, () -> header.booleanField("b")).getMessage());
        assertThrows(HeaderException.class, () -> header.longField("e"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "x",
                "[]",
                "{",
                "{\"code\"",
                "{\"code\":",
                "{\"code\":1",
                "{\"code\":1 \"flag\":0}",
                "{\"code\":12345678901}",
                "{\"code\":1.5}",
                "{\"code\":\"\"}",
                "{\"code\":1}x",
                "{\"extFields\":7}",
                "{\"extFields\":{\"a\":}}",
                "{\"extFields\":{\"a\":\"\\",
                "{\"extFields\":{\"a\":\"\\u00\"}}",
                "{\"extFields\":{\"a\":\"\\q\"}}",
                "{\"extFields\":{\"a\":\"b}}",
                "{\"x\":]}",
                "{\"x\":,}",
                "{,}"
            })
    void shouldRejectAHeaderThatIsNotJson(String header) {
        assertThrows(HeaderException.class, () -> Frames.decodeJson(header));
    }

    @Test
    void shouldRejectAHeaderThatIsNestedTooDeeply() {
        String deep = "[".repeat(100_000);
        HeaderException e =
                assertThrows(HeaderException.class, () -> Frames.decodeJson("{\"x\":" + deep));
        assertTrue(e.getMessage().contains("nested deeper than 32"), e.getMessage());
    }

    @Test
    void shouldTreatAnEmptyBinaryFieldAsAbsent() {
        FrameWriter writer = new FrameWriter();
        writer.request(SerializeType.ROCKETMQ, 10, 1).field("empty", "").field("full", "x");
        Header header = Frames.decode(writer);
        assertFalse(header.has("empty"));
        assertEquals("x", header.text("full"));
    }

    @Test
    void shouldRefuseACodeThatABinaryHeaderCannotHold() {
        FrameWriter writer = new FrameWriter();
        assertThrows(
                IllegalArgumentException.class,
                () -> writer.request(SerializeType.ROCKETMQ, RequestCode.POP_MESSAGE, 1));
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 1, 1000, Integer.MAX_VALUE, Integer.MIN_VALUE})
    void shouldRejectABinaryLengthThatDoesNotFit(int length) {
        byte[] remark = new byte[21];
        Unpooled.wrappedBuffer(remark).setInt(13, length);
        assertThrows(
                HeaderException.class,
                () -> Header.decode(Frames.frame(SerializeType.ROCKETMQ, remark, remark), 0));
        byte[] fields = new byte[21];
        Unpooled.wrappedBuffer(fields).setInt(17, length);
        assertThrows(
                HeaderException.class,
                () -> Header.decode(Frames.frame(SerializeType.ROCKETMQ, fields, fields), 0));
    }
}
