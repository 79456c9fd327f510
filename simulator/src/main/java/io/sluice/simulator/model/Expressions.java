package io.sluice.simulator.model;

import java.util.List;

/**
 * The SQL expressions that readers filter by, each with what it is true of, said without SQL: by a
 * message's tag and key, 0 for none. Tag 1 is AaAa, 2 is BBBB, 3 is red.
 */
public final class Expressions {
    private interface Truth {
        boolean of(int tag, int key);
    }

    private record Expression(String text, Truth truth) {}

    private static final List<Expression> ALL =
            List.of(
                    new Expression("TAGS = 'red'", (tag, key) -> tag == 3),
                    new Expression("TAGS <> 'red'", (tag, key) -> tag == 1 || tag == 2),
                    new Expression("NOT (TAGS IN ('AaAa', 'red'))", (tag, key) -> tag == 2),
                    new Expression(
                            "KEYS IN ('key1', 'key2') OR TAGS IS NULL",
                            (tag, key) -> key == 1 || key == 2 || tag == 0),
                    new Expression(
                            "KEYS STARTSWITH 'key' AND TAGS IS NULL",
                            (tag, key) -> key != 0 && tag == 0),
                    new Expression(
                            "KEYS CONTAINS 'ey3' AND NOT (TAGS = 'BBBB')",
                            (tag, key) -> key == 3 && (tag == 1 || tag == 3)),
                    new Expression("(KEYS <> 'key1') IS NULL", (tag, key) -> key == 0));

    /** How many there are. */
    public static final int COUNT = ALL.size();

    private Expressions() {}

    /** How readers write expression {@code number}, from 0 on. */
    public static String text(int number) {
        return ALL.get(number).text;
    }

    static boolean isTrue(int number, int tag, int key) {
        return ALL.get(number).truth.of(tag, key);
    }
}
