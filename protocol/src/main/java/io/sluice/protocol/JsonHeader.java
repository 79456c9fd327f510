package io.sluice.protocol;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads a header written as a JSON object, in one pass.
 *
 * <pre>
 *   {"code":310,"extFields":{"a":"group","b":"topic"},"flag":0,"language":"JAVA","opaque":7,
 *    "serializeTypeCurrentRPC":"JSON","version":513}
 * </pre>
 */
final class JsonHeader {
    private final JsonScanner scanner;
    private final Header header;

    private JsonHeader(Header header) {
        this.header = header;
        this.scanner = new JsonScanner(header.bytes, 0, header.bytes.length);
    }

    static void decode(Header header) {
        try {
            new JsonHeader(header).object();
        } catch (JsonException e) {
            throw new HeaderException("header is not JSON: " + e.getMessage());
        }
    }

    private void object() {
        scanner.expect('{');
        if (!scanner.take('}')) {
            do {
                scanner.scalar();
                member();
            } while (scanner.more('}'));
        }
        if (scanner.peek() != JsonScanner.END) {
            throw scanner.unexpected(scanner.peek(), "nothing more");
        }
    }

    private void member() {
        if (scanner.tokenIs("code")) {
            header.code = number("code");
        } else if (scanner.tokenIs("extFields")) {
            fields();
        } else if (scanner.tokenIs("flag")) {
            header.flag = number("flag");
        } else if (scanner.tokenIs("language")) {
            language();
        } else if (scanner.tokenIs("opaque")) {
            header.opaque = number("opaque");
        } else if (scanner.tokenIs("version")) {
            header.version = number("version");
        } else if (scanner.tokenIs("remark")) {
            header.remark = remark();
        } else {
            scanner.expect(':');
            scanner.raw();
        }
    }

    private void fields() {
        scanner.expect(':');
        if (scanner.peek() != '{') {
            scanner.scalar();
            if (!scanner.tokenIs("null")) {
                throw JsonException.at(scanner.from, "extFields must be an object or null");
            }
            return;
        }
        scanner.expect('{');
        if (!scanner.take('}')) {
            do {
                scanner.scalar();
                field(scanner.from, scanner.to);
            } while (scanner.more('}'));
        }
    }

    private void field(int nameFrom, int nameTo) {
        scanner.expect(':');
        if (value()) {
            header.add(nameFrom, nameTo, scanner.from, scanner.to);
        } else {
            header.add(nameFrom, nameTo, -1, -1);
        }
    }

    /** Takes a value, of which an object or array remains as it is written; false if it is null. */
    private boolean value() {
        int b = scanner.peek();
        if (b == '"' || b == '\'') {
            scanner.at++;
            scanner.string(b);
            return true;
        }
        scanner.raw();
        return !scanner.tokenIs("null");
    }

    private int number(String name) {
        scanner.expect(':');
        if (!value()) {
            return 0;
        }
        try {
            long value = Ascii.parseLong(header.bytes, scanner.from, scanner.to);
            if (value == (int) value) {
                return (int) value;
            }
        } catch (NumberFormatException e) {
            // said below, like a number that is too large
        }
        throw HeaderException.malformed(name, "a whole number of 32 bits", token());
    }

    private void language() {
        scanner.expect(':');
        if (value()) {
            header.language = Language.of(header.bytes, scanner.from, scanner.to);
        }
    }

    private @Nullable String remark() {
        scanner.expect(':');
        return value() ? token() : null;
    }

    private String token() {
        return new String(
                header.bytes, scanner.from, scanner.to - scanner.from, StandardCharsets.UTF_8);
    }
}
