package io.sluice.engine.filter;

import io.sluice.engine.filter.Operand.Condition;

/**
 * An SQL92 expression, read once and tested against the properties of many messages: a tree of
 * immutable conditions over their bytes. Used by any number of threads, each with a {@link Row} of
 * its own.
 *
 * <p>Bounded: an expression has at most {@link #LENGTH_MAX} characters and is not nested deeper
 * than {@link Parser#DEPTH_MAX}; reading it and testing a message take time linear in what is read,
 * and {@link #costPerByte} says how often a test may pass over the properties.
 */
public final class SqlExpression {
    /** Longer ones are refused. */
    public static final int LENGTH_MAX = 16_384;

    private final String text;
    private final Condition condition;
    private final Row.Names names;
    private final int costPerByte;

    private SqlExpression(String text, Condition condition, Row.Names names, int costPerByte) {
        this.text = text;
        this.condition = condition;
        this.names = names;
        this.costPerByte = costPerByte;
    }

    /**
     * Reads an expression.
     *
     * @throws SqlSyntaxException if it is none, with the place and what was expected there
     */
    public static SqlExpression compile(String text) throws SqlSyntaxException {
        if (text.length() > LENGTH_MAX) {
            throw new SqlSyntaxException(
                    LENGTH_MAX,
                    "the expression has %d characters, at most %d are allowed"
                            .formatted(text.length(), LENGTH_MAX));
        }
        Parser parser = new Parser(text);
        Condition condition = parser.parse();
        Row.Names names = new Row.Names(parser.names());
        return new SqlExpression(text, condition, names, 1 + parser.tests());
    }

    /** What one thread needs to test messages one after the other. */
    public Row row() {
        return new Row(names);
    }

    /**
     * Whether a message is wanted: whether the expression is true of it, not false or unknown.
     *
     * @param row from {@link #row()}
     * @param properties that holds the message's properties from {@code from} to {@code end}
     */
    public boolean matches(Row row, byte[] properties, int from, int end) {
        row.fill(properties, from, end);
        return condition.test(row) == Operand.TRUE;
    }

    /** How often a test may pass over a message's properties, at most. */
    public int costPerByte() {
        return costPerByte;
    }

    /** The expression as it was written. */
    @Override
    public String toString() {
        return text;
    }
}
