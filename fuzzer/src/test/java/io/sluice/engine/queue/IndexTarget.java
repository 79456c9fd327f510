package io.sluice.engine.queue;

import static io.sluice.fuzz.Target.require;

import io.sluice.engine.log.CorruptLogException;
import io.sluice.engine.log.Footer;
import io.sluice.engine.log.TrimmedException;
import io.sluice.fuzz.HostileFooter;
import io.sluice.fuzz.Target;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The sections of a sealed segment's index: how many entries QUEUES has, one byte, how many ENTRIES
 * has, one byte, then both, and KEYS to the end.
 */
public final class IndexTarget implements Target {
    private static final int TOPIC = 7;
    private static final int QUEUE = 1;
    private static final int HEAD_BYTES = 2;

    @Override
    public @Nullable Check take(byte[] input) throws IOException {
        if (input.length < HEAD_BYTES) {
            return null;
        }
        Footer footer = footer(input);
        SealedIndex index = new SealedIndex(new OneFooterLog(footer));
        Queue queue = new Queue(TOPIC, QUEUE, 2, 500);
        for (long offset : new long[] {2, 3, 300, 499}) {
            try {
                Selection selection = new Selection(32, 1 << 20, offset);
                Sieve sieve = new Sieve(TagFilter.ALL, new OneFooterLog(footer), true);
                index.scan(queue, OneFooterLog.SEGMENT + 1, sieve, selection);
                require(selection.nextOffset() >= offset, "a scan goes forward");
                for (int i = 0; i < selection.count(); i++) {
                    requirePlace(selection.position(i));
                }
                long storeMs = index.storeMs(queue, offset, OneFooterLog.SEGMENT + 1);
                require(storeMs == index.storeMs(queue, offset, OneFooterLog.SEGMENT + 1), "time");
            } catch (CorruptLogException | TrimmedException refused) {
                require(refused.getMessage() != null, "a refusal says why");
            }
        }
        try {
            require(index.firstOffsetIn(OneFooterLog.SEGMENT, queue) >= 0, "first offset");
        } catch (CorruptLogException refused) {
            require(refused.getMessage() != null, "a refusal says why");
        }
        try {
            index.findKeys(footer, OneFooterLog.SEGMENT, 5, IndexTarget::requirePlace);
        } catch (CorruptLogException refused) {
            require(refused.getMessage() != null, "a refusal says why");
        }
        return null;
    }

    private static void requirePlace(long position) {
        require(position >>> 32 == OneFooterLog.SEGMENT, "a place elsewhere: " + position);
    }

    private static Footer footer(byte[] input) {
        ByteBuffer in = ByteBuffer.wrap(input);
        int queues = (in.get() & 0xFF) * SegmentIndex.QUEUE_SIZE_BYTES;
        int entries = (in.get() & 0xFF) * Run.ENTRY_SIZE_BYTES;
        ByteBuffer first = part(in, queues);
        ByteBuffer second = part(in, entries);
        return new HostileFooter()
                .with(Footer.Section.QUEUES, first)
                .with(Footer.Section.ENTRIES, second)
                .with(Footer.Section.KEYS, in);
    }

    private static ByteBuffer part(ByteBuffer in, int sizeBytes) {
        int size = Math.min(sizeBytes, in.remaining());
        ByteBuffer part = in.slice(in.position(), size);
        in.position(in.position() + size);
        return part;
    }

    @Override
    public List<byte[]> seeds() {
        ByteBuffer out = ByteBuffer.allocate(512);
        out.put((byte) 3).put((byte) 4);
        out.putInt(6).putInt(0).putLong(0).putInt(1).putInt(0);
        out.putInt(TOPIC).putInt(QUEUE).putLong(2).putInt(2).putInt(1);
        out.putInt(TOPIC).putInt(2).putLong(0).putInt(1).putInt(3);
        for (int i = 0; i < 4; i++) {
            out.putLong(OneFooterLog.BASE + 64 + i * 200L).putLong(i).putInt(150).putInt(i);
        }
        out.putLong(3).putLong(OneFooterLog.BASE + 64);
        out.putLong(5).putLong(OneFooterLog.BASE + 264);
        byte[] seed = new byte[out.position()];
        out.flip().get(seed);
        return List.of(seed);
    }
}
