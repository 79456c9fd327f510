package io.sluice.engine.queue;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.engine.message.Message;
import io.sluice.engine.message.StoredMessage;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The hash may let through too much, never too little; the message has the last word. */
final class TagFilterTest {
    private static final byte[] HOST = new byte[8];

    private static boolean wants(TagFilter filter, String properties) {
        byte[] topic = {'t'};
        byte[] bytes = properties.getBytes(UTF_8);
        Message message = new Message(1, topic, 0, 0, 0, HOST, 0, 0, ByteBuffer.allocate(0), bytes);
        int size = StoredMessage.sizeBytes(message, HOST.length);
        ByteBuffer stored = ByteBuffer.allocate(7 + size).position(7);
        StoredMessage.write(stored, message, size, 0, 0, 1, 0, HOST);
        boolean matches = filter.matches(stored, 7);
        assertTrue(!matches || filter.mayMatch(message.tagHash()), "lost by its hash");
        return matches;
    }

    @Test
    void shouldWantEverythingWithoutTags() {
        assertTrue(TagFilter.of(List.of()).all());
        assertTrue(wants(TagFilter.ALL, ""));
        assertTrue(wants(TagFilter.ALL, "TAGS\1a\2"));
    }

    @Test
    void shouldWantOneOfItsTagsExactly() {
        TagFilter filter = TagFilter.of(List.of("zebra", "Aa", "𝄞", "b"));
        for (String tag : List.of("zebra", "Aa", "𝄞", "b")) {
            assertTrue(wants(filter, "x\1y\2TAGS\1" + tag + "\2"), tag);
            assertTrue(wants(filter, "TAGS\1" + tag), tag);
        }
        assertFalse(wants(filter, "TAGS\1BB\2"), "of the hash of Aa");
        assertFalse(wants(filter, "TAGS\1bb\2"));
        assertFalse(wants(filter, "TAGS\1\2"));
        assertFalse(wants(filter, ""));
        assertFalse(wants(filter, "KEYS\1b\2"));
    }

    @Test
    void shouldTellAnEmptyTagFromNone() {
        assertTrue(wants(TagFilter.of(List.of("")), "TAGS\1\2"));
        assertFalse(wants(TagFilter.of(List.of("")), ""));
    }
}
