package io.sluice.faults;

import java.nio.file.Path;
import java.util.List;

/**
 * What a rig is asked to do.
 *
 * @param root the project's directory
 * @param directory where the server's data and logs go
 * @param times how often the fault is to happen
 * @param seconds how long at most; a rig then ends as if {@code times} were reached
 * @param seed of the load and the moments of the faults
 * @param keep whether the data stay when all promises held
 */
public record Options(Path root, Path directory, int times, long seconds, long seed, boolean keep) {
    private static final long NO_LIMIT_S = 7 * 24 * 3600;

    /**
     * Reads the arguments after the rig's name.
     *
     * @param timesUsual how often if nothing is said
     * @throws IllegalArgumentException if one is unknown or has no value
     */
    public static Options parse(List<String> arguments, int timesUsual) {
        Path root = Path.of("");
        Path directory = null;
        int times = timesUsual;
        long seconds = NO_LIMIT_S;
        long seed = 20_261_122;
        boolean keep = false;
        for (int i = 0; i < arguments.size(); i++) {
            String name = arguments.get(i);
            if (name.equals("--keep")) {
                keep = true;
                continue;
            }
            if (i + 1 == arguments.size()) {
                throw new IllegalArgumentException(name + " has no value, or is not known");
            }
            String value = arguments.get(++i);
            switch (name) {
                case "--root" -> root = Path.of(value);
                case "--dir" -> directory = Path.of(value);
                case "--times" -> times = Integer.parseInt(value);
                case "--seconds" -> seconds = Long.parseLong(value);
                case "--seed" -> seed = Long.parseLong(value);
                default -> throw new IllegalArgumentException(name + " is not known");
            }
        }
        Path work = directory == null ? root.resolve("faults/target/faults") : directory;
        return new Options(root, work.toAbsolutePath(), times, seconds, seed, keep);
    }
}
