package io.sluice.protocol;

import static io.sluice.fuzz.Target.require;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.sluice.fuzz.Golden;
import io.sluice.fuzz.Target;
import java.util.ArrayList;
import java.util.List;

/** A stream of bytes that is cut into frames, and the header of each. */
public final class FramesTarget implements Target {
    private static final int MESSAGE_LENGTH_MAX = 1000;

    @Override
    public Check take(byte[] input) {
        ByteBuf in = Unpooled.wrappedBuffer(input);
        List<Header> headers = new ArrayList<>();
        try {
            int size = Frame.sizeBytes(in, Frame.SIZE_BYTES_MAX);
            while (size != Frame.INCOMPLETE) {
                require(size <= in.readableBytes(), "a frame that is not there");
                Header header = Header.decode(in, in.readerIndex());
                int bodyEnd = header.bodyIndex() + header.bodySizeBytes();
                require(bodyEnd == in.readerIndex() + size, "a body ends elsewhere");
                in.skipBytes(size);
                headers.add(header);
                size = Frame.sizeBytes(in, Frame.SIZE_BYTES_MAX);
            }
        } catch (FrameException | HeaderException refused) {
            require(refused.getMessage().length() < MESSAGE_LENGTH_MAX, refused.getMessage());
        }
        return () -> headers.forEach(HeaderChecks::rewrite);
    }

    @Override
    public List<byte[]> seeds() {
        return Golden.frames();
    }
}
