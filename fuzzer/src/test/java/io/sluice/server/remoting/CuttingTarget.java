package io.sluice.server.remoting;

import static io.sluice.fuzz.Target.require;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.sluice.fuzz.Golden;
import io.sluice.fuzz.Target;
import io.sluice.protocol.FrameException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A stream that arrives in pieces: the first byte says how large they are. However it is cut up on
 * the way, the same frames come out, and all memory goes back.
 */
public final class CuttingTarget implements Target {
    private static final ByteBufAllocator HEAP = new UnpooledByteBufAllocator(false);
    private static final int FRAME_BYTES_MAX = 1 << 16;

    @Override
    public @Nullable Check take(byte[] input) {
        if (input.length == 0) {
            return null;
        }
        List<ByteBuf> pieces = new ArrayList<>();
        int pieceBytes = 1 + (input[0] & 0x7F);
        for (int at = 1; at < input.length; at += pieceBytes) {
            int count = Math.min(pieceBytes, input.length - at);
            pieces.add(HEAP.buffer(count).writeBytes(input, at, count));
        }
        List<String> cut = cut(pieces, (input[0] & 0x80) != 0);
        return () -> {
            ByteBuf whole = Unpooled.copiedBuffer(input).skipBytes(1);
            require(cut.equals(cut(List.of(whole), false)), "the same frames, however they came");
        };
    }

    /** The frames, and the refusal if there is one; leaves nothing behind. */
    private static List<String> cut(List<ByteBuf> pieces, boolean waiting) {
        FrameCutter cutter = new FrameCutter(HEAP, FRAME_BYTES_MAX);
        List<String> frames = new ArrayList<>();
        int fed = 0;
        try {
            for (ByteBuf piece : pieces) {
                cutter.add(piece);
                fed++;
                if (!waiting || fed == pieces.size()) {
                    take(cutter, frames);
                }
            }
        } catch (FrameException refused) {
            frames.add("refused: " + refused.getMessage());
        }
        cutter.release();
        for (ByteBuf piece : pieces.subList(0, fed)) {
            require(piece.refCnt() == 0, "a piece was not given back");
        }
        return frames;
    }

    private static void take(FrameCutter cutter, List<String> frames) {
        for (ByteBuf in = cutter.next(); in != null; in = cutter.next()) {
            frames.add(
                    ByteBufUtil.hashCode(in.slice(in.readerIndex(), cutter.sizeBytes()))
                            + ":"
                            + cutter.sizeBytes());
            cutter.skip();
        }
    }

    /** Pieces of one byte cost a buffer each, which is the pieces' price. */
    @Override
    public long allocatedPerByteMax() {
        return 1024;
    }

    @Override
    public List<byte[]> seeds() {
        List<byte[]> seeds = new ArrayList<>();
        byte pieces = 0;
        for (byte[] frame : Golden.frames()) {
            byte[] seed = new byte[frame.length * 2 + 1];
            seed[0] = pieces++;
            System.arraycopy(frame, 0, seed, 1, frame.length);
            System.arraycopy(frame, 0, seed, 1 + frame.length, frame.length);
            seeds.add(seed);
        }
        return seeds;
    }
}
