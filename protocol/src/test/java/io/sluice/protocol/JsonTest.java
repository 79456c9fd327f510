package io.sluice.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {

    @Test
    void shouldReadJson() {
        assertEquals(
                Map.of(
                        "text",
                        "a\u00fc\n\"",
                        "whole",
                        -5L,
                        "fraction",
                        1.5e3,
                        "list",
                        List.of(true, false, List.of(), Map.of())),
                Json.read(
                        " {\"text\":\"a\\u00fc\\n\\\"\",\"whole\":-5,\"fraction\":1.5e3,"
                                + "\"list\":[true,false,[],{}]} "));
        assertNull(Json.read("null"));
        assertEquals(Long.MIN_VALUE, Json.read("-9223372036854775808"));
    }

    @Test
    void shouldReadNamesThatAreNumbers() {
        assertEquals(
                Map.of("0", "127.0.0.1:10911", "-1", "x"),
                Json.read("{0:\"127.0.0.1:10911\",-1:\"x\"}"));
        assertEquals(Map.of("0", "x"), Json.read("{\"0\":\"x\"}"));
    }

    @Test
    void shouldReadNamesThatAreObjects() {
        String queue = "{\"brokerName\":\"a\",\"queueId\":0,\"topic\":\"t\"}";
        assertEquals(
                Map.of("offsetTable", Map.of(queue, 5L)),
                Json.read("{\"offsetTable\":{" + queue + ":5}}"));
    }

    @Test
    void shouldReadWhatFastjsonTolerates() {
        assertEquals(
                Map.of("name", "it\"s", "list", List.of(1L, 2L)),
                Json.read("{name:'it\"s',\"list\":[1,2,],}"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "[",
                "[1",
                "[1 2]",
                "{1}",
                "{\"a\":}",
                "{\"a\" 1}",
                "\"a",
                "'a\"",
                "tru",
                "nul",
                "1x",
                "--1",
                "1.2.3",
                "99999999999999999999",
                "{}{}",
                "]",
                ",",
                "[,]",
                "{:1}",
                "{1}",
                "\"\\u12\"",
                "\"\\y\"",
                "{[]:1}",
                "NaN",
                "-"
            })
    void shouldRejectWhatIsNotJson(String text) {
        assertThrows(JsonException.class, () -> Json.read(text));
    }

    @Test
    void shouldSayWhereTheErrorIs() {
        assertEquals(
                "',' or '}' expected, not ';' at byte 6",
                assertThrows(JsonException.class, () -> Json.read("{\"a\":1;}")).getMessage());
    }

    @Test
    void shouldBoundDepth() {
        Json.read("[".repeat(32) + "]".repeat(32));
        for (String open : List.of("[", "{\"a\":", "{")) {
            JsonException e =
                    assertThrows(JsonException.class, () -> Json.read(open.repeat(100_000)));
            assertTrue(e.getMessage().contains("nested deeper than 32"), e.getMessage());
        }
    }

    @Test
    void shouldBoundSize() {
        int size = Json.SIZE_BYTES_MAX + 1;
        JsonException e =
                assertThrows(
                        JsonException.class,
                        () -> Json.read(Unpooled.wrappedBuffer(new byte[size]), 0, size));
        assertTrue(e.getMessage().contains("above the limit"), e.getMessage());
    }

    @Test
    void shouldReadWhatTheWriterWrites() {
        JsonWriter json = new JsonWriter();
        json.beginObject()
                .member("text", "\"\\\u0001\u00fc\u2603\ud834\udd1e\ud834")
                .member("none", (String) null)
                .member("number", Long.MIN_VALUE)
                .member("yes", true)
                .member("texts", List.of("a", "b"))
                .name("map")
                .beginObject()
                .name(0, false)
                .value("bare")
                .name(1, true)
                .value("quoted")
                .endObject()
                .name("list")
                .beginArray()
                .value(1)
                .beginObject()
                .endObject()
                .value(false)
                .endArray()
                .endObject();
        assertEquals(
                Map.of(
                        "text",
                        "\"\\\u0001\u00fc\u2603\ud834\udd1e?",
                        "number",
                        Long.MIN_VALUE,
                        "yes",
                        true,
                        "texts",
                        List.of("a", "b"),
                        "map",
                        Map.of("0", "bare", "1", "quoted"),
                        "list",
                        List.of(1L, Map.of(), false)),
                Json.read(json.toString()));
    }
}
