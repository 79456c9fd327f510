package io.sluice.protocol;

import static io.sluice.fuzz.Target.require;

import io.netty.buffer.Unpooled;
import io.sluice.fuzz.Golden;
import io.sluice.fuzz.Target;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Any text in RocketMQ's JSON dialect. */
public final class JsonTarget implements Target {
    private static final int MESSAGE_LENGTH_MAX = 1000;

    @Override
    public @Nullable Check take(byte[] input) {
        try {
            Object value = Json.read(Unpooled.wrappedBuffer(input), 0, input.length);
            return () -> {
                String text = write(value, new StringBuilder()).toString();
                require(Objects.equals(value, Json.read(text)), "round trip of " + text);
            };
        } catch (JsonException refused) {
            require(refused.getMessage().length() < MESSAGE_LENGTH_MAX, refused.getMessage());
            return null;
        }
    }

    private static StringBuilder write(@Nullable Object value, StringBuilder out) {
        switch (value) {
            case Map<?, ?> members -> {
                String separator = "{";
                for (Map.Entry<?, ?> member : members.entrySet()) {
                    quote((String) member.getKey(), out.append(separator));
                    write(member.getValue(), out.append(':'));
                    separator = ",";
                }
                out.append(members.isEmpty() ? "{}" : "}");
            }
            case List<?> elements -> {
                out.append('[');
                for (Object element : elements) {
                    write(element, out).append(',');
                }
                out.append(']');
            }
            case String text -> quote(text, out);
            case Double number when number.isInfinite() ->
                    out.append(number > 0 ? "1e999" : "-1e999");
            case null, default -> out.append(value);
        }
        return out;
    }

    private static void quote(String text, StringBuilder out) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\' || c < ' ') {
                out.append(String.format("\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        out.append('"');
    }

    @Override
    public List<byte[]> seeds() {
        List<byte[]> seeds = new ArrayList<>();
        for (byte[] frame : Golden.frames()) {
            byte[] body = Golden.body(frame);
            if (body.length > 0 && body[0] == '{') {
                seeds.add(body);
            }
        }
        for (String text :
                List.of(
                        "{0:\"a\",{{\"q\":0}:5}:1.5e3,'x':[true,false,null,],$b:-7}",
                        "[\"\\u00e4\\ud83d\\ude00\\x41\\0\",'\\n\\'']",
                        "[1e999,0x1.8p1e]")) {
            seeds.add(text.getBytes(StandardCharsets.UTF_8));
        }
        return seeds;
    }
}
