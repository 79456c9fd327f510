package io.sluice.simulator.planted;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Runs trials in a process of its own, since a planted bug may make the engine run for ever or eat
 * all memory. Reads lines "name seed" ("-" is the engine as it is) and answers each with one line:
 * what was noticed, nothing if all held, or "!" and why the bug does not fit.
 */
final class Worker {
    /** The name for the engine without a bug. */
    static final String NONE = "-";

    private static final int ANSWER_LENGTH_MAX = 2_000;

    private Worker() {}

    /** Arguments: the entrance, see {@link Trial}, and the folder of the bugs. */
    public static void main(String[] args) throws IOException {
        PrintStream answers = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        System.setOut(System.err); // whatever the engine prints is no answer
        List<PlantedBug> bugs = PlantedBug.all(Path.of(args[1]));
        BufferedReader in =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        String name = "";
        Trial trial = null;
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] words = line.split(" ", -1);
            try {
                if (trial == null || !words[0].equals(name)) {
                    name = words[0];
                    trial = new Trial(args[0], classes(bugs, name));
                }
                answers.println(oneLine(trial.noticed(Long.parseLong(words[1]))));
            } catch (IllegalStateException e) {
                answers.println(oneLine("!" + e.getMessage()));
            }
        }
    }

    private static Map<String, byte[]> classes(List<PlantedBug> bugs, String name)
            throws IOException {
        for (PlantedBug bug : bugs) {
            if (bug.name().equals(name)) {
                return Planting.compiled(bug);
            }
        }
        return Map.of();
    }

    private static String oneLine(String text) {
        String line = text.strip().replaceAll("\\s+", " ");
        return line.length() > ANSWER_LENGTH_MAX ? line.substring(0, ANSWER_LENGTH_MAX) : line;
    }
}
