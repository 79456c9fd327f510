package io.sluice.engine.catalog;

import static io.sluice.fuzz.Target.require;

import io.sluice.fuzz.Target;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The value of one entry of the catalog: a byte that says of which kind, then the value. */
public final class EntriesTarget implements Target {
    @Override
    public @Nullable Check take(byte[] input) {
        if (input.length == 0) {
            return null;
        }
        byte[] value = java.util.Arrays.copyOfRange(input, 1, input.length);
        try {
            if ((input[0] & 1) == 0) {
                Topic topic = EntryCodec.topic("t", value);
                return () ->
                        require(
                                topic.equals(EntryCodec.topic("t", EntryCodec.encode(topic))),
                                "round trip");
            }
            Group group = EntryCodec.group("g", value);
            return () ->
                    require(
                            group.equals(EntryCodec.group("g", EntryCodec.encode(group))),
                            "round trip");
        } catch (IOException refused) {
            return null;
        }
    }

    /** A text's length is two bytes, and room for so much is made before it is read. */
    @Override
    public long allocatedBaseMax() {
        return 512 << 10;
    }

    @Override
    public List<byte[]> seeds() {
        Topic topic =
                Topic.create("t", 7, false, 5, TopicSettings.of(4))
                        .with(TopicSettings.of(8).withAttributes(Map.of("a", "b")), 6);
        Group group = new Group("g", 8, 5, GroupSettings.DEFAULT.withRetryMax(3));
        return List.of(
                after((byte) 0, EntryCodec.encode(topic)),
                after((byte) 1, EntryCodec.encode(group)));
    }

    private static byte[] after(byte kind, byte[] value) {
        byte[] seed = new byte[value.length + 1];
        seed[0] = kind;
        System.arraycopy(value, 0, seed, 1, value.length);
        return seed;
    }
}
