package io.sluice.faults.flood;

import io.netty.buffer.Unpooled;
import io.sluice.protocol.Header;
import io.sluice.protocol.PullMessageResponse;
import io.sluice.protocol.ResponseCode;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;

/** The ways in which a client is a nuisance. */
enum Nuisance {
    /** Opens a connection and asks nothing. */
    MUTE,
    /** Asks once and then sends a large message, a byte per second. */
    DRIPPING,
    /** Asks once and stays. */
    IDLE,
    /** Sends an eighth and more of the largest frame that is allowed, and stops. */
    GREEDY,
    /** Pulls and pulls, and reads no answer. */
    DEAF,
    /** Reads all there is from the beginning, again and again, many pulls at a time. */
    BACKLOG,
    /** Gives back every message that it gets, for ever. */
    GIVING_BACK,
    /** Commits offsets that are none, in queues that are none. */
    GARBAGE,
    /** Keeps a hundred pulls waiting, on a queue to which somebody sends. */
    PARKED;

    static final String GROUP = "nuisance";
    static final String TOPIC = "backlog";
    static final int QUEUES = 4;

    /** What one connection does; each has its own. */
    Behaviour behaviour() {
        return switch (this) {
            case MUTE -> link -> {};
            case DRIPPING -> new Dripping();
            case IDLE -> link -> link.write(Frames.ask());
            case GREEDY -> new Greedy();
            case DEAF -> new Deaf();
            case BACKLOG -> new Backlog();
            case GIVING_BACK -> new GivingBack();
            case GARBAGE -> new Garbage();
            case PARKED -> new Parked();
        };
    }

    private static int code(ByteBuffer frame) {
        return frame.getShort(frame.position() + Frames.CODE_AT);
    }

    private static long next(ByteBuffer frame) {
        Header header = Header.decode(Unpooled.wrappedBuffer(frame.slice()), 0);
        return PullMessageResponse.decode(header).nextBeginOffset();
    }

    private static final class Dripping implements Behaviour {
        private static final byte[] FRAME = Frames.send(TOPIC, 0, new byte[1 << 20]);
        private static final long EVERY_NS = TimeUnit.SECONDS.toNanos(1);
        private int at;
        private long dueNs;

        @Override
        public void opened(Link link) {
            link.write(Frames.ask());
            dueNs = System.nanoTime() + (long) (Math.random() * EVERY_NS);
        }

        @Override
        public void tick(Link link, long nowNs) {
            if (nowNs - dueNs >= 0) {
                dueNs += EVERY_NS;
                link.write(FRAME, at++, 1);
            }
        }
    }

    private static final class Greedy implements Behaviour {
        private static final byte[] PART = part();

        private static byte[] part() {
            byte[] part = new byte[(2 << 20) + 1024];
            ByteBuffer.wrap(part).putInt((16 << 20) - 8).putInt(100);
            return part;
        }

        @Override
        public void opened(Link link) {
            link.write(PART);
        }
    }

    private static final class Deaf implements Behaviour {
        private int asked;

        @Override
        public void opened(Link link) {}

        @Override
        public void tick(Link link, long nowNs) {
            for (int i = 0; i < 32 && link.idle() && asked < 100_000; i++) {
                link.write(Frames.pull(GROUP, TOPIC, asked % QUEUES, asked % 1000, 1024, 0));
                asked++;
            }
        }

        @Override
        public boolean deaf() {
            return true;
        }
    }

    private static final class Backlog implements Behaviour {
        private static final int UNDER_WAY = 8;
        private final long[] offsets = new long[QUEUES];
        private int turn;

        @Override
        public void opened(Link link) {
            for (int i = 0; i < UNDER_WAY; i++) {
                ask(link);
            }
        }

        private void ask(Link link) {
            int queue = turn++ % QUEUES;
            byte[] frame = Frames.pull(GROUP, TOPIC, queue, offsets[queue], 1024, 0);
            Frames.number(frame, queue);
            link.write(frame);
        }

