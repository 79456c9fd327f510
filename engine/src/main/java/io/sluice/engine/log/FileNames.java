package io.sluice.engine.log;

import org.jspecify.annotations.Nullable;

/**
 * What the files of a local log are called. A name is a number and what the number means, so the
 * order of names is the order of the log.
 *
 * <table>
 * <caption>Files</caption>
 * <tr><td>0000000007.log</td><td>a segment; exists once its first batch is durable</td></tr>
 * <tr><td>0000000007.footer</td><td>its footer; complete</td></tr>
 * <tr><td>0000000007.damaged</td><td>a footer that failed its checksum, kept for a person</td></tr>
 * <tr><td>0000000002.spare</td><td>an allocated file that can become a segment</td></tr>
 * <tr><td>*.tmp</td><td>a footer or spare being written; worthless after a crash</td></tr>
 * <tr><td>0000000003.trash</td><td>a trimmed segment being deleted bit by bit</td></tr>
 * </table>
 */
final class FileNames {
    static final String SEGMENT = ".log";
    static final String FOOTER = ".footer";
    static final String DAMAGED = ".damaged";
    static final String SPARE = ".spare";
    static final String TRASH = ".trash";
    static final String TEMPORARY = ".tmp";

    private FileNames() {}

    static String segment(int number) {
        return name(number, SEGMENT);
    }

    static String footer(int number) {
        return name(number, FOOTER);
    }

    static String name(int number, String suffix) {
        String digits = Integer.toString(number);
        return "0".repeat(10 - digits.length()) + digits + suffix;
    }

    /** The number in {@code name} if it has this suffix, else null. */
    static @Nullable Integer number(String name, String suffix) {
        if (name.length() != 10 + suffix.length() || !name.endsWith(suffix)) {
            return null;
        }
        int number = 0;
        for (int i = 0; i < 10; i++) {
            int digit = name.charAt(i) - '0';
            if (digit < 0 || digit > 9 || number > (Integer.MAX_VALUE - digit) / 10) {
                return null;
            }
            number = number * 10 + digit;
        }
        return number;
    }
}
