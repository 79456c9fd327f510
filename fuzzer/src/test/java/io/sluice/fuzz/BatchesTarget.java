package io.sluice.fuzz;

import static io.sluice.fuzz.Target.require;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.sluice.protocol.BatchBody;
import io.sluice.protocol.BodyException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The body of a batch send. */
final class BatchesTarget implements Target {
    private static final int MESSAGES_MAX = 1000;

    @Override
    public @Nullable Check take(byte[] input) {
        ByteBuf in = Unpooled.wrappedBuffer(input);
        try {
            List<BatchBody.Message> messages = BatchBody.decode(in, 0, input.length, MESSAGES_MAX);
            return () -> check(input, messages);
        } catch (BodyException refused) {
            return null;
        }
    }

    private static void check(byte[] input, List<BatchBody.Message> messages) {
        require(messages.size() <= MESSAGES_MAX, messages.size() + " messages");
        ByteBuf out = Unpooled.buffer();
        int end = 0;
        for (BatchBody.Message message : messages) {
            require(message.bodyIndex() >= end, "messages overlap");
            end = message.propertiesIndex() + message.propertiesSizeBytes();
            require(end <= input.length, "a message ends beyond the body");
            BatchBody.encode(
                    out,
                    message.flag(),
                    part(input, message.bodyIndex(), message.bodySizeBytes()),
                    part(input, message.propertiesIndex(), message.propertiesSizeBytes()));
        }
        require(end == input.length, "bytes are left over");
        require(
                messages.equals(BatchBody.decode(out, 0, out.readableBytes(), MESSAGES_MAX)),
                "round trip");
    }

    private static byte[] part(byte[] input, int from, int sizeBytes) {
        return Arrays.copyOfRange(input, from, from + sizeBytes);
    }

    @Override
    public List<byte[]> seeds() {
        List<byte[]> seeds = new ArrayList<>();
        for (int count = 1; count < 4; count++) {
            ByteBuf out = Unpooled.buffer();
            for (int i = 0; i < count; i++) {
                BatchBody.encode(out, i, new byte[i * 7], new byte[] {'a', 1, 'b', 2});
            }
            seeds.add(Arrays.copyOf(out.array(), out.readableBytes()));
        }
        return seeds;
    }
}
