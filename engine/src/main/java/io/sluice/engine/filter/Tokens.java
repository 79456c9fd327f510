package io.sluice.engine.filter;

import io.sluice.engine.filter.Token.Kind;
import java.util.Locale;
import java.util.Map;

/** Cuts an expression into tokens, one pass from left to right. */
final class Tokens {
    private static final Map<String, Kind> WORDS =
            Map.ofEntries(
                    Map.entry("AND", Kind.AND),
                    Map.entry("OR", Kind.OR),
                    Map.entry("NOT", Kind.NOT),
                    Map.entry("IS", Kind.IS),
                    Map.entry("NULL", Kind.NULL),
                    Map.entry("TRUE", Kind.TRUE),
                    Map.entry("FALSE", Kind.FALSE),
                    Map.entry("BETWEEN", Kind.BETWEEN),
                    Map.entry("IN", Kind.IN),
                    Map.entry("CONTAINS", Kind.CONTAINS),
                    Map.entry("STARTSWITH", Kind.STARTSWITH),
                    Map.entry("ENDSWITH", Kind.ENDSWITH));

    private final String text;
    private final int lastLineEnd;
    private int at;

    Tokens(String text) {
        this.text = text;
        this.lastLineEnd = Math.max(text.lastIndexOf('\n'), text.lastIndexOf('\r'));
    }

    Token next() throws SqlSyntaxException {
        skipBlanks();
        int start = at;
        if (at == text.length()) {
            return new Token(Kind.END, start, "");
        }
        char c = text.charAt(at);
        if (isNameStart(c)) {
            return word(start);
        }
        if (isDigit(c) || (c == '.' && isDigit(peek(1)))) {
            return number(start);
        }
        return c == '\'' ? string(start) : sign(start, c);
    }

    private char peek(int ahead) {
        return at + ahead < text.length() ? text.charAt(at + ahead) : 0;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isNameStart(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$';
    }

    private void skipBlanks() throws SqlSyntaxException {
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f') {
                at++;
            } else if (c == '-' && peek(1) == '-' && at < lastLineEnd) {
                skipLine();
            } else if (c == '/' && peek(1) == '*') {
                skipComment();
            } else {
                return;
            }
        }
    }

    /** From "--" to the end of the line; on the last line they are two minus signs. */
    private void skipLine() {
        while (text.charAt(at) != '\n' && text.charAt(at) != '\r') {
            at++;
        }
    }

    private void skipComment() throws SqlSyntaxException {
        int end = text.indexOf("*/", at + 2);
        if (end < 0) {
            throw new SqlSyntaxException(at, "the comment that begins here has no end");
        }
        at = end + 2;
    }

    private Token word(int start) {
        while (isNameStart(peek(0)) || isDigit(peek(0))) {
            at++;
        }
        String word = text.substring(start, at);
        Kind kind = WORDS.get(word.toUpperCase(Locale.ROOT));
        return kind == null ? new Token(Kind.NAME, start, word) : new Token(kind, start, "");
    }

    private Token number(int start) throws SqlSyntaxException {
        skipDigits();
        boolean decimal = peek(0) == '.';
        if (decimal) {
            at++;
            skipDigits();
        }
        if ((peek(0) | 0x20) == 'e' && isDigit(peek(peek(1) == '+' || peek(1) == '-' ? 2 : 1))) {
            decimal = true;
            at += 2;
            skipDigits();
        }
        int end = at;
        if (!decimal && (peek(0) | 0x20) == 'l') {
            at++; // as in Java, an integer may say that it is long
        }
        if (!decimal && text.charAt(start) == '0' && end > start + 1) {
            throw new SqlSyntaxException(
                    start,
                    "expected a number, found " + Token.shortened(text.substring(start, end)));
        }
        Kind kind = decimal ? Kind.DECIMAL : Kind.INTEGER;
        return new Token(kind, start, text.substring(start, end));
    }

    private void skipDigits() {
        while (isDigit(peek(0))) {
            at++;
        }
    }

    private Token string(int start) throws SqlSyntaxException {
        StringBuilder out = new StringBuilder();
        for (at++; at < text.length(); at++) {
            char c = text.charAt(at);
            if (c == '\'') {
                at++;
                if (peek(0) != '\'') {
                    return new Token(Kind.STRING, start, out.toString());
                }
            }
            out.append(c);
        }
        throw new SqlSyntaxException(start, "the string that begins here has no closing '");
    }

    private Token sign(int start, char c) throws SqlSyntaxException {
        char second = peek(1);
        Kind kind =
                switch (c) {
                    case '=' -> Kind.EQUAL;
                    case '<' ->
                            switch (second) {
                                case '>' -> Kind.UNEQUAL;
                                case '=' -> Kind.LESS_OR_EQUAL;
                                default -> Kind.LESS;
                            };
                    case '>' -> second == '=' ? Kind.GREATER_OR_EQUAL : Kind.GREATER;
                    case '+' -> Kind.PLUS;
                    case '-' -> Kind.MINUS;
                    case '(' -> Kind.OPEN;
                    case ')' -> Kind.CLOSE;
                    case ',' -> Kind.COMMA;
                    default -> throw new SqlSyntaxException(start, unknown(c));
                };
        boolean isTwo =
                kind == Kind.UNEQUAL || kind == Kind.LESS_OR_EQUAL || kind == Kind.GREATER_OR_EQUAL;
        at += isTwo ? 2 : 1;
        return new Token(kind, start, "");
    }

    private static String unknown(char c) {
        return switch (c) {
            case '!' -> "found '!': unequal is written <>";
            case '"', '`' -> "found " + c + ": strings stand in single quotes, names in none";
            default ->
                    "found "
                            + (c > ' ' && c < 0x7F
                                    ? "'" + c + "'"
                                    : "character U+%04X".formatted((int) c))
                            + ", which means nothing here: names of properties consist of"
                            + " letters, digits, _ and $";
        };
    }
}
