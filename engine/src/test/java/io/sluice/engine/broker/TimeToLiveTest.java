package io.sluice.engine.broker;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sluice.engine.catalog.Topic;
import io.sluice.engine.message.Message;
import io.sluice.engine.message.TimeToLive;
import io.sluice.engine.queue.TagFilter;
import io.sluice.engine.shard.Appended;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class TimeToLiveTest {
    private final Machine machine = new Machine().start();
    private final Topic topic = machine.topic("offers", 1);

    private void send(String body, String properties, int systemFlag) {
        Message message =
                new Message(
                        topic.id(),
                        topic.name().getBytes(StandardCharsets.UTF_8),
                        0,
                        systemFlag,
                        machine.time.wallMs(),
                        Machine.HOST,
                        0,
                        0,
                        ByteBuffer.wrap(body.getBytes(StandardCharsets.UTF_8)),
                        properties.getBytes(StandardCharsets.UTF_8));
        Appended stored =
                machine.ask(reply -> machine.broker().append(topic, 0, List.of(message), 0, reply));
        assertEquals(1, stored.positions().length);
    }

    private Pull.Pulled pull(long offset) {
        return machine.pull(topic, 0, offset);
    }

    @Test
    void shouldPassOverWhatMayNoLongerBeDelivered() {
        send("forever", "", 0);
        send("short", "TTL_MS\0011000\2", TimeToLive.LIMITED);
        send("long", "TTL_MS\00160000\2", TimeToLive.LIMITED);
        assertEquals(3, pull(0).count());
        machine.advanceMs(1_000);
        assertEquals(3, pull(0).count());
        machine.advanceMs(1);
        Pull.Pulled pulled = pull(0);
        assertEquals(
                List.of("forever", "long"),
                Machine.messages(pulled).stream().map(Machine::body).toList());
        assertEquals(3, pulled.nextOffset());
    }

    @Test
    void shouldLeadOnWhereEverythingIsOver() {
        send("short", "TTL_MS\0011000\2", TimeToLive.LIMITED);
        machine.advanceMs(2_000);
        Pull.Pulled pulled = pull(0);
        assertEquals(Pull.Found.NO_MATCH, pulled.found());
        assertEquals(1, pulled.nextOffset());
    }

    /** What comes from storage is looked at as what is in memory. */
    @Test
    void shouldPassOverInOldSegments() {
        send("short", "TTL_MS\0011000\2", TimeToLive.LIMITED);
        for (int i = 0; i < 100; i++) {
            send("x".repeat(4_000), "", 0);
        }
        machine.advanceMs(5_000);
        machine.killAndRestart();
        Topic again = machine.existing("offers");
        Pull.Pulled pulled =
                machine.ask(reply ->
                        machine.broker().pull(machine.pull(again, 0, 0, 0, TagFilter.ALL, reply)));
        assertEquals(1, pulled.nextOffset() - pulled.count());
    }

    @Test
    void shouldDeliverWhateverHasNoReadableLimit() {
        send("flag alone", "", TimeToLive.LIMITED);
        send("no number", "TTL_MS\1soon\2", TimeToLive.LIMITED);
        machine.advanceMs(10_000);
        assertEquals(2, pull(0).count());
    }
}
