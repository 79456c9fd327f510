package io.sluice.server.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Guesses what a mistyped name was meant to be. */
public final class Nearest {
    private Nearest() {}

    /**
     * The candidate with the fewest edits from {@code name}; dashes, underscores and case do not
     * count. Empty if even that one differs in more than a third of its letters.
     */
    public static Optional<String> to(String name, Collection<String> candidates) {
        String plain = plain(name);
        return candidates.stream()
                .min(Comparator.comparingInt(candidate -> edits(plain, plain(candidate))))
                .filter(best -> edits(plain, plain(best)) * 3 <= plain(best).length());
    }

    private static String plain(String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("[-_. ]", "");
    }

    /** Levenshtein distance, one row of the table at a time. */
    private static int edits(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replace = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replace, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }
}
