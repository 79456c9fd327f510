package io.sluice.engine.filter;

/** An expression cannot be read. The message says where, what was expected and what is there. */
public final class SqlSyntaxException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int position;

    /**
     * @param index of the character in question, from 0
     */
    SqlSyntaxException(int index, String problem) {
        super("at character " + (index + 1) + ": " + problem);
        this.position = index + 1;
    }

    /** The character in question, counted from 1; one past the last if something is missing. */
    public int position() {
        return position;
    }
}
