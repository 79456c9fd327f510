package io.sluice.engine.filter;

import io.sluice.engine.filter.Conditions.Constant;
import io.sluice.engine.filter.Conditions.Order;
import io.sluice.engine.filter.Conditions.Place;
import io.sluice.engine.filter.Operand.Condition;
import io.sluice.engine.filter.Operand.Numeral;
import io.sluice.engine.filter.Operand.Property;
import io.sluice.engine.filter.Token.Kind;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads an expression. The grammar is that of RocketMQ's filter module:
 *
 * <pre>
 *   or          and { OR and }
 *   and         equality { AND equality }
 *   equality    comparison { = comparison | &lt;&gt; comparison | IS [NOT] NULL }
 *   comparison  unary { (&lt; | &lt;= | &gt; | &gt;=) unary
 *                     | [NOT] BETWEEN unary AND unary
 *                     | [NOT] IN ( string { , string } )
 *                     | [NOT] (CONTAINS | STARTSWITH | ENDSWITH) string }
 *   unary       { + | - | NOT } primary
 *   primary     string | number | TRUE | FALSE | NULL | property | ( or )
 * </pre>
 *
 * A NOT takes what stands directly after it, so {@code NOT a = 1} would compare {@code NOT a} with
 * 1, which nobody means: a NOT without parentheses before an operator is refused.
 *
 * <p>Everything is read once from left to right. How deep it nests is bounded, so neither this nor
 * a test can end for lack of stack.
 */
final class Parser {
    static final int DEPTH_MAX = 100;

    private final Tokens tokens;
    private final Map<String, Property> properties = new LinkedHashMap<>();
    private Token token;
    private @Nullable Token ahead;
    private int nesting;
    private int tests;

    /** The last operand that was read is a NOT that is not in parentheses. */
    private boolean bareNot;

    Parser(String text) throws SqlSyntaxException {
        tokens = new Tokens(text);
        token = tokens.next();
    }

    Condition parse() throws SqlSyntaxException {
        Token first = token;
        Operand all = or();
        if (token.kind() != Kind.END) {
            throw expected("AND, OR, a comparison or the end");
        }
        return condition(all, first);
    }

    /** The names of properties, in the order of their numbers. */
    List<String> names() {
        return List.copyOf(properties.keySet());
    }

    /** How many times the value of a property may be looked at. */
    int tests() {
        return tests;
    }

    // Tokens.

    private boolean is(Kind kind) {
        return token.kind() == kind;
    }

    private Token take() throws SqlSyntaxException {
        Token taken = token;
        token = ahead();
        ahead = null;
        return taken;
    }

    private Token ahead() throws SqlSyntaxException {
        Token next = ahead;
        if (next == null) {
            next = tokens.next();
            ahead = next;
        }
        return next;
    }

    private boolean takeIf(Kind kind) throws SqlSyntaxException {
        if (is(kind)) {
            take();
            return true;
        }
        return false;
    }

    private Token require(Kind kind) throws SqlSyntaxException {
        if (!is(kind)) {
            throw expected(kind.shown);
        }
        return take();
    }

    private SqlSyntaxException expected(String what) {
        boolean isLike = is(Kind.NAME) && token.text().equalsIgnoreCase("LIKE");
        String hint = isLike ? "; instead of LIKE there are CONTAINS, STARTSWITH and ENDSWITH" : "";
        return error(token, "expected " + what + ", found " + token + hint);
    }

    private static SqlSyntaxException error(Token at, String problem) {
        return new SqlSyntaxException(at.index(), problem);
    }

    private static <T extends Operand> T bounded(T operand, Token at) throws SqlSyntaxException {
        if (operand.depth > DEPTH_MAX) {
            throw tooDeep(at);
        }
        return operand;
    }

    private static SqlSyntaxException tooDeep(Token at) {
        return error(at, "nested deeper than " + DEPTH_MAX);
    }

    // The grammar.

    private Operand or() throws SqlSyntaxException {
        Token first = token;
        Operand left = and();
        if (!is(Kind.OR)) {
            return left;
        }
        List<Condition> parts = new ArrayList<>();
        parts.add(condition(left, first));
        while (takeIf(Kind.OR)) {
            Token next = token;
            parts.add(condition(and(), next));
        }
        bareNot = false;
        return bounded(new Conditions.Or(parts), first);
    }

    private Operand and() throws SqlSyntaxException {
        Token first = token;
        Operand left = equality();
        if (!is(Kind.AND)) {
            return left;
        }
        List<Condition> parts = new ArrayList<>();
        parts.add(condition(left, first));
        while (takeIf(Kind.AND)) {
            Token next = token;
            parts.add(condition(equality(), next));
        }
        bareNot = false;
        return bounded(new Conditions.And(parts), first);
    }

