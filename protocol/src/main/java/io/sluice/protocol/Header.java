package io.sluice.protocol;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The header of one frame. It owns a copy of the header's bytes, so it stays valid after the
 * frame's buffer is gone; its ext fields are ranges of that copy, turned into text or numbers when
 * asked for. This is the hot path of every request: decoding makes this object, the copy and one
 * table of ranges, and no more.
 *
 * <p>Confined to one thread at a time, for it remembers where the last field was found. It must
 * never be asked for a field that a remote peer names: names come from our own code.
 *
 * <p>Where a field is absent, JSON {@code null}, or of no length in a ROCKETMQ header (which cannot
 * tell the two apart), it counts as absent. Of a name that occurs twice the last counts, since 5.x
 * clients with an authentication hook write every field twice.
 */
public final class Header {
    /** More ext fields than any client sends, counting every occurrence of a name. */
    static final int FIELDS_MAX = 256;

    private static final byte[] NO_BYTES = {};

    final SerializeType serializeType;
    final byte[] bytes;
    int code;
    Language language = Language.OTHER;
    int version;
    int opaque;
    int flag;
    @Nullable String remark;
    private int bodyIndex;
    private int bodySizeBytes;

    /** Four numbers per field: begin and end of the name, begin and end of the value. */
    private int[] ranges = new int[4 * 16];

    private int count;
    private int added;
    private long seen;
    private int cursor;

    Header(SerializeType serializeType, byte[] bytes) {
        this.serializeType = serializeType;
        this.bytes = bytes;
    }

    /**
     * Decodes the header of the whole frame that begins at {@code frameIndex}. Does not move the
     * reader index.
     *
     * @param in the frame, whose lengths {@link Frame#sizeBytes} has accepted
     * @throws HeaderException if the header cannot be read
     */
    public static Header decode(ByteBuf in, int frameIndex) {
        int length = in.getInt(frameIndex);
        int word = in.getInt(frameIndex + 4);
        byte[] bytes = new byte[Frame.headerSizeBytes(word)];
        in.getBytes(frameIndex + Frame.PREFIX_SIZE_BYTES, bytes);
        Header header = new Header(Frame.serializeType(word), bytes);
        header.bodyIndex = frameIndex + Frame.PREFIX_SIZE_BYTES + bytes.length;
        header.bodySizeBytes = length - 4 - bytes.length;
        switch (header.serializeType) {
            case JSON -> JsonHeader.decode(header);
            case ROCKETMQ -> BinaryHeader.decode(header);
        }
        return header;
    }

    /** How the header was written; an answer uses the same. */
    public SerializeType serializeType() {
        return serializeType;
    }

    /** A {@link RequestCode}, or a {@link ResponseCode} if {@link #response()}. */
    public int code() {
        return code;
    }

    /** What the peer is written in. */
    public Language language() {
        return language;
    }

    /** The peer's version, as the ordinal of RocketMQ's version list; 0 if it does not say. */
    public int version() {
        return version;
    }

    /** The number that ties an answer to its request, chosen by the requesting side. */
    public int opaque() {
        return opaque;
    }

    /** Whether this is an answer. */
    public boolean response() {
        return (flag & Frame.FLAG_RESPONSE) != 0;
    }

    /** Whether this is a request that wants no answer. */
    public boolean oneway() {
        return (flag & Frame.FLAG_ONEWAY) != 0;
    }

    /** Why an answer is what it is. */
    public @Nullable String remark() {
        return remark;
    }

    /** Size of the header itself in bytes. */
    public int sizeBytes() {
        return bytes.length;
    }

    /** Where the body begins in the buffer that was decoded. */
    public int bodyIndex() {
        return bodyIndex;
    }

    /** Size of the body in bytes; 0 if there is none. */
    public int bodySizeBytes() {
        return bodySizeBytes;
    }

    /** Whether the field is there. */
    public boolean has(String name) {
        return find(name) >= 0;
    }

    /**
     * The field's text.
     *
     * @throws HeaderException if it is absent
     */
    public String text(String name) {
        return textAt(required(name));
    }

    /** The field's text; null if it is absent. */
    public @Nullable String textOrNull(String name) {
        int at = find(name);
        return at < 0 ? null : textAt(at);
    }

    /** The field's bytes as UTF-8, unescaped and unread; empty if it is absent. */
    public byte[] bytes(String name) {
        int at = find(name);
        return at < 0 ? NO_BYTES : Arrays.copyOfRange(bytes, ranges[at + 2], ranges[at + 3]);
    }

    /**
     * The field as a decimal number of 32 bits.
     *
     * @throws HeaderException if it is absent or is not such a number
     */
    public int intField(String name) {
        return intAt(name, required(name));
    }

    /**
     * The field as a decimal number of 32 bits, or {@code absent}.
     *
     * @throws HeaderException if it is there and is not such a number
     */
    public int intField(String name, int absent) {
        int at = find(name);
        return at < 0 ? absent : intAt(name, at);
    }

