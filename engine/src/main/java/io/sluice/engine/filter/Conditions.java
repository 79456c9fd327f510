package io.sluice.engine.filter;

import io.sluice.engine.filter.Operand.Condition;
import java.util.Arrays;
import java.util.List;

/**
 * The conditions, with the meaning they have in RocketMQ, of which some is its own:
 *
 * <ul>
 *   <li>A property is text. Beside a number it is read as one, beside a truth value it is true if
 *       it is "true" in any case. What cannot be read makes the comparison unknown.
 *   <li>{@code a = b} is false if only {@code b} is missing, unknown if only {@code a} is, true if
 *       both are.
 *   <li>A property on its own is never true: false if it is there, else unknown.
 *   <li>CONTAINS and its like are false of what is missing or is no text, negated or not, and of an
 *       empty string.
 * </ul>
 */
final class Conditions {
    private Conditions() {}

    private static int truth(boolean is) {
        return is ? Operand.TRUE : Operand.FALSE;
    }

    private static int not(int truth) {
        return truth == Operand.UNKNOWN ? truth : Operand.TRUE - truth;
    }

    private static int deepest(List<? extends Operand> parts) {
        return parts.stream().mapToInt(part -> part.depth).max().orElse(0);
    }

    /** TRUE, FALSE or NULL as they are written. */
    static final class Constant extends Condition {
        private final int truth;

        Constant(int truth) {
            super(1);
            this.truth = truth;
        }

        boolean isNull() {
            return truth == UNKNOWN;
        }

        @Override
        int test(Row row) {
            return truth;
        }
    }

    /** A property where a condition is asked for. */
    static final class Present extends Condition {
        private final Property property;

        Present(Property property) {
            super(property.depth + 1);
            this.property = property;
        }

        @Override
        int test(Row row) {
            return property.kind(row) == UNKNOWN ? UNKNOWN : FALSE;
        }
    }

    /** The contrary; of what is unknown, that is unknown too. */
    static final class Not extends Condition {
        private final Condition condition;

        Not(Condition condition) {
            super(condition.depth + 1);
            this.condition = condition;
        }

        @Override
        int test(Row row) {
            return not(condition.test(row));
        }
    }

    /** False if one is, else unknown if one is, else true. */
    static final class And extends Condition {
        private final Condition[] parts;

        And(List<Condition> parts) {
            super(deepest(parts) + 1);
            this.parts = parts.toArray(Condition[]::new);
        }

        @Override
        int test(Row row) {
            int all = TRUE;
            for (Condition part : parts) {
                int truth = part.test(row);
                if (truth == FALSE) {
                    return FALSE;
                }
                all = truth == UNKNOWN ? UNKNOWN : all;
            }
            return all;
        }
    }

    /** True if one is, else unknown if one is, else false. */
    static final class Or extends Condition {
        private final Condition[] parts;

        Or(List<Condition> parts) {
            super(deepest(parts) + 1);
            this.parts = parts.toArray(Condition[]::new);
        }

        @Override
        int test(Row row) {
            int any = FALSE;
            for (Condition part : parts) {
                int truth = part.test(row);
                if (truth == TRUE) {
                    return TRUE;
                }
                any = truth == UNKNOWN ? UNKNOWN : any;
            }
            return any;
        }
    }

    /** {@code =} */
    static final class Equal extends Condition {
        private final Operand left;
        private final Operand right;

        Equal(Operand left, Operand right) {
            super(Math.max(left.depth, right.depth) + 1);
            this.left = left;
            this.right = right;
        }

        @Override
        int test(Row row) {
            int one = left.kind(row);
            int other = right.kind(row);
            if (one == UNKNOWN) {
                return other == UNKNOWN ? TRUE : UNKNOWN;
            }
            if (other == UNKNOWN) {
                return FALSE;
            }
            if (one == TEXT && other == TEXT) {
                return truth(sameText(row));
            }
            if (one <= TRUE || other <= TRUE) {
                return truth(sameTruth(row, one, other));
            }
            return left.read(row, row.left) && right.read(row, row.right)
                    ? truth(Decimal.compare(row.left, row.right) == 0)
                    : UNKNOWN;
        }

        private boolean sameText(Row row) {
            int from = left.from(row);
            int to = right.from(row);
            return Arrays.equals(
                    left.bytes(row),
                    from,
                    from + left.sizeBytes(row),
                    right.bytes(row),
                    to,
                    to + right.sizeBytes(row));
        }