    private Operand equality() throws SqlSyntaxException {
        Token first = token;
        Operand left = comparison();
        while (is(Kind.EQUAL) || is(Kind.UNEQUAL) || is(Kind.IS)) {
            requireNoBareNot();
            Token operator = take();
            if (operator.kind() == Kind.IS) {
                boolean not = takeIf(Kind.NOT);
                require(Kind.NULL);
                left = negated(not, new Conditions.IsNull(left));
            } else {
                left = equal(left, first, operator);
            }
            bounded(left, operator);
            bareNot = false;
            tests++;
        }
        return left;
    }

    private Operand equal(Operand left, Token first, Token operator) throws SqlSyntaxException {
        Token second = token;
        Operand right = comparison();
        requireNotNull(left, first);
        requireNotNull(right, second);
        if (left instanceof Constant && isConstant(right) && !(right instanceof Constant)) {
            throw error(second, "a truth value cannot be compared with " + second);
        }
        return negated(operator.kind() == Kind.UNEQUAL, new Conditions.Equal(left, right));
    }

    private static boolean isConstant(Operand operand) {
        return switch (operand) {
            case Operand.Text text -> true;
            case Numeral numeral -> true;
            case Constant constant -> true;
            case Property property -> false;
            case Operand.Nothing nothing -> false;
            case Condition condition -> false;
        };
    }

    private static void requireNotNull(Operand operand, Token at) throws SqlSyntaxException {
        if (operand instanceof Constant constant && constant.isNull()) {
            throw error(at, "nothing is equal to NULL: write IS NULL or IS NOT NULL");
        }
    }

    private Operand comparison() throws SqlSyntaxException {
        Token first = token;
        Operand left = unary();
        while (true) {
            boolean not = is(Kind.NOT) && negatable(ahead().kind());
            Token operator = not ? ahead() : token;
            Operand next =
                    switch (operator.kind()) {
                        case LESS -> ordered(left, first, Order.LESS);
                        case LESS_OR_EQUAL -> ordered(left, first, Order.LESS_OR_EQUAL);
                        case GREATER -> ordered(left, first, Order.GREATER);
                        case GREATER_OR_EQUAL -> ordered(left, first, Order.GREATER_OR_EQUAL);
                        case BETWEEN -> between(left, first, not);
                        case IN -> in(left, first, not);
                        case CONTAINS -> like(left, not, Place.ANYWHERE);
                        case STARTSWITH -> like(left, not, Place.START);
                        case ENDSWITH -> like(left, not, Place.END);
                        default -> left;
                    };
            if (next == left) {
                return left;
            }
            left = bounded(next, operator);
            bareNot = false;
            tests++;
        }
    }

    private static boolean negatable(Kind kind) {
        return switch (kind) {
            case BETWEEN, IN, CONTAINS, STARTSWITH, ENDSWITH -> true;
            default -> false;
        };
    }

    private void requireNoBareNot() throws SqlSyntaxException {
        if (bareNot) {
            throw error(
                    token,
                    "the NOT before it takes only what stands directly after it: write NOT (...),"
                            + " or NOT IN, NOT BETWEEN, <>, IS NOT NULL");
        }
    }

    /** Takes the operator, and the NOT before it. */
    private void takeOperator(boolean not) throws SqlSyntaxException {
        requireNoBareNot();
        if (not) {
            take();
        }
        take();
    }

    private static Condition negated(boolean not, Condition condition) {
        return not ? new Conditions.Not(condition) : condition;
    }

    private Condition ordered(Operand left, Token first, Order order) throws SqlSyntaxException {
        takeOperator(false);
        Token second = token;
        Operand right = unary();
        requireNumber(left, first);
        requireNumber(right, second);
        return new Conditions.Ordered(left, order, right);
    }

    private static void requireNumber(Operand operand, Token at) throws SqlSyntaxException {
        if (operand instanceof Condition || operand instanceof Operand.Text) {
            throw error(
                    at,
                    "expected a number or a property, found %s: only numbers have an order"
                            .formatted(at.kind() == Kind.OPEN ? "a condition" : at));
        }
    }

    private Condition between(Operand left, Token first, boolean not) throws SqlSyntaxException {
        takeOperator(not);
        Token second = token;
        Operand low = unary();
        require(Kind.AND);
        Token third = token;
        Operand high = unary();
        requireNumber(left, first);
        requireNumber(low, second);
        requireNumber(high, third);
        if (!not
                && low instanceof Numeral least
                && high instanceof Numeral most
                && compare(least, most) > 0) {
            throw error(second, "BETWEEN needs the smaller number first");
        }
        return not
                ? new Conditions.Or(
                        List.of(
                                new Conditions.Ordered(left, Order.LESS, low),
                                new Conditions.Ordered(left, Order.GREATER, high)))
                : new Conditions.And(
                        List.of(
                                new Conditions.Ordered(left, Order.GREATER_OR_EQUAL, low),
                                new Conditions.Ordered(left, Order.LESS_OR_EQUAL, high)));
    }

