package io.sluice.server.config;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The small grammars of setting values. Every method takes the text as given and throws {@link
 * IllegalArgumentException} if it has another form or is out of range.
 */
public final class Scalars {
    private static final Pattern AMOUNT =
            Pattern.compile("(\\d{1,15}(?:\\.\\d{1,6})?)\\s*([A-Za-z]+)");
    private static final Map<String, Long> MS_PER_UNIT =
            Map.of("ms", 1L, "s", 1_000L, "m", 60_000L, "h", 3_600_000L, "d", 86_400_000L);
    private static final Map<String, Long> BYTES_PER_UNIT =
            Map.of("B", 1L, "KB", 1L << 10, "MB", 1L << 20, "GB", 1L << 30, "TB", 1L << 40);

    private Scalars() {}

    /**
     * {@code 500ms}, {@code 30s}, {@code 1.5h}, {@code 72h}, {@code 7d}; whole milliseconds above
     * zero.
     */
    public static Duration duration(String text) {
        return Duration.ofMillis(amount(text, MS_PER_UNIT));
    }

    /** {@code 512MB}, {@code 1.5GB}; units are powers of 1024. */
    public static long sizeBytes(String text) {
        return amount(text, BYTES_PER_UNIT);
    }

    /** Durations in rising order, separated by white space. */
    static List<Duration> delayLevels(String text) {
        List<Duration> levels =
                Arrays.stream(text.strip().split("\\s+")).map(Scalars::duration).toList();
        for (int i = 1; i < levels.size(); i++) {
            if (levels.get(i).compareTo(levels.get(i - 1)) < 0) {
                throw new IllegalArgumentException("levels must not fall");
            }
        }
        return levels;
    }

    /** Durations as {@link #delayLevels} reads them. */
    public static String text(List<Duration> levels) {
        return levels.stream().map(level -> text(level)).collect(Collectors.joining(" "));
    }

    /** A duration as {@link #duration} reads it. */
    public static String text(Duration duration) {
        long ms = duration.toMillis();
        for (String unit : List.of("h", "m", "s")) {
            long size = Objects.requireNonNull(MS_PER_UNIT.get(unit));
            if (ms >= size && ms % size == 0) {
                return ms / size + unit;
            }
        }
        return ms + "ms";
    }

    static int port(String text) {
        return between(text, 1, 65_535);
    }

    static int between(String text, int min, int max) {
        int value = Integer.parseInt(text);
        if (value < min || value > max) {
            throw new IllegalArgumentException(text + " is not between " + min + " and " + max);
        }
        return value;
    }

    static boolean bool(String text) {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException(text);
        };
    }

    private static long amount(String text, Map<String, Long> units) {
        Matcher matcher = AMOUNT.matcher(text.strip());
        Long unit = matcher.matches() ? units.get(matcher.group(2)) : null;
        if (unit == null) {
            throw new IllegalArgumentException(text);
        }
        try {
            long value =
                    new BigDecimal(matcher.group(1))
                            .multiply(BigDecimal.valueOf(unit))
                            .longValueExact();
            if (value > 0) {
                return value;
            }
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException(text, e);
        }
        throw new IllegalArgumentException(text + " is not above zero");
    }
}
