package io.sluice.engine.filter;

import java.nio.charset.StandardCharsets;

/**
 * What has a value for each message: a property, a constant, or a {@link Condition}. Immutable, and
 * so used by many threads; what differs between messages is in the {@link Row}.
 */
abstract sealed class Operand {
    // What kind() says. A condition's truth is its kind, so the first three are both.
    static final int FALSE = 0;
    static final int TRUE = 1;

    /** A property that is not there, or a condition that is neither true nor false. */
    static final int UNKNOWN = 2;

    static final int TEXT = 3;
    static final int NUMBER = 4;

    /** How many operands stand in one another, this one included. */
    final int depth;

    Operand(int depth) {
        this.depth = depth;
    }

    abstract int kind(Row row);

    /** Where a TEXT lies. */
    byte[] bytes(Row row) {
        throw new IllegalStateException("no text");
    }

    int from(Row row) {
        return 0;
    }

    int sizeBytes(Row row) {
        throw new IllegalStateException("no text");
    }

    /** Puts its number, or the number that its text is, there; false if it is none. */
    boolean read(Row row, Decimal number) {
        return number.read(bytes(row), from(row), sizeBytes(row));
    }

    /** Whether its text says true. */
    boolean saysTrue(Row row) {
        byte[] bytes = bytes(row);
        int from = from(row);
        return sizeBytes(row) == 4
                && (bytes[from] | 0x20) == 't'
                && (bytes[from + 1] | 0x20) == 'r'
                && (bytes[from + 2] | 0x20) == 'u'
                && (bytes[from + 3] | 0x20) == 'e';
    }

    /** A property, by the number of its name. */
    static final class Property extends Operand {
        private final int name;

        Property(int name) {
            super(1);
            this.name = name;
        }

        @Override
        int kind(Row row) {
            return row.sizeBytes(name) > 0 ? TEXT : UNKNOWN;
        }

        @Override
        byte[] bytes(Row row) {
            return row.bytes;
        }

        @Override
        int from(Row row) {
            return row.from(name);
        }

        @Override
        int sizeBytes(Row row) {
            return row.sizeBytes(name);
        }
    }

    /** A string. */
    static final class Text extends Operand {
        private final byte[] bytes;

        Text(String text) {
            super(1);
            this.bytes = text.getBytes(StandardCharsets.UTF_8);
        }

        @Override
        int kind(Row row) {
            return TEXT;
        }

        @Override
        byte[] bytes(Row row) {
            return bytes;
        }

        @Override
        int sizeBytes(Row row) {
            return bytes.length;
        }
    }

    /** A number. */
    static final class Numeral extends Operand {
        final boolean integral;
        final long integer;
        final double real;

        Numeral(long integer) {
            super(1);
            this.integral = true;
            this.integer = integer;
            this.real = integer;
        }

        Numeral(double real) {
            super(1);
            this.integral = false;
            this.integer = 0;
            this.real = real;
        }

        Numeral negated() {
            return integral ? new Numeral(-integer) : new Numeral(-real);
        }

        @Override
        int kind(Row row) {
            return NUMBER;
        }

        @Override
        boolean read(Row row, Decimal number) {
            if (integral) {
                number.set(integer);
            } else {
                number.set(real);
            }
            return true;
        }
    }

    /** What a minus makes of anything but a number. */
    static final class Nothing extends Operand {
        Nothing() {
            super(1);
        }

        @Override
        int kind(Row row) {
            return UNKNOWN;
        }
    }

    /** What is true, false or unknown of a message. */
    abstract static sealed class Condition extends Operand
            permits Conditions.Constant,
                    Conditions.Present,
                    Conditions.Not,
                    Conditions.And,
                    Conditions.Or,
                    Conditions.Equal,
                    Conditions.Ordered,
                    Conditions.IsNull,
                    Conditions.In,
                    Conditions.Like {
        Condition(int depth) {
            super(depth);
        }

        /** TRUE, FALSE or UNKNOWN. */
        abstract int test(Row row);

        @Override
        final int kind(Row row) {
            return test(row);
        }
    }
}
