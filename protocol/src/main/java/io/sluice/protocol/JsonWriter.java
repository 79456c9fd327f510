package io.sluice.protocol;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Writes JSON. Commas come by themselves; brackets are the caller's to balance. Members whose value
 * is null are left out, as fastjson does.
 */
public final class JsonWriter {
    private final ByteSink sink = new ByteSink(1024);

    /** Whether the next name or element needs a comma before it. */
    private boolean comma;

    /** Begins an object, as an element or after {@link #name}. */
    public JsonWriter beginObject() {
        return begin('{');
    }

    /** Ends it. */
    public JsonWriter endObject() {
        return end('}');
    }

    /** Ends an object that is itself the name of the member whose value comes next. */
    public JsonWriter endName() {
        sink.one('}');
        sink.one(':');
        comma = false;
        return this;
    }

    /** Begins an array, as an element or after {@link #name}. */
    public JsonWriter beginArray() {
        return begin('[');
    }

    /** Ends it. */
    public JsonWriter endArray() {
        return end(']');
    }

    private JsonWriter begin(char bracket) {
        separate();
        sink.one(bracket);
        comma = false;
        return this;
    }

    private JsonWriter end(char bracket) {
        sink.one(bracket);
        comma = true;
        return this;
    }

    /** Writes the name of the member whose value comes next. */
    public JsonWriter name(String name) {
        separate();
        quoted(name);
        sink.one(':');
        comma = false;
        return this;
    }

    /** Writes a number as the name of the member whose value comes next, with quotes or without. */
    public JsonWriter name(long name, boolean quotes) {
        if (quotes) {
            return name(Long.toString(name));
        }
        separate();
        sink.decimal(name);
        sink.one(':');
        comma = false;
        return this;
    }

    /** Writes text, as an element or after {@link #name}. */
    public JsonWriter value(String value) {
        separate();
        quoted(value);
        return this;
    }

    /** Writes a number, as an element or after {@link #name}. */
    public JsonWriter value(long value) {
        separate();
        sink.decimal(value);
        return this;
    }

    /** Writes a literal, as an element or after {@link #name}. */
    public JsonWriter value(boolean value) {
        separate();
        sink.ascii(value ? "true" : "false");
        return this;
    }

    /** Writes a member that is text; none if it is null. */
    public JsonWriter member(String name, @Nullable String value) {
        return value == null ? this : name(name).value(value);
    }

    /** Writes a member that is a number. */
    public JsonWriter member(String name, long value) {
        return name(name).value(value);
    }

    /** Writes a member that is a number, which must be finite. */
    public JsonWriter member(String name, double value) {
        if (!Double.isFinite(value)) {
            throw new IllegalArgumentException(name + " is " + value);
        }
        name(name);
        separate();
        sink.ascii(Double.toString(value));
        return this;
    }

    /** Writes a member that is true or false. */
    public JsonWriter member(String name, boolean value) {
        return name(name).value(value);
    }

    /** Writes a member that is an array of texts. */
    public JsonWriter member(String name, Iterable<String> values) {
        name(name).beginArray();
        for (String value : values) {
            value(value);
        }
        return endArray();
    }

    private void separate() {
        if (comma) {
            sink.one(',');
        }
        comma = true;
    }

    private void quoted(String text) {
        sink.one('"');
        sink.escaped(text);
        sink.one('"');
    }

    /** How many bytes have been written. */
    public int sizeBytes() {
        return sink.size;
    }

    /** Appends what has been written to {@code out}. */
    public void writeTo(ByteBuf out) {
        out.writeBytes(sink.bytes, 0, sink.size);
    }

    /** A copy of what has been written. */
    public byte[] toBytes() {
        return Arrays.copyOf(sink.bytes, sink.size);
    }

    @Override
    public String toString() {
        return new String(sink.bytes, 0, sink.size, StandardCharsets.UTF_8);
    }
}
