package io.sluice.engine.broker;

import static io.sluice.fuzz.Target.require;

import io.sluice.engine.catalog.Group;
import io.sluice.engine.catalog.GroupSettings;
import io.sluice.engine.catalog.Topic;
import io.sluice.engine.catalog.TopicSettings;
import io.sluice.engine.log.Checksums;
import io.sluice.engine.log.LocalLogConfig;
import io.sluice.engine.message.Message;
import io.sluice.engine.queue.TagFilter;
import io.sluice.fuzz.Disk;
import io.sluice.fuzz.Engine;
import io.sluice.fuzz.Target;
import io.sluice.fuzz.Turns;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A whole start from a log that somebody has written into. The input is a list of edits to a sound
 * log of a few segments: after a byte whose bit 0 says that checksums are put right,
 *
 * <pre>
 *   0  file      1   which, by name
 *   1  offset    2   where, from the beginning
 *   3  size      1   how many bytes follow; 0 cuts the file here
 *   4  bytes
 * </pre>
 */
public final class RecoveryTarget implements Target {
    private static final LocalLogConfig CONFIG = new LocalLogConfig(0, 4096, 2048, 4096, 0);
    private static final int REPAIR = 1;
    private static final int EDIT_HEAD_BYTES = 4;
    private static final int STEPS = 30;
    private static final int PREPARING_MS = 5;

    private final Disk meta = new Disk(1);
    private final Disk sound = new Disk(Engine.ALIGNMENT_BYTES);

    /** Lives through a short history. */
    public RecoveryTarget() {
        try {
            Engine engine = Engine.start(meta, sound, CONFIG, new Turns());
            Broker broker = engine.broker();
            var _ = broker.catalog().createTopic("t", TopicSettings.of(2));
            var _ = broker.catalog().createGroup("g", GroupSettings.DEFAULT);
            engine.turns().run();
            for (int i = 0; i < STEPS; i++) {
                step(engine, i);
                engine.turns().advanceMs(PREPARING_MS);
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void step(Engine engine, int i) {
        Broker broker = engine.broker();
        Topic topic = Objects.requireNonNull(broker.catalog().topic("t"));
        Group group = Objects.requireNonNull(broker.catalog().group("g"));
        List<Message> messages = List.of(message(topic, i), message(topic, i + 1));
        long dueMs = i % 4 == 3 ? engine.turns().wallMs() + 40L * i : 0;
        broker.append(topic, i % 2, messages, dueMs, outcome -> {});
        broker.commitOffset(group, topic, i % 2, i / 2, false, outcome -> {});
    }

    private static Message message(Topic topic, int i) {
        return new Message(
                topic.id(),
                topic.name().getBytes(StandardCharsets.UTF_8),
                i,
                0,
                i,
                Engine.host(),
                0,
                0,
                ByteBuffer.wrap(new byte[40 + i]),
                ("TAGS\1a\2KEYS\1k" + i + "\2").getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public @Nullable Check take(byte[] input) throws IOException {
        Disk disk = sound.copy();
        edit(disk, input);
        Engine engine;
        try {
            engine = Engine.start(meta.copy(), disk, CONFIG, new Turns());
        } catch (IOException refused) {
            require(refused.getMessage() != null, "a refusal says why");
            return null;
        }
        return () -> check(engine, disk);
    }

    private static void edit(Disk disk, byte[] input) throws IOException {
        List<String> names = disk.list();
        int at = 1;
        while (at + EDIT_HEAD_BYTES <= input.length) {
            String name = names.get((input[at] & 0xFF) % names.size());
            byte[] bytes = disk.content(name);
            int offset = ((input[at + 1] & 0xFF) << 8) | (input[at + 2] & 0xFF);
            int size = input[at + 3] & 0xFF;
            at += EDIT_HEAD_BYTES;
            if (size == 0) {
                bytes = Arrays.copyOf(bytes, Math.min(offset, bytes.length));
            }
            for (int i = 0; i < size && at < input.length; i++, at++) {
                if (offset + i < bytes.length) {
                    bytes[offset + i] = input[at];
                }
            }
            disk.put(name, bytes);
        }
        if (input.length > 0 && (input[0] & REPAIR) != 0) {
            Checksums.repair(disk, Engine.ALIGNMENT_BYTES);
        }
    }

    /** What has been recovered can be read, goes on, and is recovered again as it is. */
    private void check(Engine engine, Disk disk) throws IOException {
        read(engine);
        Topic topic = engine.broker().catalog().topic("t");
        if (topic != null) {
            engine.broker().append(topic, 0, List.of(message(topic, 0)), 0, outcome -> {});
        }
        engine.turns().advanceMs(PREPARING_MS);
        if (engine.broker().failure() != null) {
            return;
        }
        ByteBuffer state = engine.broker().checkpoint();
        Engine again = Engine.start(meta.copy(), disk.copy(), CONFIG, new Turns());
        require(
                state.equals(again.broker().checkpoint()),
                "a second recovery gives the same state");
    }

    private static void read(Engine engine) {
        Topic topic = Objects.requireNonNull(engine.broker().catalog().topic("t"));
        for (int queue = 0; queue < 2; queue++) {
            List<Boolean> replies = new ArrayList<>();
            long offset = engine.broker().firstOffset(topic, queue);
            engine.broker()
                    .pull(
                            new Pull(
                                    topic,
                                    queue,
                                    offset,
                                    32,
                                    1 << 16,
                                    TagFilter.ALL,
                                    0,
                                    ByteBuffer::allocate,
                                    Asker.staying(engine.turns()),
                                    outcome -> replies.add(true),
                                    Pull.Reader.NOBODY));
            engine.broker()
                    .finder()
                    .byKey(
                            KeyQuery.of(topic, "k3", KeyQuery.Kind.KEY, 32),
                            outcome -> replies.add(true));
            engine.turns().run();
            require(replies.size() == 2, "reading is answered");
        }
    }

    @Override
    public long allocatedBaseMax() {
        return 8 << 20;
    }

    /** One record may give a queue, or an offset, the highest number there is. */
    @Override
    public long allocatedPerByteMax() {
        return 256 << 10;
    }

    @Override
    public List<byte[]> seeds() throws IOException {
        List<byte[]> seeds = new ArrayList<>();
        seeds.add(new byte[] {0});
        int count = sound.list().size();
        for (int file = 0; file < count; file++) {
            int size = sound.content(sound.list().get(file)).length;
            for (int offset = 0; offset < Math.min(size, 300); offset += 36) {
                seeds.add(edit(file, offset, REPAIR));
            }
            seeds.add(edit(file, 40, 0));
            seeds.add(new byte[] {0, (byte) file, 0, 100, 0});
        }
        return seeds;
    }

    private static byte[] edit(int file, int offset, int flags) {
        return new byte[] {
            (byte) flags, (byte) file, (byte) (offset >> 8), (byte) offset, 4, 0, 0, 0, 1
        };
    }
}
