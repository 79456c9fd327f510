package io.sluice.engine.filter;

/**
 * A word of an expression.
 *
 * @param index where it begins, from 0
 * @param text a name or number as it is written, a string without its quotes, else empty
 */
record Token(Kind kind, int index, String text) {
    /** What it is; {@code shown} is how errors call it. */
    enum Kind {
        NAME("a property"),
        STRING("a string"),
        INTEGER("a number"),
        DECIMAL("a number"),
        AND("AND"),
        OR("OR"),
        NOT("NOT"),
        IS("IS"),
        NULL("NULL"),
        TRUE("TRUE"),
        FALSE("FALSE"),
        BETWEEN("BETWEEN"),
        IN("IN"),
        CONTAINS("CONTAINS"),
        STARTSWITH("STARTSWITH"),
        ENDSWITH("ENDSWITH"),
        EQUAL("'='"),
        UNEQUAL("'<>'"),
        LESS("'<'"),
        LESS_OR_EQUAL("'<='"),
        GREATER("'>'"),
        GREATER_OR_EQUAL("'>='"),
        PLUS("'+'"),
        MINUS("'-'"),
        OPEN("'('"),
        CLOSE("')'"),
        COMMA("','"),
        END("the end");

        final String shown;

        Kind(String shown) {
            this.shown = shown;
        }
    }

    private static final int SHOWN_LENGTH_MAX = 32;

    /** For an error: what stands there. */
    @Override
    public String toString() {
        return text.isEmpty() ? kind.shown : kind.shown + " " + shortened(text);
    }

    /** Of hostile text, what may be shown in a log and an answer. */
    static String shortened(String text) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < Math.min(text.length(), SHOWN_LENGTH_MAX); i++) {
            char c = text.charAt(i);
            out.append(c < ' ' || c == 0x7F || Character.isSurrogate(c) ? '?' : c);
        }
        return out.append(text.length() > SHOWN_LENGTH_MAX ? "..." : "").toString();
    }
}
