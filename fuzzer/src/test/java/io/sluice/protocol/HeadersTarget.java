package io.sluice.protocol;

import static io.sluice.fuzz.Target.require;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.sluice.fuzz.Golden;
import io.sluice.fuzz.Target;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One header: a byte that says how it is written, JSON or ROCKETMQ, then its bytes. What can be
 * read of it is offered to every header record.
 */
public final class HeadersTarget implements Target {
    private static final int MESSAGE_LENGTH_MAX = 1000;

    private final List<Codecs.Codec> codecs = Codecs.HEADERS;

    @Override
    public @Nullable Check take(byte[] input) {
        if (input.length == 0) {
            return null;
        }
        ByteBuf frame = Unpooled.buffer(Frame.PREFIX_SIZE_BYTES + input.length);
        int size = input.length - 1;
        frame.writeInt(Integer.BYTES + size);
        frame.writeInt(((input[0] & 1) << 24) | size);
        frame.writeBytes(input, 1, size);
        Header header;
        try {
            header = Header.decode(frame, 0);
        } catch (HeaderException refused) {
            require(refused.getMessage().length() < MESSAGE_LENGTH_MAX, refused.getMessage());
            return null;
        }
        List<Runnable> checks = new ArrayList<>();
        for (Codecs.Codec codec : codecs) {
            offer(codec, header, checks);
        }
        return () -> {
            HeaderChecks.rewrite(header);
            checks.forEach(Runnable::run);
        };
    }

    private static void offer(Codecs.Codec codec, Header header, List<Runnable> checks) {
        try {
            Object fields = codec.fields(header);
            checks.add(() -> codec.checkFields(fields, header.serializeType()));
        } catch (HeaderException refused) {
            require(refused.getMessage().length() < MESSAGE_LENGTH_MAX, refused.getMessage());
        }
    }

    @Override
    public List<byte[]> seeds() {
        return Golden.frames().stream().map(Golden::header).toList();
    }
}
