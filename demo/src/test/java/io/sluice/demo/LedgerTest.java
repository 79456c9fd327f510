package io.sluice.demo;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The proof of the demonstration must be able to fail. */
class LedgerTest {
    private Input input;
    private Ledger ledger;

    @BeforeEach
    void openBooks() throws DemoException {
        input = Input.of(Path.of("lines.txt"), List.of("first", "", "third"));
        ledger = new Ledger(input);
    }

    @Test
    void shouldAcceptBooksThatBalance() {
        for (int number = 0; number < 6; number++) {
            ledger.acknowledged("id" + number, number);
            ledger.consumed("id" + number, number % 2, number, input.text(number));
        }

        assertDoesNotThrow(ledger::check);
        assertEquals(6, ledger.acknowledged());
        assertEquals(0, ledger.repeats());
    }

    @Test
    void shouldSeeALostMessage() {
        ledger.acknowledged("a", 0);
        ledger.acknowledged("b", 1);
        ledger.consumed("a", 0, 0, input.text(0));

        assertEquals(1, ledger.missing());
        assertTrue(
                refusal().startsWith("LOST: 1 acknowledged messages never came out, among them b"));
    }

    @Test
    void shouldTakeADeadLetterForAccounted() {
        ledger.acknowledged("a", 0);
        ledger.deadLettered("a");

        assertDoesNotThrow(ledger::check);
    }

    @Test
    void shouldSeeAnAlteredMessage() {
        ledger.acknowledged("a", 0);
        ledger.consumed("a", 0, 0, input.text(0) + "!");

        assertEquals("ALTERED: 1 messages came out changed", refusal());
    }

    @Test
    void shouldSeeMessagesOutOfOrderWithinAQueueOnly() {
        ledger.consumed("a", 0, 0, input.text(5));
        ledger.consumed("b", 1, 1, input.text(4));
        assertDoesNotThrow(ledger::check);

        ledger.consumed("c", 0, 1, input.text(3));
        assertTrue(refusal().startsWith("OUT OF ORDER: queue 0 has text 3 at offset 1"));
    }

    @Test
    void shouldCountRepeatsWithoutRefusingThem() {
        ledger.acknowledged("a", 0);
        ledger.consumed("a", 0, 0, input.text(0));
        ledger.consumed("a", 0, 1, input.text(0));

        assertDoesNotThrow(ledger::check);
        assertEquals(1, ledger.repeats());
    }

    private String refusal() {
        return String.valueOf(assertThrows(DemoException.class, ledger::check).getMessage());
    }
}
