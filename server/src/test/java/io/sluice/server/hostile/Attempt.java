package io.sluice.server.hostile;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.sluice.protocol.SerializeType;
import java.util.Map;

/**
 * A request that a client of good will would not make.
 *
 * @param what what is wrong with it, for a person to read
 * @param fields of the header
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares attempts
record Attempt(int code, String what, Map<String, Value> fields, byte[] body) {
    private static final int VERSION = 435;

    /**
     * A field's value.
     *
     * @param literal whether it goes into JSON as it is, without quotes
     */
    record Value(String text, boolean literal) {
        static Value text(String text) {
            return new Value(text, false);
        }

        static Value literal(String json) {
            return new Value(json, true);
        }
    }

    /** The frame, written without any code of the server's. */
    byte[] frame(SerializeType type, int opaque) {
        byte[] header =
                switch (type) {
                    case JSON -> json(opaque);
                    case ROCKETMQ -> binary(opaque);
                };
        int serialize = type == SerializeType.JSON ? 0 : 1 << 24;
        ByteBuf frame = Unpooled.buffer(8 + header.length + body.length);
        frame.writeInt(4 + header.length + body.length).writeInt(serialize | header.length);
        frame.writeBytes(header).writeBytes(body);
        return frame.array();
    }

    private byte[] json(int opaque) {
        StringBuilder json = new StringBuilder("{\"code\":").append(code).append(",\"flag\":0");
        json.append(",\"language\":\"JAVA\",\"opaque\":").append(opaque);
        json.append(",\"version\":").append(VERSION).append(",\"extFields\":{");
        String separator = "";
        for (Map.Entry<String, Value> field : fields.entrySet()) {
            json.append(separator).append(quoted(field.getKey())).append(':');
            Value value = field.getValue();
            json.append(value.literal ? value.text : quoted(value.text));
            separator = ",";
        }
        return json.append("}}").toString().getBytes(UTF_8);
    }

    static String quoted(String text) {
        StringBuilder json = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ' || c == '"' || c == '\\') {
                json.append("\\u%04x".formatted((int) c));
            } else {
                json.append(c);
            }
        }
        return json.append('"').toString();
    }

    /** A code of more than 16 bits loses those above, as it does in RocketMQ's own clients. */
    private byte[] binary(int opaque) {
        ByteBuf names = Unpooled.buffer();
        fields.forEach((name, value) -> {
            byte[] text = value.text.getBytes(UTF_8);
            names.writeShort(name.length()).writeBytes(name.getBytes(UTF_8));
            names.writeInt(text.length).writeBytes(text);
        });
        ByteBuf header = Unpooled.buffer();
        header.writeShort(code).writeByte(0).writeShort(VERSION).writeInt(opaque).writeInt(0);
        header.writeInt(0).writeInt(names.readableBytes()).writeBytes(names);
        byte[] bytes = new byte[header.readableBytes()];
        header.readBytes(bytes);
        return bytes;
    }

    @Override
    public String toString() {
        return code + " " + what;
    }
}