        private boolean sameTruth(Row row, int one, int other) {
            if (one == NUMBER || other == NUMBER) {
                return false;
            }
            return (one == TEXT ? truth(left.saysTrue(row)) : one)
                    == (other == TEXT ? truth(right.saysTrue(row)) : other);
        }
    }

    /** Which order of two numbers is asked for. */
    enum Order {
        LESS,
        LESS_OR_EQUAL,
        GREATER,
        GREATER_OR_EQUAL;

        boolean holds(int compared) {
            return switch (this) {
                case LESS -> compared < 0;
                case LESS_OR_EQUAL -> compared <= 0;
                case GREATER -> compared > 0;
                case GREATER_OR_EQUAL -> compared >= 0;
            };
        }
    }

    /** {@code <} and its like, of numbers. Two texts are compared as {@code double}. */
    static final class Ordered extends Condition {
        private final Operand left;
        private final Order order;
        private final Operand right;

        Ordered(Operand left, Order order, Operand right) {
            super(Math.max(left.depth, right.depth) + 1);
            this.left = left;
            this.order = order;
            this.right = right;
        }

        @Override
        int test(Row row) {
            int one = left.kind(row);
            int other = right.kind(row);
            if (one == UNKNOWN
                    || other == UNKNOWN
                    || !left.read(row, row.left)
                    || !right.read(row, row.right)) {
                return UNKNOWN;
            }
            int compared =
                    one == TEXT && other == TEXT
                            ? Double.compare(row.left.real(), row.right.real())
                            : Decimal.compare(row.left, row.right);
            return truth(order.holds(compared));
        }
    }

    /** {@code IS NULL} */
    static final class IsNull extends Condition {
        private final Operand operand;

        IsNull(Operand operand) {
            super(operand.depth + 1);
            this.operand = operand;
        }

        @Override
        int test(Row row) {
            return truth(operand.kind(row) == UNKNOWN);
        }
    }

    /** {@code IN}, of a property; unknown if it is missing. */
    static final class In extends Condition {
        private final Property property;
        private final byte[][] texts;
        private final int[] hashes;

        In(Property property, List<byte[]> texts) {
            super(property.depth + 1);
            this.property = property;
            this.texts = texts.toArray(byte[][]::new);
            Arrays.sort(this.texts, (a, b) -> Integer.compare(hash(a), hash(b)));
            this.hashes = Arrays.stream(this.texts).mapToInt(In::hash).toArray();
        }

        private static int hash(byte[] text) {
            return Row.hash(text, 0, text.length);
        }

        @Override
        int test(Row row) {
            if (property.kind(row) == UNKNOWN) {
                return UNKNOWN;
            }
            byte[] bytes = property.bytes(row);
            int from = property.from(row);
            int end = from + property.sizeBytes(row);
            int hash = Row.hash(bytes, from, end);
            int at = Arrays.binarySearch(hashes, hash);
            while (at > 0 && hashes[at - 1] == hash) {
                at--;
            }
            for (; at >= 0 && at < hashes.length && hashes[at] == hash; at++) {
                if (Arrays.equals(texts[at], 0, texts[at].length, bytes, from, end)) {
                    return TRUE;
                }
            }
            return FALSE;
        }
    }

    /** Where in a text another one is looked for. */
    enum Place {
        ANYWHERE,
        START,
        END
    }

    /** {@code CONTAINS}, {@code STARTSWITH}, {@code ENDSWITH}. */
    static final class Like extends Condition {
        private final Operand operand;
        private final boolean negated;
        private final Place place;
        private final Needle needle;

        Like(Operand operand, boolean negated, Place place, Needle needle) {
            super(operand.depth + 1);
            this.operand = operand;
            this.negated = negated;
            this.place = place;
            this.needle = needle;
        }

        @Override
        int test(Row row) {
            if (operand.kind(row) != TEXT || needle.sizeBytes() == 0) {
                return FALSE;
            }
            byte[] bytes = operand.bytes(row);
            int from = operand.from(row);
            int end = from + operand.sizeBytes(row);
            boolean found =
                    switch (place) {
                        case ANYWHERE -> needle.isIn(bytes, from, end);
                        case START -> needle.isAt(bytes, from, end);
                        case END ->
                                needle.isAt(bytes, Math.max(from, end - needle.sizeBytes()), end);
                    };
            return truth(found != negated);
        }
    }
}
