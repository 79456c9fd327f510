package io.sluice.protocol;

import static io.sluice.fuzz.Target.require;

import io.sluice.fuzz.Golden;
import io.sluice.fuzz.Target;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A JSON body: a byte that chooses the record, by its place in {@link Codecs#BODIES}, then it. */
public final class BodiesTarget implements Target {
    private static final int MESSAGE_LENGTH_MAX = 1000;

    @Override
    public @Nullable Check take(byte[] input) {
        int chosen = input.length == 0 ? Codecs.BODIES.size() : input[0] & 0xFF;
        return chosen < Codecs.BODIES.size() ? take(Codecs.BODIES.get(chosen), input) : null;
    }

    private static @Nullable Check take(Codecs.Codec codec, byte[] input) {
        try {
            int size = input.length - 1;
            Object body = codec.body(input, 1, size);
            return () -> codec.checkBody(body);
        } catch (JsonException refused) {
            require(refused.getMessage().length() < MESSAGE_LENGTH_MAX, refused.getMessage());
            return null;
        }
    }

    /** A text of names and values may be read as a tree of maps before it is found to be none. */
    @Override
    public long allocatedPerByteMax() {
        return 128;
    }

    @Override
    public List<byte[]> seeds() {
        List<byte[]> seeds = new ArrayList<>();
        for (byte[] frame : Golden.frames()) {
            byte[] body = Golden.body(frame);
            for (int i = 0; body.length > 0 && body[0] == '{' && i < Codecs.BODIES.size(); i++) {
                seeds.add(after((byte) i, body));
            }
        }
        return seeds;
    }

    private static byte[] after(byte first, byte[] body) {
        byte[] seed = new byte[body.length + 1];
        seed[0] = first;
        System.arraycopy(body, 0, seed, 1, body.length);
        return seed;
    }
}
