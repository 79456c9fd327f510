package io.sluice.fuzz;

import java.util.List;
import java.util.Random;

/** Names that somebody might choose so that they become a path, or break one. Seeded. */
final class HostileNames {
    private static final List<String> PARTS =
            List.of(
                    "..",
                    "../",
                    "/",
                    "\\",
                    "..\\",
                    "/etc/passwd",
                    "C:\\",
                    "//host/share",
                    "file:///",
                    "%2e%2e%2f",
                    "%RETRY%",
                    "%DLQ%",
                    "rmq_sys_",
                    "TBW102",
                    "0000000001.log",
                    "metadata",
                    "metadata.new",
                    ".tmp",
                    ".trash",
                    "CON",
                    "NUL",
                    "~",
                    "$HOME",
                    "`id`",
                    ";rm -rf .",
                    "\0",
                    "\n",
                    "\u202e",
                    "\ud800",
                    "\u00e4\u20ac\ud83d\ude00",
                    " ",
                    "a",
                    "topic_-|9");
    private static final int PARTS_MAX = 6;
    private static final int LONG_NAME_IN = 64;
    private static final int LONG_NAME_LENGTH_MAX = 70_000;

    private final Random random;

    HostileNames(long seed) {
        random = new Random(seed);
    }

    String next() {
        StringBuilder name = new StringBuilder();
        for (int left = random.nextInt(PARTS_MAX); left >= 0; left--) {
            name.append(PARTS.get(random.nextInt(PARTS.size())));
            if (random.nextBoolean()) {
                name.append((char) random.nextInt(random.nextBoolean() ? 0x80 : 0x10000));
            }
        }
        if (random.nextInt(LONG_NAME_IN) == 0) {
            return name.toString().repeat(random.nextInt(LONG_NAME_LENGTH_MAX / name.length()));
        }
        return name.toString();
    }
}
