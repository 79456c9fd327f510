package io.sluice.engine.shard;

import static io.sluice.fuzz.Target.require;

import io.sluice.engine.catalog.TopicSettings;
import io.sluice.engine.log.CorruptLogException;
import io.sluice.engine.message.Message;
import io.sluice.engine.message.StoredMessage;
import io.sluice.engine.schedule.Transactions.Decision;
import io.sluice.fuzz.Engine;
import io.sluice.fuzz.Target;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The records of a batch whose checksum matches. */
public final class RecordsTarget implements Target {
    private static final long POSITION = 0x1_0000_0040L;

    @Override
    public Check take(byte[] input) {
        ByteBuffer in = ByteBuffer.wrap(input);
        List<Record> records = new ArrayList<>();
        try {
            while (in.hasRemaining()) {
                int before = in.position();
                Record record = RecordCodec.read(in, POSITION + before);
                require(in.position() > before, "reading goes on");
                records.add(record);
                if (record instanceof Record.TimerScheduled) {
                    timer(in.slice(before, in.position() - before));
                }
            }
        } catch (CorruptLogException refused) {
            require(refused.getMessage() != null, "a refusal says why");
        }
        return () -> records.forEach(RecordsTarget::rewrite);
    }

    private static void timer(ByteBuffer timer) {
        ByteBuffer message = RecordCodec.messageOfTimer(timer);
        Record.MessageStored stored = RecordCodec.readMessage(message, 0, POSITION);
        require(stored.topicId() == RecordCodec.topicIdOfMessage(message), "the same topic");
        require(stored.queueId() == RecordCodec.queueIdOfMessage(message), "the same queue");
        int at = RecordCodec.storedIndex(message, 0);
        int end = at + stored.sizeBytes() + StoredMessage.CHECKSUM_SIZE_BYTES;
        require(end == message.capacity(), "the message and its checksum end with its record");
    }

    /** Queues are kept in arrays by number: what is read must fit one. */
    private static void fits(int queueId) {
        require(queueId >= 0 && queueId < TopicSettings.QUEUES_MAX, "queue " + queueId);
    }

    private static void rewrite(Record record) {
        if (record instanceof Record.MessageStored stored) {
            fits(stored.queueId());
        } else if (record instanceof Record.OffsetCommitted committed) {
            fits(committed.queueId());
        }
        if (record instanceof Record.MessageStored
                || record instanceof Record.TimerScheduled
                || record instanceof Record.HalfStored) {
            return;
        }
        ByteBuffer written = written(record);
        try {
            Record read = RecordCodec.read(written.duplicate(), POSITION);
            require(read.getClass() == record.getClass(), "the same kind");
            require(written(read).equals(written), "round trip");
        } catch (CorruptLogException e) {
            throw new AssertionError("round trip of " + record, e);
        }
    }

    private static ByteBuffer written(Record record) {
        int leases =
                switch (record) {
                    case Record.Leased r -> r.offsets().length;
                    case Record.Acknowledged r -> r.offsets().length;
                    default -> 0;
                };
        int sizeBytes =
                Math.max(RecordCodec.LOCKED_SIZE_BYTES_MAX, RecordCodec.leasedSizeBytes(leases));
        ByteBuffer out = ByteBuffer.allocate(sizeBytes);
        RecordCodec.writeSmall(out, record);
        return out.flip();
    }

    @Override
    public List<byte[]> seeds() {
        List<byte[]> seeds = new ArrayList<>();
        List<Record> small =
                List.of(
                        new Record.TimersFired(1, 2),
                        new Record.GroupJoined(1, 2, 3),
                        new Record.OffsetCommitted(1, 2, 3, 4),
                        new Record.QueueExpired(1, 2, 3),
                        new Record.SegmentsExpired(1),
                        new Record.TopicForgotten(1),
                        new Record.GroupForgotten(1),
                        new Record.QueueLocked(1, 2, 3, "client"),
                        new Record.QueueUnlocked(1, 2, 3),
                        new Record.OffsetReset(1, 2, 3, 4, 5),
                        new Record.Leased(1, 2, 3, 4, 5, 6, new long[] {7, 8}),
                        new Record.Acknowledged(1, 2, 3, new long[] {7}),
                        new Record.LeaseExtended(1, 2, 3, 4, 5),
                        new Record.LeasesForgotten(1, 2, 3),
                        new Record.TransactionChecked(1, 2, 3, true),
                        new Record.TransactionDecided(1, Decision.COMMITTED, 2),
                        new Record.TimerCancelled(1, 2),
                        new Record.BarrierDrawn(1));
        for (Record record : small) {
            ByteBuffer out = written(record);
            byte[] seed = new byte[out.remaining()];
            out.get(seed);
            seeds.add(seed);
        }
        seeds.add(message("KEYS\1a b\2", 0));
        seeds.add(message("", 500));
        return seeds;
    }

    private static byte[] message(String properties, long dueMs) {
        Message message =
                new Message(
                        7,
                        "t".getBytes(StandardCharsets.UTF_8),
                        0,
                        0,
                        1,
                        Engine.host(),
                        0,
                        0,
                        ByteBuffer.wrap(new byte[] {1, 2, 3}),
                        properties.getBytes(StandardCharsets.UTF_8));
        int stored = StoredMessage.sizeBytes(message, Engine.host().length);
        int size = RecordCodec.messageSizeBytes(message.keyHashes().length, stored);
        ByteBuffer out = ByteBuffer.allocate(RecordCodec.timerSizeBytes(size));
        if (dueMs > 0) {
            RecordCodec.writeTimerHead(out, size, dueMs, 0, 0);
        }
        var _ = RecordCodec.writeMessage(out, message, 0, stored, 0, POSITION, 5, Engine.host());
        return Arrays.copyOf(out.array(), out.position());
    }
}