        @Override
        public void answered(Link link, ByteBuffer frame, long nowNs) {
            int queue = frame.getInt(frame.position() + Frames.OPAQUE_AT);
            offsets[queue] =
                    code(frame) == ResponseCode.SUCCESS ? Math.max(offsets[queue], next(frame)) : 0;
            ask(link);
        }
    }

    private static final class GivingBack implements Behaviour {
        private static final int PULL = 1;
        private static final int GIVEN = 2;
        private static final int POSITION_AT = 28;
        private long offset;
        private int open;

        @Override
        public void opened(Link link) {
            pull(link);
        }

        private void pull(Link link) {
            byte[] frame = Frames.pull(GROUP, TOPIC, 0, offset, 32, 0);
            Frames.number(frame, PULL);
            link.write(frame);
        }

        @Override
        public void answered(Link link, ByteBuffer frame, long nowNs) {
            if (frame.getInt(frame.position() + Frames.OPAQUE_AT) == PULL) {
                giveBack(link, frame);
            } else {
                open--;
            }
            if (open == 0) {
                pull(link);
            }
        }

        private void giveBack(Link link, ByteBuffer frame) {
            if (code(frame) != ResponseCode.SUCCESS) {
                offset = 0;
                return;
            }
            offset = next(frame);
            int at = frame.position() + 8 + (frame.getInt(frame.position() + 4) & 0xFFFFFF);
            for (; at < frame.limit(); at += frame.getInt(at)) {
                byte[] back = Frames.giveBack(GROUP, frame.getLong(at + POSITION_AT));
                Frames.number(back, GIVEN);
                link.write(back);
                open++;
            }
        }
    }

    private static final class Garbage implements Behaviour {
        private static final long[] OFFSETS = {-1, Long.MIN_VALUE, Long.MAX_VALUE, 1L << 40, 7};
        private static final int UNDER_WAY = 32;
        private int turn;

        @Override
        public void opened(Link link) {
            for (int i = 0; i < UNDER_WAY; i++) {
                commit(link);
            }
        }

        private void commit(Link link) {
            int n = turn++;
            int queue = n % 3 == 0 ? -n : n % 3 == 1 ? Integer.MAX_VALUE - n : n % QUEUES;
            long offset = OFFSETS[n % OFFSETS.length];
            link.write(Frames.commit(GROUP, n % 7 == 0 ? "none" + n : TOPIC, queue, offset));
        }

        @Override
        public void answered(Link link, ByteBuffer frame, long nowNs) {
            commit(link);
        }
    }

    private static final class Parked implements Behaviour {
        private static final int WAITING = 100;
        private static final long FAR_MS = 30_000;
        private static final byte[] SEND = Frames.send("parked", 0, new byte[100]);
        private static final long EVERY_NS = TimeUnit.SECONDS.toNanos(50);
        private long sentNs = System.nanoTime() + (long) (Math.random() * EVERY_NS);

        static {
            Frames.number(SEND, -1);
        }

        @Override
        public void opened(Link link) {
            for (int i = 0; i < WAITING; i++) {
                wait(link, 0);
            }
        }

        private static void wait(Link link, long offset) {
            link.write(Frames.pull(GROUP, "parked", 0, offset, 32, FAR_MS));
        }

        @Override
        public void answered(Link link, ByteBuffer frame, long nowNs) {
            if (frame.getInt(frame.position() + Frames.OPAQUE_AT) != -1) {
                int code = code(frame);
                boolean tells =
                        code == ResponseCode.SUCCESS
                                || code == ResponseCode.PULL_OFFSET_MOVED
                                || code == ResponseCode.PULL_NOT_FOUND;
                if (tells) {
                    wait(link, next(frame));
                }
            }
        }

        @Override
        public void tick(Link link, long nowNs) {
            if (nowNs - sentNs > EVERY_NS) {
                sentNs = nowNs;
                link.write(SEND);
            }
        }
    }
}
