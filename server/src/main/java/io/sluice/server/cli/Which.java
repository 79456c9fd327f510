package io.sluice.server.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that choose messages of a topic. */
final class Which {
    @Option(names = "--key", paramLabel = "KEY", description = "Those with this key.")
    private @Nullable String key;

    @Option(names = "--tag", paramLabel = "TAG", description = "Those with this tag.")
    private @Nullable String tag;

    @Option(
            names = "--from",
            paramLabel = "TIME",
            description =
                    "Stored then or later: a duration ago, such as 15m, or such as"
                            + " 2026-01-31T08:00:00Z.")
    private @Nullable String from;

    @Option(names = "--to", paramLabel = "TIME", description = "Stored then or before.")
    private @Nullable String to;

    @Option(names = "--count", paramLabel = "NUMBER", description = "So many at most. Default: all")
    private long count = Long.MAX_VALUE;

    @Nullable String key() {
        return key;
    }

    @Nullable String tag() {
        return tag;
    }

    long fromMs() throws CommandException {
        return from == null ? 0 : PointInTime.parseMs("--from", from);
    }

    long toMs() throws CommandException {
        return to == null ? Long.MAX_VALUE : PointInTime.parseMs("--to", to);
    }

    long count() {
        return count;
    }

    /** Whether anything was chosen, so that not the whole topic is meant. */
    boolean isSome() {
        return key != null || tag != null || from != null || to != null;
    }

    /** In words, as in "messages ...". */
    String text() {
        StringBuilder text = new StringBuilder();
        add(text, " with key ", key);
        add(text, " with tag ", tag);
        add(text, " stored since ", from);
        add(text, " stored until ", to);
        return text.toString();
    }

    private static void add(StringBuilder text, String words, @Nullable String value) {
        if (value != null) {
            text.append(words).append(value);
        }
    }
}
