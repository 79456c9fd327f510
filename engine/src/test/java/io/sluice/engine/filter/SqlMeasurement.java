package io.sluice.engine.filter;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Measures how much time of a processor an expression takes for one message, most of which it is
 * not true of. Not a test: run its {@code main}.
 */
public final class SqlMeasurement {
    private static final List<String> EXPRESSIONS =
            List.of(
                    "TAGS = 'paid'",
                    "TAGS = 'paid' AND amount > 100 AND region IN ('eu', 'us')",
                    "amount BETWEEN 10.5 AND 99.9 OR (customer CONTAINS 'vip' AND NOT (a IS NULL))");
    private static final int MESSAGES = 1_024;
    private static final int ROUNDS = 4_000;
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private SqlMeasurement() {}

    public static void main(String[] arguments) throws SqlSyntaxException {
        byte[][] messages = new byte[MESSAGES][];
        for (int i = 0; i < MESSAGES; i++) {
            String properties =
                    "UNIQ_KEY\1C0A8010A0000%08d\2WAIT\1true\2region\1%s\2amount\1%d.50\2customer\1c-%d\2KEYS\1order-%d\2TAGS\1%s\2"
                            .formatted(
                                    i,
                                    i % 3 == 0 ? "eu" : "asia",
                                    i % 500,
                                    i,
                                    i,
                                    i % 10 == 0 ? "paid" : "open");
            messages[i] = properties.getBytes(StandardCharsets.UTF_8);
        }
        for (String text : EXPRESSIONS) {
            SqlExpression expression = SqlExpression.compile(text);
            measure(expression, messages, ROUNDS / 4);
            double ns = measure(expression, messages, ROUNDS);
            System.out.printf(
                    "%.0f ns per message of %d bytes of properties: %s%n",
                    ns, messages[0].length, text);
        }
    }

    private static double measure(SqlExpression expression, byte[][] messages, int rounds) {
        Row row = expression.row();
        int wanted = 0;
        long start = THREADS.getCurrentThreadCpuTime();
        for (int round = 0; round < rounds; round++) {
            for (byte[] message : messages) {
                wanted += expression.matches(row, message, 0, message.length) ? 1 : 0;
            }
        }
        long nanos = THREADS.getCurrentThreadCpuTime() - start;
        if (wanted < 0) {
            throw new IllegalStateException("that is not possible");
        }
        return (double) nanos / rounds / messages.length;
    }
}
