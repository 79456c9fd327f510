package io.sluice.engine.filter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SqlExpressionTest {
    /** {@code a=1,b=x} as a message carries it. */
    private static byte[] properties(String pairs) {
        StringBuilder out = new StringBuilder();
        for (String pair : pairs.split(",")) {
            out.append(pair.replace('=', '\1')).append('\2');
        }
        return out.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static boolean matches(String expression, byte[] properties) throws SqlSyntaxException {
        SqlExpression compiled = SqlExpression.compile(expression);
        return compiled.matches(compiled.row(), properties, 0, properties.length);
    }

    private static SqlSyntaxException refused(String expression) {
        return assertThrows(
                SqlSyntaxException.class, () -> SqlExpression.compile(expression), expression);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            textBlock =
                    """
                    a=3 and b<>4 And c>5 AND d<=4        | a=3,b=5,c=6,d=1 | true
                    a=3 and b<>4 And c>5 AND d<=4        | a=4,b=5,c=6,d=1 | false
                    a=3 or b<>4 Or c>5 OR d<=4           | a=4,b=4,c=3,d=2 | true
                    a=3 or b<>4 Or c>5 OR d<=4           | a=4,b=4,c=3,d=9 | false
                    a = 1 OR b = 2 AND c = 3             | a=1,b=0,c=0     | true
                    (a = 1 OR b = 2) AND c = 3           | a=1,b=0,c=0     | false
                    a in ('3', '4', '5')                 | a=4             | true
                    a in ('3', '4', '5')                 | a=8             | false
                    a in ('3', '4', '5')                 | b=4             | false
                    a not in ('3', '4', '5')             | a=8             | true
                    a not in ('3', '4', '5')             | a=3             | false
                    a not in ('3', '4', '5')             | b=3             | false
                    a in ('AaAa', 'BBBB', 'x')           | a=AaBB          | false
                    a in ('AaAa', 'BBBB', 'AaBB')        | a=AaBB          | true
                    a between 2 and 10                   | a=2             | true
                    a between 2 and 10                   | a=10            | true
                    a between 2 and 10                   | a=11            | false
                    a not between 2 and 10               | a=11            | true
                    a not between 2 and 10               | a=2             | false
                    a not between 2 and 10               | b=1             | false
                    a between b and c                    | a=5,b=1,c=9     | true
                    a between 5 and 5                    | a=5.0           | true
                    a not between 10 and 2               | a=5             | true
                    a is null                            | b=1             | true
                    a is null                            | a=1             | false
                    a is not null                        | a=1             | true
                    a is not null                        | b=1             | false
                    (a > 1) is null                      | b=1             | true
                    (a > 1) is null                      | a=1             | false
                    3 is null                            | a=1             | false
                    NULL is null                         | a=1             | true
                    a is not null and a='hello'          | a=hello         | true
                    a is null OR a='hello'               | a=abc           | false
                    a=TRUE OR b=FALSE                    | a=true,b=false  | true
                    a=TRUE OR b=FALSE                    | a=false,b=true  | false
                    a=TRUE                               | a=TrUe          | true
                    a=FALSE                              | a=anything      | true
                    TRUE=a                               | a=true          | true
                    a=FALSE                              | b=1             | false
                    TAGS='it''s'                         | TAGS=it's       | true
                    TAGS is not null and TAGS=''''''     | TAGS=''         | true
                    TAGS = 'ä€𝄞'                         | TAGS=ä€𝄞        | true
                    a = 'x'                              | a=X             | false
                    A = 'x'                              | a=x             | false
                    """)
    void shouldKnowLogic(String expression, String properties, boolean wanted)
            throws SqlSyntaxException {
        assertEquals(wanted, matches(expression, properties(properties)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            textBlock =
                    """
                    value contains 'x'          | value=axb | true
                    value startswith 'ax'       | value=axb | true
                    value endswith 'xb'         | value=axb | true
                    value contains 'axb'        | value=axb | true
                    value contains 'axbc'       | value=axb | false
                    value startswith 'axbc'     | value=axb | false
                    value endswith 'caxb'       | value=axb | false
                    value not contains 'x'      | value=axb | false
                    value not startswith 'ax'   | value=axb | false
                    value not endswith 'xb'     | value=axb | false
                    value not contains 'x'      | value=abb | true
                    value not startswith 'x'    | value=abb | true
                    value not endswith 'x'      | value=abb | true
                    value contains ''           | value=axb | false
                    value not contains ''       | value=axb | false
                    value not startswith ''     | value=axb | false
                    value not endswith ''       | value=axb | false
                    value contains 'x'          | other=1   | false
                    value not contains 'x'      | other=1   | false
                    value not endswith 'x'      | other=1   | false
                    NOT (value contains 'x')    | other=1   | true
                    'axb' contains 'x'          | other=1   | true
                    'axb' not startswith 'ax'   | other=1   | false
                    ' ' contains ' '            | other=1   | true
                    1.5 contains '1'            | other=1   | false
                    1.5 not contains '1'        | other=1   | false
                    value contains 'aabaaa'     | value=aabaabaaa | true
                    value contains '.'          | value=axb | false
                    """)
    void shouldLookIntoTexts(String expression, String properties, boolean wanted)
            throws SqlSyntaxException {
        assertEquals(wanted, matches(expression, properties(properties)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            textBlock =
                    """
                    a > 3.14                      | a=3.1415              | true
                    a > 3.1E10                    | a=31415000000         | true
                    a = 3                         | a=3                   | true
                    a = 3                         | a=3.0                 | true
                    a = 3                         | a=+003                | true
                    a > 3                         | a=3.5                 | true
                    a = '3'                       | a=3.0                 | false
                    a = b                         | a=3,b=3.0             | false
                    a >= b                        | a=3,b=3.0             | true
                    a > b                         | a=10,b=9              | true
                    a > 3                         | a=abc                 | false
                    a <> 3                        | a=abc                 | false
                    a > 3 OR b = 1                | a=abc,b=1             | true
                    NOT (a > 3)                   | a=abc                 | false
                    a > 3                         | a=                    | false
                    a > -5                        | a=-4                  | true
                    a = --5                       | a=5                   | true
                    a = +5                        | a=5                   | true
                    -a = -5                       | a=5                   | false
                    a = 9223372036854775807       | a=9223372036854775807 | true
                    a = 9223372036854775807       | a=9223372036854775806 | false
                    a < 9223372036854775807       | a=99999999999999999999 | false
                    a > 9223372036854775807       | a=99999999999999999999 | true
                    a > -9223372036854775807      | a=-9223372036854775808 | false
                    a = 5L                        | a=5                   | true
                    a = 5OR b=1                   | a=5                   | true
                    a = .5                        | a=0.5                 | true
                    a = 5.                        | a=5                   | true
                    a = 0.0                       | a=-0                  | true
                    a > 1e308                     | a=1e309               | true
                    a > 3.1                       | a=NaN                 | true
                    a = 0.1                       | a=0.1000000000000000055511151231257827 | true
                    a = 1                         | a=1d                  | true
                    a = 1                         | a=1x                  | false
                    a = 1                         | a=1e                  | false
                    a = 1                         | a=.                   | false
                    a = 1                         | a=1.0.0               | false
                    a = 8.0                       | a=0x1p3               | true
                    a = 8.0                       | a=0xzz                | false
                    3 = 3.0                       | a=1                   | true
                    '3' = 3                       | a=1                   | true
                    """)
    void shouldReadNumbers(String expression, String properties, boolean wanted)
            throws SqlSyntaxException {
        assertEquals(wanted, matches(expression, properties(properties)));
    }

    /** As in RocketMQ, where = looks at what is missing on each side in its own way. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            textBlock =
                    """
                    a = b                  | c=1     | true
                    a = b                  | b=1     | false
                    a <> b                 | c=1     | false
                    a <> b                 | a=1     | true
                    a <> b                 | b=1     | false
                    (a = b) is null        | b=1     | true
                    (a = b) is null        | a=1     | false
                    a <> 'x'               | b=1     | false
                    'x' <> a               | b=1     | true
                    a                      | a=true  | false
                    NOT a                  | a=true  | true
                    NOT a                  | b=true  | false
                    (a > 1) = TRUE         | a=2     | true
                    (a > 1) = (b > 1)      | a=2,b=3 | true
                    (a > 1) = 3            | a=2     | false
                    (a > 1) <> 3           | a=2     | true
                    a = (b > 1)            | a=true,b=2 | true
                    1 = TRUE               | a=1     | false
                    'x' = TRUE             | a=1     | false
                    TRUE                   | a=1     | true
                    FALSE OR NULL          | a=1     | false
                    NOT NULL               | a=1     | false
                    NOT (FALSE AND NULL)   | a=1     | true
                    TRUE OR NULL           | a=1     | true
                    """)
    void shouldKnowWhatIsMissing(String expression, String properties, boolean wanted)
            throws SqlSyntaxException {
        assertEquals(wanted, matches(expression, properties(properties)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            textBlock =
                    """
                    a > 1 /* much */ AND b = 2          | true
                    a > 1 -- much\\n AND b = 2           | true
                    \\t a>1\\r\\nAND\\fb=2                  | true
                    a > --1\\n                           | error
                    a > --1                             | true
                    a > 1 /* much                       | error
                    """)
    void shouldSkipCommentsAndBlanks(String expression, String wanted) throws SqlSyntaxException {
        String text = expression.translateEscapes();
        if (wanted.equals("error")) {
            refused(text);
        } else {
            assertTrue(matches(text, properties("a=2,b=2")));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            textBlock =
                    """
                    a and between 2 and 10       | 7  | expected a property, a number, a string or '(', found BETWEEN
                    a between 10 and 0           | 11 | BETWEEN needs the smaller number first
                    a between 'a' and 'b'        | 11 | expected a number or a property, found a string a
                    a between 1 or 3             | 13 | expected AND, found OR
                    a >                          | 4  | expected a property, a number, a string or '(', found the end
                    a = 1 b = 2                  | 7  | expected AND, OR, a comparison or the end, found a property b
                    a = 1)                       | 6  | found ')'
                    (a = 1                       | 7  | expected an operator or ')', found the end
                    a > 'x'                      | 5  | only numbers have an order
                    TRUE > 1                     | 1  | only numbers have an order
                    (a = 1) > 1                  | 1  | found a condition: only numbers have an order
                    a = NULL                     | 5  | write IS NULL
                    NULL <> a                    | 1  | write IS NULL
                    TRUE = 1                     | 8  | cannot be compared
                    a IS 3                       | 6  | expected NULL, found a number 3
                    a contains x                 | 12 | expected a string, found a property x
                    a contains 123               | 12 | expected a string, found a number 123
                    a contains                   | 11 | expected a string, found the end
                    a in (3)                     | 7  | expected a string, found a number 3
                    a in ()                      | 7  | expected a string, found ')'
                    a in ('x'                    | 10 | expected ',' or ')', found the end
                    'x' in ('x')                 | 1  | expected a property before IN
                    a > 100000000000000000000000 | 5  | larger than 9223372036854775807
                    a > 1e400                    | 5  | larger than 1.797
                    a = 'x                       | 5  | no closing '
                    a = 007                      | 5  | expected a number, found 007
                    a = 12abc                    | 7  | expected AND, OR, a comparison or the end, found a property abc
                    a != 3                       | 3  | unequal is written <>
                    a = "x"                      | 5  | strings stand in single quotes
                    a like 'x%'                  | 3  | CONTAINS, STARTSWITH and ENDSWITH
                    a-b = 1                      | 2  | found '-'
                    a = #                        | 5  | found '#'
                    ä = 1                        | 1  | found character U+00E4
                    3                            | 1  | expected a condition, found a number 3 alone
                    a = 1 AND 'x'                | 11 | expected a condition, found a string x alone
                    NOT a = 1                    | 7  | write NOT (...)
                    NOT a IN ('x')               | 7  | write NOT (...)
                    NOT a IS NULL                | 7  | write NOT (...)
                    """)
    void shouldSayWhereAndWhy(String expression, int position, String problem) {
        SqlSyntaxException e = refused(expression);
        String message = String.valueOf(e.getMessage());
        assertEquals(position, e.position(), message);
        assertTrue(message.contains(problem), message);
        assertTrue(message.startsWith("at character " + position + ": "), message);
    }

    @Test
    void shouldRefuseNothingAtAll() {
        assertEquals(1, refused("").position());
        assertEquals(3, refused("  ").position());
        refused("a = '\ud800'");
    }

    @Test
    void shouldTakePropertiesAsClientsDo() throws SqlSyntaxException {
        assertFalse(matches("a IS NOT NULL", properties("a=")));
        assertFalse(matches("a IS NOT NULL", properties("a")));
        assertTrue(matches("a = '1'", properties(",=x,b=,a=1")));
        assertTrue(matches("a = '1'", properties("aa=x,a=1,a=2")));
        assertTrue(matches("a CONTAINS 'x\1'", properties("a=x=y")));
        assertTrue(matches("a IS NULL", new byte[0]));
    }

    @Test
    void shouldTestOneMessageAfterTheOther() throws SqlSyntaxException {
        SqlExpression expression = SqlExpression.compile("a = '1' AND b IS NULL");
        Row row = expression.row();
        byte[] first = properties("a=1,b=2");
        byte[] second = properties("a=1");
        assertFalse(expression.matches(row, first, 0, first.length));
        assertTrue(expression.matches(row, second, 0, second.length));
        assertTrue(expression.matches(row, first, 0, 4));
    }

    @Test
    void shouldManyNamesKeepApart() throws SqlSyntaxException {
        StringBuilder expression = new StringBuilder("p0 = '0'");
        StringBuilder pairs = new StringBuilder("p0=0");
        for (int i = 1; i < 500; i++) {
            expression.append(" AND p").append(i).append(" = '").append(i).append('\'');
            pairs.append(",p").append(i).append('=').append(i);
        }
        assertTrue(matches(expression.toString(), properties(pairs.toString())));
    }

    @Test
    void shouldRefuseWhatIsTooLongOrTooDeep() throws SqlSyntaxException {
        String long1 = "a = 1 OR ".repeat(1_800) + "a = 1";
        assertTrue(long1.length() <= SqlExpression.LENGTH_MAX);
        assertTrue(matches(long1, properties("a=1")));
        String tooLong = long1 + " ".repeat(SqlExpression.LENGTH_MAX);
        assertTrue(String.valueOf(refused(tooLong).getMessage()).contains("at most 16384"));
        assertTrue(matches("(".repeat(99) + "a = 1" + ")".repeat(99), properties("a=1")));
        for (String deep :
                new String[] {
                    "(".repeat(16_000),
                    "NOT ".repeat(4_000) + "a",
                    "-".repeat(16_000) + "1",
                    "+".repeat(16_000) + "1",
                    "a" + " = a".repeat(4_000),
                    "a" + " IS NULL".repeat(2_000),
                    "a" + " CONTAINS 'x'".repeat(1_000),
                    "NOT(a=1 AND ".repeat(1_000) + "a" + ")".repeat(1_000)
                }) {
            String message = String.valueOf(refused(deep).getMessage());
            assertTrue(message.contains("nested deeper"), message);
        }
    }

    /** Each of these takes minutes if it is not linear. */
    @Test
    void shouldTakeLinearTime() {
        assertTimeoutPreemptively(
                Duration.ofSeconds(10),
                () -> {
                    byte[] value = ("a=" + "x".repeat(32_000)).getBytes(StandardCharsets.UTF_8);
                    value[1] = 1;
                    String needle = "a CONTAINS '" + "x".repeat(15_000) + "y'";
                    for (int i = 0; i < 100; i++) {
                        assertFalse(matches(needle, value));
                    }
                    refused("--".repeat(8_000));
                    refused("/*".repeat(8_000));
                    refused("'".repeat(16_001));
                    refused("a IN (" + "'x',".repeat(4_000));
                });
    }
}