    private static int compare(Numeral a, Numeral b) {
        return a.integral && b.integral
                ? Long.compare(a.integer, b.integer)
                : Double.compare(a.real, b.real);
    }

    private Condition in(Operand left, Token first, boolean not) throws SqlSyntaxException {
        takeOperator(not);
        require(Kind.OPEN);
        List<byte[]> texts = new ArrayList<>();
        do {
            texts.add(string().getBytes(StandardCharsets.UTF_8));
        } while (takeIf(Kind.COMMA));
        if (!is(Kind.CLOSE)) {
            throw expected("',' or ')'");
        }
        take();
        if (!(left instanceof Property property)) {
            throw error(first, "expected a property before IN, found " + first);
        }
        return negated(not, new Conditions.In(property, texts));
    }

    private Condition like(Operand left, boolean not, Place place) throws SqlSyntaxException {
        takeOperator(not);
        return new Conditions.Like(left, not, place, new Needle(string()));
    }

    private Operand unary() throws SqlSyntaxException {
        if (!is(Kind.PLUS) && !is(Kind.MINUS) && !is(Kind.NOT)) {
            return primary();
        }
        Token sign = take();
        enter(sign);
        Token next = token;
        Operand operand = unary();
        nesting--;
        Operand result =
                switch (sign.kind()) {
                    case PLUS -> operand;
                    case MINUS ->
                            operand instanceof Numeral number
                                    ? number.negated()
                                    : new Operand.Nothing();
                    default -> bounded(new Conditions.Not(condition(operand, next)), sign);
                };
        bareNot = sign.kind() == Kind.NOT;
        return result;
    }

    private void enter(Token at) throws SqlSyntaxException {
        if (++nesting > DEPTH_MAX) {
            throw tooDeep(at);
        }
    }

    private Operand primary() throws SqlSyntaxException {
        bareNot = false;
        return switch (token.kind()) {
            case STRING -> new Operand.Text(string());
            case INTEGER -> integer(take());
            case DECIMAL -> decimal(take());
            case TRUE -> constant(Operand.TRUE);
            case FALSE -> constant(Operand.FALSE);
            case NULL -> constant(Operand.UNKNOWN);
            case NAME -> property(take().text());
            case OPEN -> {
                enter(take());
                Operand inner = or();
                nesting--;
                if (!is(Kind.CLOSE)) {
                    throw expected("an operator or ')'");
                }
                take();
                bareNot = false;
                yield inner;
            }
            default -> throw expected("a property, a number, a string or '('");
        };
    }

    private Property property(String name) {
        Property known = properties.get(name);
        if (known == null) {
            known = new Property(properties.size());
            properties.put(name, known);
        }
        return known;
    }

    private Constant constant(int truth) throws SqlSyntaxException {
        take();
        return new Constant(truth);
    }

    private static Numeral integer(Token number) throws SqlSyntaxException {
        try {
            return new Numeral(Long.parseLong(number.text()));
        } catch (NumberFormatException e) {
            throw error(
                    number,
                    "the number is larger than " + Long.MAX_VALUE + ": write it with a '.'");
        }
    }

    private static Numeral decimal(Token number) throws SqlSyntaxException {
        double value = Double.parseDouble(number.text());
        if (Double.isInfinite(value)) {
            throw error(number, "the number is larger than " + Double.MAX_VALUE);
        }
        return new Numeral(value);
    }

    private String string() throws SqlSyntaxException {
        Token string = require(Kind.STRING);
        String text = string.text();
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (!text.equals(new String(bytes, StandardCharsets.UTF_8))) {
            throw error(string, "the string holds half a character (an unpaired surrogate)");
        }
        return text;
    }

    /** What stands where a condition is needed. */
    private Condition condition(Operand operand, Token at) throws SqlSyntaxException {
        return switch (operand) {
            case Condition condition -> condition;
            case Property property -> new Conditions.Present(property);
            case Operand.Text text -> throw noCondition(at);
            case Numeral numeral -> throw noCondition(at);
            case Operand.Nothing nothing -> throw noCondition(at);
        };
    }

    private static SqlSyntaxException noCondition(Token at) {
        return error(at, "expected a condition, found %s alone".formatted(at));
    }
}
