package io.sluice.simulator.plan;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A plan as text, for people to read and keep, and read back exactly:
 *
 * <pre>
 * # what a person has to say about it
 * seed 42
 * setting profile=HONEST alignmentBytes=512 ...
 * 1ms salt=1f CreateTopic topic=0 queues=1
 * 12.345ms salt=a0 Send topic=0 queue=0 count=1 ...
 * </pre>
 *
 * Times are milliseconds from the beginning with up to six decimals, salts are hexadecimal. A kind
 * of event goes by the name of its record, a parameter by the name of its component.
 */
public final class Tape {
    private static final int DECIMALS = 6;
    private static final Map<String, Class<?>> KINDS = kinds();

    private final List<Step> steps = new ArrayList<>();
    private @Nullable Long seed;
    private @Nullable Setting setting;

    private Tape() {}

    /** All kinds of events, by name. */
    public static Map<String, Class<?>> kinds() {
        Map<String, Class<?>> kinds = new TreeMap<>();
        for (Class<?> sort : Event.class.getPermittedSubclasses()) {
            for (Class<?> kind : sort.getPermittedSubclasses()) {
                if (kinds.put(kind.getSimpleName(), kind) != null) {
                    throw new IllegalStateException("two kinds of events are named " + kind);
                }
            }
        }
        return kinds;
    }

    // Writing.

    /** The text of a plan. */
    public static String write(Plan plan) {
        StringBuilder text = new StringBuilder();
        text.append("seed ").append(plan.seed()).append('\n');
        text.append("setting ").append(Parameters.text(plan.setting())).append('\n');
        for (Step step : plan.steps()) {
            text.append(write(step)).append('\n');
        }
        return text.toString();
    }

    private static String write(Step step) {
        BigDecimal ms = BigDecimal.valueOf(step.atNanos(), DECIMALS).stripTrailingZeros();
        return "%sms salt=%s %s %s"
                .formatted(
                        ms.toPlainString(),
                        Long.toHexString(step.salt()),
                        step.event().getClass().getSimpleName(),
                        Parameters.text((Record) step.event()))
                .strip();
    }

    // Reading.

    /**
     * The plan of a text.
     *
     * @throws IllegalArgumentException if it is not one; the message names the line, from 1 on
     */
    public static Plan read(String text) {
        Tape tape = new Tape();
        List<String> lines = text.lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            try {
                tape.line(lines.get(i).strip());
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(
                        "line %d: %s".formatted(i + 1, e.getMessage()), e);
            }
        }
        if (tape.seed == null || tape.setting == null) {
            throw new IllegalArgumentException(
                    "line %d: the tape ends without a %s"
                            .formatted(lines.size(), tape.seed == null ? "seed" : "setting"));
        }
        return new Plan(tape.seed, tape.setting, tape.steps);
    }

    private void line(String line) {
        if (line.isEmpty() || line.startsWith("#")) {
            return;
        }
        String[] words = line.split("\\s+");
        switch (words[0]) {
            case "seed" -> seed(words);
            case "setting" -> {
                require(setting == null, "a second setting");
                setting = Parameters.read(Setting.class, parameters(words, 1));
            }
            default -> step(words);
        }
    }

    private void seed(String[] words) {
        require(seed == null, "a second seed");
        require(words.length == 2, "a seed is one number");
        try {
            seed = Long.parseLong(words[1]);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("'%s' is no seed".formatted(words[1]), e);
        }
    }

    private void step(String[] words) {
        require(seed != null && setting != null, "seed and setting come before the steps");
        require(words.length >= 3, "a step is a time, a salt, an event and its parameters");
        long atNanos = nanos(words[0]);
        require(
                steps.isEmpty() || steps.getLast().atNanos() <= atNanos,
                words[0] + " is before the step above it");
        Class<?> kind = KINDS.get(words[2]);
        if (kind == null) {
            throw new IllegalArgumentException(
                    "there is no event '%s'; there are %s".formatted(words[2], KINDS.keySet()));
        }
        Event event = (Event) Parameters.read(kind, parameters(words, 3));
        steps.add(new Step(atNanos, salt(words[1]), event));
    }

    private static long nanos(String word) {
        try {
            require(word.endsWith("ms"), "");
            BigDecimal ms = new BigDecimal(word.substring(0, word.length() - 2));
            long nanos = ms.movePointRight(DECIMALS).longValueExact();
            require(nanos >= 0, "");
            return nanos;
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new IllegalArgumentException(
                    "'%s' is no time such as 12.345ms".formatted(word), e);
        }
    }

    private static long salt(String word) {
        try {
            require(word.startsWith("salt="), "");
            return Long.parseUnsignedLong(word.substring("salt=".length()), 16);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "'%s' is no salt such as salt=1f".formatted(word), e);
        }
    }

    private static Map<String, String> parameters(String[] words, int from) {
        Map<String, String> parameters = new LinkedHashMap<>();
        for (int i = from; i < words.length; i++) {
            int equals = words[i].indexOf('=');
            require(equals > 0, "'%s' is no parameter such as name=value".formatted(words[i]));
            String old =
                    parameters.put(words[i].substring(0, equals), words[i].substring(equals + 1));
            require(old == null, words[i] + " is there twice");
        }
        return parameters;
    }

    private static void require(boolean right, String otherwise) {
        if (!right) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
