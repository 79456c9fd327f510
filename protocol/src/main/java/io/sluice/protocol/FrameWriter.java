package io.sluice.protocol;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Writes frames up to where their body begins. In this order: {@link #response} or {@link
 * #request}, {@link #remark} at most once, any number of {@code field}s, {@link #finish}; then the
 * body goes into the same buffer or follows in another.
 *
 * <p>Confined to one thread. It reuses its memory: writing a frame allocates nothing once it has
 * grown to the largest header.
 */
public final class FrameWriter {
    private static final int LANGUAGE_JAVA = 0;

    private final ByteSink sink = new ByteSink(512);
    private SerializeType type = SerializeType.JSON;

    /** JSON: whether a field has been written. */
    private boolean fields;

    /** JSON: whether the header is still in its fixed part, where a remark may come. */
    private boolean fixed;

    /** ROCKETMQ: where the length of all ext fields stands. */
    private int fieldsLengthAt;

    /** Begins the answer to {@code request}. */
    public FrameWriter response(Header request, int code) {
        return response(request.serializeType, request.opaque, code);
    }

    /**
     * Begins an answer.
     *
     * @param type how the request was written
     * @param opaque that of the request
     * @param code a {@link ResponseCode}
     */
    public FrameWriter response(SerializeType type, int opaque, int code) {
        return begin(type, code, opaque, Frame.FLAG_RESPONSE);
    }

    /**
     * Begins a request that wants an answer.
     *
     * @param code a {@link RequestCode}
     * @param opaque chosen by the caller, unique among the connection's requests under way
     */
    public FrameWriter request(SerializeType type, int code, int opaque) {
        return begin(type, code, opaque, 0);
    }

    /** Begins a request that wants no answer; see {@link #request}. */
    public FrameWriter oneway(SerializeType type, int code, int opaque) {
        return begin(type, code, opaque, Frame.FLAG_ONEWAY);
    }

    private FrameWriter begin(SerializeType type, int code, int opaque, int flag) {
        this.type = type;
        fixed = true;
        sink.size = 0;
        sink.int32(0); // both lengths are known at the end
        sink.int32(0);
        switch (type) {
            case JSON -> beginJson(code, opaque, flag);
            case ROCKETMQ -> beginBinary(code, opaque, flag);
        }
        return this;
    }

    private void beginJson(int code, int opaque, int flag) {
        fields = false;
        sink.ascii("{\"code\":");
        sink.decimal(code);
        sink.ascii(",\"flag\":");
        sink.decimal(flag);
        sink.ascii(",\"language\":\"JAVA\",\"opaque\":");
        sink.decimal(opaque);
        sink.ascii(",\"serializeTypeCurrentRPC\":\"JSON\",\"version\":");
        sink.decimal(Frame.VERSION);
    }

    private void beginBinary(int code, int opaque, int flag) {
        if (code != (short) code) {
            throw new IllegalArgumentException("code " + code + " does not fit a ROCKETMQ header");
        }
        sink.int16(code);
        sink.one(LANGUAGE_JAVA);
        sink.int16(Frame.VERSION);
        sink.int32(opaque);
        sink.int32(flag);
    }

    /** Writes why the answer is what it is. */
    public FrameWriter remark(String remark) {
        if (!fixed) {
            throw new IllegalStateException("a remark comes before all fields");
        }
        fixed = false;
        switch (type) {
            case JSON -> {
                sink.ascii(",\"remark\":\"");
                sink.escaped(remark);
                sink.one('"');
            }
            case ROCKETMQ -> {
                sized(remark);
                beginBinaryFields();
            }
        }
        return this;
    }

    private void beginBinaryFields() {
        fieldsLengthAt = sink.size;
        sink.int32(0);
    }

    /** Writes a field; none if the value is null. */
    public FrameWriter field(String name, @Nullable String value) {
        if (value == null) {
            return this;
        }
        name(name);
        switch (type) {
            case JSON -> {
                sink.one('"');
                sink.escaped(value);
                sink.one('"');
            }
            case ROCKETMQ -> sized(value);
        }
        return this;
    }

    /** Writes a field whose value is UTF-8, which the other side sees as text. */
    public FrameWriter field(String name, byte[] utf8) {
        name(name);
        switch (type) {
            case JSON -> {
                sink.one('"');
                sink.escaped(utf8, 0, utf8.length);
                sink.one('"');
            }
            case ROCKETMQ -> {
                sink.int32(utf8.length);
                sink.raw(utf8, 0, utf8.length);
            }
        }
        return this;
    }

    /** Writes a field that is a number. */
    public FrameWriter field(String name, long value) {
        name(name);
        switch (type) {
            case JSON -> {
                sink.one('"');
                sink.decimal(value);
                sink.one('"');
            }
            case ROCKETMQ -> {
                sink.int32(ByteSink.decimalLength(value));
                sink.decimal(value);
            }
        }
        return this;
    }

    /** Writes a field that is {@code true} or {@code false}. */
    public FrameWriter field(String name, boolean value) {
        return field(name, value ? "true" : "false");
    }

    /** Writes a field that is a message id. */
    public FrameWriter field(String name, MessageId id) {
        name(name);
        switch (type) {
            case JSON -> {
                sink.one('"');
                id.write(sink);
                sink.one('"');
            }
            case ROCKETMQ -> {
                sink.int32(id.length());
                id.write(sink);
            }
        }
        return this;
    }

    private void name(String name) {
        switch (type) {
            case JSON -> {
                sink.ascii(fields ? ",\"" : ",\"extFields\":{\"");
                sink.ascii(name);
                sink.ascii("\":");
                fields = true;
            }
            case ROCKETMQ -> {
                endFixed();
                sink.int16(name.length());
                sink.ascii(name);
            }
        }
        fixed = false;
    }

    /** ROCKETMQ: says that there is no remark, if none was written. */
    private void endFixed() {
        if (fixed) {
            fixed = false;
            sink.int32(0);
            beginBinaryFields();
        }
    }

    private void sized(String text) {
        if (!isAscii(text)) {
            byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
            sink.int32(utf8.length);
            sink.raw(utf8, 0, utf8.length);
            return;
        }
        sink.int32(text.length());
        sink.ascii(text);
    }

    private static boolean isAscii(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= 0x80) {
                return false;
            }
        }
        return true;
    }

    /**
     * Ends the header and appends all of it to {@code out}. The caller sends exactly {@code
     * bodySizeBytes} bytes after it.
     */
    public void finish(ByteBuf out, int bodySizeBytes) {
        switch (type) {
            case JSON -> sink.ascii(fields ? "}}" : "}");
            case ROCKETMQ -> {
                endFixed();
                sink.setInt32(fieldsLengthAt, sink.size - fieldsLengthAt - Integer.BYTES);
            }
        }
        int headerSize = sink.size - Frame.PREFIX_SIZE_BYTES;
        sink.setInt32(0, Integer.BYTES + headerSize + bodySizeBytes);
        sink.setInt32(Integer.BYTES, (type.code << 24) | headerSize);
        out.writeBytes(sink.bytes, 0, sink.size);
    }
}
