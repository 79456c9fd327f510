package io.sluice.server.hostile;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.sluice.protocol.BatchBody;
import io.sluice.protocol.RequestCode;
import io.sluice.protocol.SerializeType;
import io.sluice.server.hostile.Attempt.Value;
import io.sluice.server.hostile.Vocabulary.Asked;
import io.sluice.server.hostile.Vocabulary.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A good request of each code, as far as one can be guessed, and all the ways to spoil it. */
final class Mutations {
    static final String TOPIC = "seed";
    static final String GROUP = "seed-group";
    static final int QUEUES = 4;

    private static final int LONGEST_BYTES = 70_000;
    private static final int DEPTH = 600;

    /** What fields of a good request say whose name tells more than their kind. */
    private static final Map<String, String> GOOD =
            Map.ofEntries(
                    Map.entry("topic", TOPIC),
                    Map.entry("b", TOPIC),
                    Map.entry("consumerGroup", GROUP),
                    Map.entry("group", GROUP),
                    Map.entry("groupName", GROUP),
                    Map.entry("a", GROUP),
                    Map.entry("producerGroup", GROUP),
                    Map.entry("subscription", "*"),
                    Map.entry("subString", "*"),
                    Map.entry("expressionType", "TAG"),
                    Map.entry("readQueueNums", "" + QUEUES),
                    Map.entry("writeQueueNums", "" + QUEUES),
                    Map.entry("perm", "6"),
                    Map.entry("maxMsgNums", "1"),
                    Map.entry("maxNum", "1"),
                    Map.entry("consumeTimeoutMinute", "15"),
                    // Of a pull: with its subscription, and not waiting.
                    Map.entry("sysFlag", "4"),
                    Map.entry("attributes", "+retention=1h"),
                    Map.entry("properties", "KEYS\u0001k\u0002"),
                    Map.entry("i", "KEYS\u0001k\u0002"));

    /** What no number, name, flag or expression is meant to be; some are good for some field. */
    private static final List<String> HOSTILE =
            List.of(
                    "",
                    " ",
                    "NaN",
                    "-1",
                    "-2147483648",
                    "2147483647",
                    "2147483648",
                    "9223372036854775807",
                    "-9223372036854775808",
                    "9223372036854775808",
                    "1e400",
                    "0x10",
                    "true",
                    "nobody",
                    "nul\u0000byte",
                    "\u0001\u0002",
                    "line\r\nbreak",
                    "../../../../etc/passwd",
                    "/dev/full",
                    "C:\\boot.ini",
                    "%RETRY%",
                    "%RETRY%../x",
                    "%DLQ%nobody",
                    "TBW102",
                    "RMQ_SYS_TRANS_HALF_TOPIC",
                    "größe",
                    "\uD800",
                    "${jndi:ldap://localhost/x}",
                    "a'; DROP TABLE x; --",
                    "a > 1 AND (((((",
                    "{\"a\":[",
                    "x".repeat(128),
                    "x".repeat(LONGEST_BYTES));

    private static final List<String> FEW_HOSTILE =
            List.of(
                    "",
                    "NaN",
                    "-1",
                    "2147483647",
                    "9223372036854775807",
                    "../x",
                    "a > 1 AND (((((");

    private static final List<String> HOSTILE_JSON =
            List.of(
                    "null",
                    "-1",
                    "1.5",
                    "1e999",
                    "99999999999999999999",
                    "true",
                    "\"\"",
                    "\"../../../../etc/passwd\"",
                    "\"nobody\"",
                    "\"" + "x".repeat(LONGEST_BYTES) + "\"",
                    "{}",
                    "{\"a\":1}",
                    "[]",
                    "[null]",
                    "[[]]",
                    "[{}]",
                    "[1,\"a\",{\"b\":[]}]",
                    "[".repeat(DEPTH) + "]".repeat(DEPTH));

    private Mutations() {}

    /** A request with everything that is asked for. */
    static Attempt good(Asked asked) {
        Map<String, Value> fields = new LinkedHashMap<>();
        asked.fields().forEach((name, kind) -> fields.put(name, Value.text(goodText(name, kind))));
        return new Attempt(asked.code(), asked.name(), fields, body(asked));
    }

    private static String goodText(String name, Kind kind) {
        String good = GOOD.get(name);
        if (good != null) {
            return good;
        }
        return switch (kind) {
            case NUMBER -> "0";
            case TRUTH -> "false";
            default -> "x";
        };
    }

    private static byte[] body(Asked asked) {
        if (asked.code() == RequestCode.SEND_BATCH_MESSAGE) {
            ByteBuf batch = Unpooled.buffer();
            BatchBody.encode(batch, 0, "one".getBytes(UTF_8), new byte[0]);
            return ByteBufUtil.getBytes(batch);
        }
        String json = object(asked.members(), "", "", 2);
        return (asked.members().isEmpty() ? "body" : json).getBytes(UTF_8);
    }

