package io.sluice.simulator.planted;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Hunts all planted bugs and prints, as Markdown, how many seeds each needed and what noticed it.
 *
 * <pre>
 *   PlantedBugs [--seeds N] [--workers N] [--seconds-per-seed S] [--entrance CLASS] [NAME...]
 * </pre>
 *
 * <p>Without names it takes all bugs. Exit code 1 if one that must be found was not.
 */
public final class PlantedBugs {
    /** The simulator's entrance, see {@link Trial}. */
    static final String ENTRANCE = "io.sluice.simulator.run.Run";

    private int seedsMax = 300;
    private int workers = 2;
    private long seedMsMax = 30_000;
    private String entrance = ENTRANCE;
    private final List<String> names = new ArrayList<>();

    private PlantedBugs(String[] args) {
        for (int i = 0; i < args.length; i++) {
            switch (args[i]) {
                case "--seeds" -> seedsMax = Integer.parseInt(args[++i]);
                case "--workers" -> workers = Integer.parseInt(args[++i]);
                case "--seconds-per-seed" -> seedMsMax = Long.parseLong(args[++i]) * 1000;
                case "--entrance" -> entrance = args[++i];
                default -> names.add(args[i]);
            }
        }
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        PlantedBugs run = new PlantedBugs(args);
        List<PlantedBug> bugs = run.chosen();
        List<Hunt.Found> found = run.hunt(bugs);
        System.out.print(table(found));
        boolean all = found.size() == bugs.size() && missed(found).isEmpty();
        System.exit(all ? 0 : 1);
    }

    private List<PlantedBug> chosen() throws IOException {
        List<PlantedBug> all = PlantedBug.all(Planting.bugs());
        for (String name : names) {
            if (all.stream().noneMatch(bug -> bug.name().equals(name))) {
                throw new IllegalArgumentException("there is no bug " + name);
            }
        }
        return all.stream().filter(bug -> names.isEmpty() || names.contains(bug.name())).toList();
    }

    private List<Hunt.Found> hunt(List<PlantedBug> bugs) throws InterruptedException {
        Queue<PlantedBug> left = new ConcurrentLinkedQueue<>(bugs);
        Queue<Hunt.Found> found = new ConcurrentLinkedQueue<>();
        Hunt first = new Hunt(entrance, Planting.bugs(), seedMsMax);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < workers; i++) {
            Hunt own = i == 0 ? first : first.another();
            threads.add(Thread.ofPlatform().start(() -> huntAll(own, left, found)));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        return found.stream().sorted(Comparator.comparing(f -> f.bug().name())).toList();
    }

    private void huntAll(Hunt hunt, Queue<PlantedBug> left, Queue<Hunt.Found> found) {
        try (hunt) {
            for (PlantedBug bug = left.poll(); bug != null; bug = left.poll()) {
                try {
                    Hunt.Found result = hunt.hunt(bug, seedsMax);
                    found.add(result);
                    System.err.printf("%-40s %s%n", bug.name(), seeds(result));
                } catch (IOException | IllegalStateException e) {
                    System.err.printf("%-40s %s%n", bug.name(), e.getMessage());
                }
            }
        }
    }

    /** Those that must be found and were not. */
    static List<Hunt.Found> missed(List<Hunt.Found> found) {
        return found.stream().filter(f -> !f.is() && f.bug().unseen().isEmpty()).toList();
    }

    /** Bug, seeds needed, what noticed it; as Markdown. */
    static String table(List<Hunt.Found> found) {
        StringBuilder out = new StringBuilder();
        out.append("| Planted bug | What it breaks | Seeds needed | Noticed by |\n");
        out.append("|---|---|---|---|\n");
        for (Hunt.Found each : found) {
            out.append("| ").append(cell(each.bug().title()));
            out.append(" | ").append(cell(each.bug().breaks()));
            out.append(" | ").append(seeds(each));
            out.append(" | ").append(cell(noticed(each))).append(" |\n");
        }
        long all = found.stream().filter(Hunt.Found::is).count();
        out.append("\n%d of %d planted bugs found.\n".formatted(all, found.size()));
        return out.toString();
    }

    private static String seeds(Hunt.Found found) {
        String seeds = found.is() ? Long.toString(found.seed()) : "not found";
        return found.wrong() == 0 ? seeds : seeds + " (%d seeds void)".formatted(found.wrong());
    }

    private static String noticed(Hunt.Found found) {
        return found.is() ? found.noticed() : found.bug().unseen();
    }

    private static String cell(String text) {
        String line = text.replace("|", "\\|");
        return line.length() > 160 ? line.substring(0, 159) + "…" : line;
    }
}
