package io.sluice.compat.harness;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What came back for a raw request: the header fields that tests look at, and the body. */
public record Reply(
        int code, int opaque, String remark, Map<String, String> fields, ByteBuffer body) {

    /** RocketMQ's code for success. */
    public static final int SUCCESS = 0;

    private static final Pattern CODE = Pattern.compile("\"code\"\\s*:\\s*(-?\\d+)");
    private static final Pattern OPAQUE = Pattern.compile("\"opaque\"\\s*:\\s*(-?\\d+)");
    private static final Pattern REMARK =
            Pattern.compile("\"remark\"\\s*:\\s*\"((?:[^\"\\\\]|\\\\.)*)\"");
    private static final Pattern FIELDS = Pattern.compile("\"extFields\"\\s*:\\s*\\{([^}]*)}");
    private static final Pattern FIELD = Pattern.compile("\"(\\w+)\"\\s*:\\s*\"?([^,\"]*)\"?");

    /** Reads a JSON header; tests need no more of JSON than these patterns. */
    static Reply parse(String header, byte[] body) {
        Map<String, String> fields = new LinkedHashMap<>();
        Matcher field = FIELD.matcher(first(FIELDS, header, ""));
        while (field.find()) {
            fields.put(field.group(1), field.group(2));
        }
        return new Reply(
                Integer.parseInt(first(CODE, header, "-1")),
                Integer.parseInt(first(OPAQUE, header, "-1")),
                first(REMARK, header, ""),
                fields,
                ByteBuffer.wrap(body).asReadOnlyBuffer());
    }

    private static String first(Pattern pattern, String text, String otherwise) {
        Matcher matcher = pattern.matcher(text);
        return matcher.find() ? matcher.group(1) : otherwise;
    }

    public boolean isOk() {
        return code == SUCCESS;
    }

    public String bodyText() {
        return StandardCharsets.UTF_8.decode(body.duplicate()).toString();
    }

    /** A numeric header field. */
    public long number(String field) {
        String value = fields.get(field);
        if (value == null) {
            throw new AssertionError("no field '" + field + "' in " + this);
        }
        return Long.parseLong(value);
    }
}