    /** All members with good values, but {@code name}, at each depth, with that one. */
    private static String object(Map<String, Kind> members, String name, String value, int depth) {
        List<String> parts = new ArrayList<>();
        members.forEach((member, kind) -> {
            String good =
                    switch (kind) {
                        case TEXTS -> "[\"" + TOPIC + "\"]";
                        case OBJECT -> "{}";
                        case OBJECTS ->
                                depth == 0
                                        ? "[]"
                                        : "[" + object(members, name, value, depth - 1) + "]";
                        case NUMBER, TRUTH -> goodText(member, kind);
                        case TEXT -> Attempt.quoted(goodText(member, kind));
                    };
            // Constants have names of their own and may be left out.
            if (member.equals(name) || !good.equals("\"x\"") || member.endsWith("Id")) {
                parts.add(Attempt.quoted(member) + ":" + (member.equals(name) ? value : good));
            }
        });
        return "{" + String.join(",", parts) + "}";
    }

    /** A request spoilt in one place after the other; about what is there, and what is not. */
    static List<List<Attempt>> all(Asked asked, SerializeType type) {
        Attempt good = good(asked);
        List<List<Attempt>> all = new ArrayList<>();
        all.add(List.of(good, new Attempt(good.code(), "with nothing", Map.of(), new byte[0])));
        for (String known : List.of(TOPIC, GROUP)) {
            Attempt strange = strange(good, known);
            for (String name : asked.fields().keySet()) {
                all.add(few(strange, name));
            }
        }
        for (String name : asked.fields().keySet()) {
            all.add(asked.guessed() ? few(good, name) : ofField(good, name, type));
        }
        for (String name : asked.members().keySet()) {
            List<Attempt> ofMember = new ArrayList<>();
            for (String value : HOSTILE_JSON) {
                String json = object(asked.members(), name, value, 2);
                ofMember.add(
                        new Attempt(
                                good.code(),
                                "body with " + name + " " + shown(value),
                                good.fields(),
                                json.getBytes(UTF_8)));
            }
            all.add(ofMember);
        }
        all.add(bodies(good));
        return all;
    }

    /** Names what nobody has created instead of what there is. */
    private static Attempt strange(Attempt good, String known) {
        String unknown = known + "-unknown";
        Map<String, Value> fields = new LinkedHashMap<>(good.fields());
        fields.replaceAll(
                (name, value) -> value.text().equals(known) ? Value.text(unknown) : value);
        String body =
                new String(good.body(), UTF_8).replace("\"" + known + '"', "\"" + unknown + '"');
        String what = "of an unknown " + known;
        return new Attempt(good.code(), what, fields, body.getBytes(UTF_8));
    }

    private static List<Attempt> few(Attempt good, String name) {
        return FEW_HOSTILE.stream().map(text -> with(good, name, Value.text(text))).toList();
    }

    private static List<Attempt> ofField(Attempt good, String name, SerializeType type) {
        List<Attempt> attempts = new ArrayList<>();
        Map<String, Value> without = new LinkedHashMap<>(good.fields());
        without.remove(name);
        attempts.add(new Attempt(good.code(), "without " + name, without, good.body()));
        for (String text : HOSTILE) {
            attempts.add(with(good, name, Value.text(text)));
        }
        if (type == SerializeType.JSON) {
            for (String json : HOSTILE_JSON) {
                if (!json.startsWith("[[[")) { // which would make the frame none
                    attempts.add(with(good, name, Value.literal(json)));
                }
            }
        }
        return attempts;
    }

    private static Attempt with(Attempt good, String name, Value value) {
        Map<String, Value> fields = new LinkedHashMap<>(good.fields());
        fields.put(name, value);
        String what = good.what() + " but " + name + " " + shown(value.text());
        return new Attempt(good.code(), what, fields, good.body());
    }

    private static List<Attempt> bodies(Attempt good) {
        byte[] noise = new byte[LONGEST_BYTES];
        new Random(good.code()).nextBytes(noise);
        List<Attempt> attempts = new ArrayList<>();
        attempts.add(body(good, "noise as its body", noise));
        for (String body :
                List.of(
                        "",
                        "null",
                        "1",
                        "\"text\"",
                        "[]",
                        "{}",
                        "{",
                        "{\"a\":",
                        "{\"a\":NaN}",
                        "\u0000",
                        "{".repeat(LONGEST_BYTES),
                        "[".repeat(LONGEST_BYTES),
                        "{\"a\":".repeat(DEPTH) + "1" + "}".repeat(DEPTH))) {
            attempts.add(body(good, "with the body " + shown(body), body.getBytes(UTF_8)));
        }
        return attempts;
    }

    static Attempt body(Attempt good, String what, byte[] body) {
        return new Attempt(good.code(), what, good.fields(), body);
    }

    private static String shown(String text) {
        return text.length() <= 40 ? "<" + text + ">" : "<" + text.substring(0, 20) + "...>";
    }
}
