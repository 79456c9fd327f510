package io.sluice.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import org.HdrHistogram.Histogram;

/**
 * One connection of the load with a fixed number of messages in flight. Owned by the load thread.
 *
 * <p>Frames lie ready in a ring of as many slots as messages may be in flight; sending one is
 * patching the next slot and writing on. A slot is free when its turn comes, even if responses come
 * out of order: whatever is unwritten is the youngest part of what is in flight, and that is less
 * than the ring.
 */
final class LeanConnection implements ResponseScanner.Sink, AutoCloseable {
    private static final int READ_BYTES = 256 * 1024;
    private static final int GENERATIONS = 1_000_000;

    private final SocketChannel channel;
    private final SendFrame frame;
    private final int index;
    private final int queues;
    private final int inFlightMax;
    private final ByteBuffer ring;

    /** The same bytes; its position and limit mark the part being written. */
    private final ByteBuffer outgoing;

    private final ByteBuffer in = ByteBuffer.allocateDirect(READ_BYTES);
    private final ResponseScanner scanner = new ResponseScanner();
    private final Histogram latency;

    /** Credits that may be spent; the lowest {@link #creditCount} entries are valid. */
    private final int[] credits;

    private int creditCount;

    /** Per credit the opaque that is out with it (0 if none) and when it was sent. */
    private final int[] opaqueOut;

    private final long[] sentNs;
    private long framed;
    private long writtenBytes;
    private long nowNs;
    private long answered;
    private long errors;
    private int lastErrorCode;

    LeanConnection(
            InetSocketAddress address, SendFrame frame, int index, Shape shape, Histogram latency)
            throws IOException {
        this.frame = frame;
        this.index = index;
        this.latency = latency;
        queues = shape.queues();
        inFlightMax = shape.inFlight();
        credits = new int[inFlightMax];
        opaqueOut = new int[inFlightMax];
        sentNs = new long[inFlightMax];
        ring = ByteBuffer.allocateDirect(inFlightMax * frame.sizeBytes());
        outgoing = ring.duplicate();
        for (int slot = 0; slot < inFlightMax; slot++) {
            frame.copyTo(ring, slot * frame.sizeBytes());
            credits[creditCount++] = slot;
        }
        channel = SocketChannel.open();
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.connect(address);
        channel.configureBlocking(false);
    }

    SocketChannel channel() {
        return channel;
    }

    int inFlight() {
        return inFlightMax - creditCount;
    }

    long answered() {
        return answered;
    }

    long errors() {
        return errors;
    }

    int lastErrorCode() {
        return lastErrorCode;
    }

    /** Frames one message for every credit that is free, up to {@code most}. */
    void fill(long nowNs, int most) {
        for (int left = most; creditCount > 0 && left > 0; left--) {
            int credit = credits[--creditCount];
            int generation = (int) (framed % GENERATIONS);
            int opaque = SendFrame.OPAQUE_FIRST + generation * inFlightMax + credit;
            int slot = (int) (framed % inFlightMax);
            int queue = (int) ((framed + index) % queues);
            frame.patch(ring, slot * frame.sizeBytes(), opaque, queue, sequence());
            opaqueOut[credit] = opaque;
            sentNs[credit] = nowNs;
            framed++;
        }
    }

    /**
     * Writes what is framed.
     *
     * @return false if the socket took only a part of it
     */
    boolean write() throws IOException {
        long pendingBytes = framed * frame.sizeBytes() - writtenBytes;
        while (pendingBytes > 0) {
            int from = (int) (writtenBytes % ring.capacity());
            int to = (int) Math.min(ring.capacity(), from + pendingBytes);
            outgoing.clear().position(from).limit(to);
            int count = channel.write(outgoing);
            writtenBytes += count;
            pendingBytes -= count;
            if (from + count < to) {
                return false;
            }
        }
        return true;
    }

    /** Reads what has arrived and gives back the credits of the messages it answers. */
    void read() throws IOException {
        int count = channel.read(in);
        if (count < 0) {
            throw new IOException("The server closed the connection; its log says why");
        }
        nowNs = System.nanoTime();
        in.flip();
        scanner.scan(in, this);
        in.compact();
    }

    @Override
    public void answered(int opaque, int code) {
        int credit = Math.floorMod(opaque - SendFrame.OPAQUE_FIRST, inFlightMax);
        if (opaque == 0 || opaqueOut[credit] != opaque) {
            throw new IllegalStateException("An answer to a message not in flight: " + opaque);
        }
        opaqueOut[credit] = 0;
        credits[creditCount++] = credit;
        latency.recordValue(Math.min(nowNs - sentNs[credit], latency.getHighestTrackableValue()));
        answered++;
        if (code != 0) {
            errors++;
            lastErrorCode = code;
        }
    }

    private long sequence() {
        return ((long) index << 40) | framed;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
