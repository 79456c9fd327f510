package io.sluice.server.cli;

import io.sluice.engine.message.StoredMessage;
import io.sluice.protocol.Properties;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.InflaterInputStream;

/** A stored message as a person or a script sees it. */
record Shown(
        String topic,
        int queue,
        long offset,
        long storedMs,
        int reconsumeTimes,
        Map<String, String> properties,
        String text) {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss.SSS");
    private static final int TEXT_CHARS_MAX = 400;
    private static final int TEXT_SIZE_BYTES_MAX = 4 * 1024 * 1024;

    /** Which of the three ways of compression; zlib is also what clients before 5.0 mean by 0. */
    private static final int COMPRESSION_TYPE = 0x700;

    private static final int ZLIB = 0x300;

    /** The messages that lie in a row in {@code body}, which an answer to a pull holds. */
    static List<Shown> decode(ByteBuffer body) {
        List<Shown> messages = new ArrayList<>();
        int at = 0;
        while (at < body.limit()) {
            messages.add(decode(body, at));
            at += StoredMessage.sizeBytes(body, at);
        }
        return messages;
    }

    private static Shown decode(ByteBuffer in, int at) {
        return new Shown(
                new String(StoredMessage.topic(in, at), StandardCharsets.UTF_8),
                StoredMessage.queueId(in, at),
                StoredMessage.queueOffset(in, at),
                StoredMessage.storeMs(in, at),
                StoredMessage.reconsumeTimes(in, at),
                new TreeMap<>(Properties.decode(StoredMessage.properties(in, at))),
                text(bytes(StoredMessage.body(in, at)), StoredMessage.systemFlag(in, at)));
    }

    private static byte[] bytes(ByteBuffer view) {
        byte[] bytes = new byte[view.remaining()];
        view.get(bytes);
        return bytes;
    }

    private static String text(byte[] body, int systemFlag) {
        if ((systemFlag & StoredMessage.COMPRESSED) == 0) {
            return new String(body, StandardCharsets.UTF_8);
        }
        int type = systemFlag & COMPRESSION_TYPE;
        if (type != 0 && type != ZLIB) {
            return "(" + body.length + " compressed bytes)";
        }
        try (InflaterInputStream in = new InflaterInputStream(new ByteArrayInputStream(body))) {
            return new String(in.readNBytes(TEXT_SIZE_BYTES_MAX), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "(" + body.length + " bytes that do not decompress)";
        }
    }

    /** One line: time, queue and offset, tag and keys if there are any, text. */
    String line(ZoneId zone) {
        StringBuilder line =
                new StringBuilder(TIME.format(Instant.ofEpochMilli(storedMs).atZone(zone)));
        line.append("  %2d:%-8d".formatted(queue, offset));
        append(line, "tag", "TAGS");
        append(line, "key", "KEYS");
        if (reconsumeTimes > 0) {
            line.append("  retry=").append(reconsumeTimes);
        }
        String shown =
                text.length() > TEXT_CHARS_MAX ? text.substring(0, TEXT_CHARS_MAX) + "…" : text;
        return line.append("  ").append(shown.replaceAll("\\p{Cntrl}", "·")).toString();
    }

    /** Where it lies, as commands take it. */
    String place() {
        return queue + ":" + offset;
    }

    private void append(StringBuilder line, String label, String property) {
        String value = properties.get(property);
        if (value != null) {
            line.append("  ").append(label).append('=').append(value);
        }
    }

    Members members() {
        return members(true);
    }

    /** One that is in no queue has no offset. */
    Members members(boolean isStored) {
        Members members = new Members().with("topic", topic).with("queue", queue);
        if (isStored) {
            members.with("offset", offset);
        }
        return members.with(isStored ? "stored" : "sent", Instant.ofEpochMilli(storedMs).toString())
                .with("reconsumeTimes", reconsumeTimes)
                .with("properties", properties)
                .with("body", text);
    }
}
