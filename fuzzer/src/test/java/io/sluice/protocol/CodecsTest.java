package io.sluice.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import org.junit.jupiter.api.Test;

/** A record that is read from the wire and that no target tries would go unfuzzed. */
class CodecsTest {
    @Test
    void shouldTryEveryRecordThatIsReadFromAHeader() {
        assertTrue(Codecs.HEADERS.size() > 50, Codecs.HEADERS.size() + " were found");
    }

    @Test
    void shouldTryEveryRecordThatIsReadFromABody() {
        assertEquals(
                new HashSet<>(Codecs.bodies()),
                new HashSet<>(Codecs.BODIES.stream().map(Codecs.Codec::type).toList()));
    }
}