    /**
     * The field as a decimal number of 64 bits.
     *
     * @throws HeaderException if it is absent or is not such a number
     */
    public long longField(String name) {
        return longAt(name, required(name), "a whole number of 64 bits");
    }

    /**
     * The field as a decimal number of 64 bits, or {@code absent}.
     *
     * @throws HeaderException if it is there and is not such a number
     */
    public long longField(String name, long absent) {
        int at = find(name);
        return at < 0 ? absent : longAt(name, at, "a whole number of 64 bits");
    }

    /**
     * The field as {@code true} or {@code false}, in upper or lower case.
     *
     * @throws HeaderException if it is absent or is neither
     */
    public boolean booleanField(String name) {
        return booleanAt(name, required(name));
    }

    /**
     * The field as {@code true} or {@code false}, in upper or lower case, or {@code absent}.
     *
     * @throws HeaderException if it is there and is neither
     */
    public boolean booleanField(String name, boolean absent) {
        int at = find(name);
        return at < 0 ? absent : booleanAt(name, at);
    }

    /** All fields as text, in the order of the wire. Not for the hot path. */
    public Map<String, String> fields() {
        Map<String, String> fields = new LinkedHashMap<>();
        for (int at = 0; at < count * 4; at += 4) {
            if (ranges[at + 2] >= 0) {
                fields.put(text(ranges[at], ranges[at + 1]), textAt(at));
            }
        }
        return fields;
    }

    /** Adds a field whose value is a range of {@link #bytes}; -1 as its begin means null. */
    void add(int nameFrom, int nameTo, int valueFrom, int valueTo) {
        if (added++ == FIELDS_MAX) {
            throw new HeaderException("header has more than " + FIELDS_MAX + " fields");
        }
        int at = occurred(nameFrom, nameTo) ? same(nameFrom, nameTo) : -1;
        if (at < 0) {
            at = count++ * 4;
            if (at == ranges.length) {
                ranges = Arrays.copyOf(ranges, at * 2);
            }
            ranges[at] = nameFrom;
            ranges[at + 1] = nameTo;
        }
        ranges[at + 2] = valueFrom;
        ranges[at + 3] = valueTo;
    }

    /**
     * Whether a name may have occurred before: a one-word Bloom filter. One letter counts 31 times,
     * which is odd, so a to n have a bit each.
     */
    private boolean occurred(int nameFrom, int nameTo) {
        int length = nameTo - nameFrom;
        int hash = length == 0 ? 0 : bytes[nameFrom] + 30 * bytes[nameTo - 1] + 7 * length;
        long bit = 1L << hash;
        boolean occurred = (seen & bit) != 0;
        seen |= bit;
        return occurred;
    }

    private int same(int nameFrom, int nameTo) {
        for (int at = 0; at < count * 4; at += 4) {
            if (Arrays.equals(bytes, ranges[at], ranges[at + 1], bytes, nameFrom, nameTo)) {
                return at;
            }
        }
        return -1;
    }

    /** Looks from the last find on and around: whoever asks in the order of the wire hits first. */
    private int find(String name) {
        int end = count * 4;
        int at = cursor;
        for (int i = 0; i < count; i++) {
            if (at >= end) {
                at = 0;
            }
            if (Ascii.equals(name, bytes, ranges[at], ranges[at + 1])) {
                cursor = at + 4;
                return ranges[at + 2] < 0 ? -1 : at;
            }
            at += 4;
        }
        return -1;
    }

    private int required(String name) {
        int at = find(name);
        if (at < 0) {
            throw HeaderException.missing(name);
        }
        return at;
    }

    private String textAt(int at) {
        return text(ranges[at + 2], ranges[at + 3]);
    }

    private String text(int from, int to) {
        return new String(bytes, from, to - from, StandardCharsets.UTF_8);
    }

    private int intAt(String name, int at) {
        long value = longAt(name, at, "a whole number of 32 bits");
        if (value != (int) value) {
            throw HeaderException.malformed(name, "a whole number of 32 bits", textAt(at));
        }
        return (int) value;
    }

    private long longAt(String name, int at, String expected) {
        try {
            return Ascii.parseLong(bytes, ranges[at + 2], ranges[at + 3]);
        } catch (NumberFormatException e) {
            throw HeaderException.malformed(name, expected, textAt(at));
        }
    }

    private boolean booleanAt(String name, int at) {
        int from = ranges[at + 2];
        int to = ranges[at + 3];
        if (Ascii.equalsIgnoreCase("true", bytes, from, to)) {
            return true;
        }
        if (Ascii.equalsIgnoreCase("false", bytes, from, to)) {
            return false;
        }
        throw HeaderException.malformed(name, "true or false", textAt(at));
    }

    @Override
    public String toString() {
        return (response() ? "response " : oneway() ? "oneway " : "request ")
                + code
                + " opaque "
                + opaque
                + (remark == null ? "" : " remark \"" + remark + '"')
                + ' '
                + fields();
    }
}
