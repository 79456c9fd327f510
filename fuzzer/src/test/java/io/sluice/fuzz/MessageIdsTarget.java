package io.sluice.fuzz;

import static io.sluice.fuzz.Target.require;

import io.sluice.protocol.MessageId;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Offset message ids, as clients write them. */
final class MessageIdsTarget implements Target {
    @Override
    public @Nullable Check take(byte[] input) {
        String text = new String(input, StandardCharsets.UTF_8);
        try {
            MessageId id = MessageId.parse(text);
            return () -> require(id.equals(MessageId.parse(id.toString())), "round trip of " + id);
        } catch (IllegalArgumentException refused) {
            return null;
        }
    }

    @Override
    public List<byte[]> seeds() {
        return List.of(
                bytes("7F00000100002A9F0000000100000040"),
                bytes("00000000000000000000FFFF7F00000100002A9F0000000100000040"),
                bytes("20010DB800000000000000000000000100002a9fffffffffffffffff"));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
