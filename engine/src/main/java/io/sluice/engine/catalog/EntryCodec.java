package io.sluice.engine.catalog;

import io.sluice.engine.log.CorruptLogException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UTFDataFormatException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Topics and groups as values of a {@link MetadataStore}. The name is in the key.
 *
 * <pre>
 *   topic                                  group
 *    1  format, 1                           1  format, 1
 *    4  id                                  4  id
 *    1  system                              8  createdMs
 *    8  createdMs                           1  consumeEnabled
 *    4  number of growths, each             1  consumeFromMinEnabled
 *         4  queues                         1  consumeBroadcastEnabled
 *         8  atMs                           1  consumeOrderly
 *    4  permissions                         1  notifyConsumerIdsChanged
 *    8  retentionMs                         4  retryMax
 *    8  retentionBytes                      4  consumeTimeoutMinutes
 *    durability by its name                 attributes
 *    attributes
 *
 *   attributes: 4  number, each: key and value as 2 bytes of length + modified UTF-8
 * </pre>
 *
 * Big-endian. A later format appends fields and raises the number.
 */
final class EntryCodec {
    private static final int FORMAT = 1;
    private static final int ATTRIBUTES_MAX = 256;
    private static final int ATTRIBUTE_LENGTH_MAX = 1024;

    private EntryCodec() {}

    private interface Fields {
        void writeTo(DataOutputStream out) throws IOException;
    }

    private interface Reading<T> {
        T readFrom(DataInputStream in) throws IOException;
    }

    static @Nullable String attributesFault(Map<String, String> attributes) {
        if (attributes.size() > ATTRIBUTES_MAX) {
            return "at most " + ATTRIBUTES_MAX + " attributes are allowed";
        }
        for (Map.Entry<String, String> each : attributes.entrySet()) {
            if (each.getKey().length() > ATTRIBUTE_LENGTH_MAX
                    || each.getValue().length() > ATTRIBUTE_LENGTH_MAX) {
                return "an attribute has at most " + ATTRIBUTE_LENGTH_MAX + " characters";
            }
        }
        return null;
    }

    static byte[] encode(Topic topic) {
        TopicSettings settings = topic.settings();
        return encode(out -> {
            out.writeInt(topic.id());
            out.writeBoolean(topic.system());
            out.writeLong(topic.createdMs());
            out.writeInt(topic.growth().size());
            for (Topic.Growth step : topic.growth()) {
                out.writeInt(step.queues());
                out.writeLong(step.atMs());
            }
            out.writeInt(settings.permissions());
            out.writeLong(settings.retentionMs());
            out.writeLong(settings.retentionBytes());
            out.writeUTF(settings.durability().name());
            writeAttributes(out, settings.attributes());
        });
    }

    static byte[] encode(Group group) {
        GroupSettings settings = group.settings();
        return encode(out -> {
            out.writeInt(group.id());
            out.writeLong(group.createdMs());
            out.writeBoolean(settings.consumeEnabled());
            out.writeBoolean(settings.consumeFromMinEnabled());
            out.writeBoolean(settings.consumeBroadcastEnabled());
            out.writeBoolean(settings.consumeOrderly());
            out.writeBoolean(settings.notifyConsumerIdsChanged());
            out.writeInt(settings.retryMax());
            out.writeInt(settings.consumeTimeoutMinutes());
            writeAttributes(out, settings.attributes());
        });
    }

    static Topic topic(String name, byte[] value) throws IOException {
        return decode(name, value, in -> readTopic(name, in));
    }

    static Group group(String name, byte[] value) throws IOException {
        return decode(name, value, in -> readGroup(name, in));
    }

    /** A disk does not forge checksums, but a faulty server or a person may have. */
    private static <T> T decode(String name, byte[] value, Reading<T> reading) throws IOException {
        try (DataInputStream in = open(name, value)) {
            return reading.readFrom(in);
        } catch (EOFException | UTFDataFormatException | IllegalArgumentException e) {
            throw new CorruptLogException(
                    "the entry of %s in the catalog makes no sense (%s): put back a copy of the file from a backup"
                            .formatted(name, e),
                    e);
        }
    }

    private static Topic readTopic(String name, DataInputStream in) throws IOException {
        int id = in.readInt();
        boolean system = in.readBoolean();
        long createdMs = in.readLong();
        int steps = in.readInt();
        require(id > 0 && steps > 0, "id or number of growths");
        List<Topic.Growth> growth = new ArrayList<>();
        for (int i = 0; i < steps; i++) {
            growth.add(new Topic.Growth(in.readInt(), in.readLong()));
        }
        TopicSettings settings =
                new TopicSettings(
                        growth.getLast().queues(),
                        in.readInt(),
                        in.readLong(),
                        in.readLong(),
                        TopicSettings.Durability.valueOf(in.readUTF()),
                        readAttributes(in));
        require(settings.fault() == null, "settings");
        return new Topic(name, id, system, createdMs, growth, settings);
    }

    private static Group readGroup(String name, DataInputStream in) throws IOException {
        int id = in.readInt();
        long createdMs = in.readLong();
        GroupSettings settings =
                new GroupSettings(
                        in.readBoolean(),
                        in.readBoolean(),
                        in.readBoolean(),
                        in.readBoolean(),
                        in.readBoolean(),
                        in.readInt(),
                        in.readInt(),
                        readAttributes(in));
        require(id > 0 && settings.fault() == null, "id or settings");
        return new Group(name, id, createdMs, settings);
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            throw new IllegalArgumentException(what);
        }
    }

    private static byte[] encode(Fields fields) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(FORMAT);
            fields.writeTo(out);
        } catch (IOException e) {
            throw new UncheckedIOException("memory does not fail", e);
        }
        return bytes.toByteArray();
    }

    private static DataInputStream open(String name, byte[] value) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(value));
        int format = in.readByte();
        if (format != FORMAT) {
            throw new IOException(
                    "the entry of %s has format %d, and this version reads %d: start the version that wrote it"
                            .formatted(name, format, FORMAT));
        }
        return in;
    }

    private static void writeAttributes(DataOutputStream out, Map<String, String> attributes)
            throws IOException {
        out.writeInt(attributes.size());
        for (Map.Entry<String, String> each : attributes.entrySet()) {
            out.writeUTF(each.getKey());
            out.writeUTF(each.getValue());
        }
    }

    private static Map<String, String> readAttributes(DataInputStream in) throws IOException {
        Map<String, String> attributes = new TreeMap<>();
        int count = in.readInt();
        for (int i = 0; i < count; i++) {
            attributes.put(in.readUTF(), in.readUTF());
        }
        return attributes;
    }
}
