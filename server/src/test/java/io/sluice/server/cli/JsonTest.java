package io.sluice.server.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class JsonTest {

    @Test
    void shouldWriteRowsAsObjects() {
        Table table = Output.table("topic", "queueCount").row("a\"b\\\n\u0001é", 8);

        assertEquals(
                "[{\"topic\":\"a\\\"b\\\\\\n\\u0001é\",\"queueCount\":8}]",
                Json.text(table.objects()));
    }

    @Test
    void shouldAlignColumnsWithNumbersToTheRight() {
        Table table = Output.table("topic", "queueCount").row("orders", 8).row("x", 1024);

        assertEquals("TOPIC   QUEUE COUNT\norders            8\nx              1024", table.text());
    }

    @Test
    void shouldWriteMembersInOrder() {
        Members members = new Members().with("a", 1).with("long", true);

        assertEquals("{\"a\":1,\"long\":true}", Json.text(members.values()));
        assertEquals("a     1\nlong  true", members.text());
    }
}
