package io.sluice.faults.flood;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A process of clients that mean ill: {@code Hostile PORT ADDRESS NUISANCE COUNT ...}. It prints a
 * line {@code open N lost M wrote B} twice per second and ends when its input does. A process of
 * its own, since one may open only so many descriptors, and since it shall not disturb what is
 * measured; and of the lowest priority, since it would run on another machine.
 */
public final class Hostile implements AutoCloseable {
    private static final int TICK_MS = 100;
    private static final int TELL_MS = 500;

    private final Process process;
    private volatile int open;
    private volatile long lost;
    private volatile long written;

    private Hostile(Process process) {
        this.process = process;
    }

    /** One kind of nuisance, and how many. */
    record Share(Nuisance kind, int count) {}

    static Hostile start(int port, int firstAddress, Share... shares) throws IOException {
        List<String> command = new ArrayList<>(List.of("nice", "-n", "19"));
        command.add(System.getProperty("java.home") + "/bin/java");
        command.addAll(List.of("-Xmx768m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.add(Hostile.class.getName());
        command.addAll(List.of(Integer.toString(port), Integer.toString(firstAddress)));
        for (Share share : shares) {
            command.addAll(List.of(share.kind.name(), Integer.toString(share.count)));
        }
        Process process =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        Hostile hostile = new Hostile(process);
        Thread.ofPlatform().daemon().name("hostile").start(hostile::listen);
        return hostile;
    }

    private void listen() {
        try (BufferedReader lines = process.inputReader(UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] words = line.split(" ");
                open = Integer.parseInt(words[1]);
                lost = Long.parseLong(words[3]);
                written = Long.parseLong(words[5]);
            }
        } catch (IOException e) {
            // The process has ended.
        }
    }

    int open() {
        return open;
    }

    long lost() {
        return lost;
    }

    /** Bytes that its connections have sent. */
    long written() {
        return written;
    }

    /** Waits until so many connections are open, or no more come. */
    void awaitOpen(int count, long withinMs) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(withinMs);
        while (open < count && System.nanoTime() - end < 0) {
            Thread.sleep(TELL_MS / 5);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    public static void main(String[] args) throws IOException {
        Swarm swarm = new Swarm(Integer.parseInt(args[0]), Integer.parseInt(args[1]), TICK_MS);
        for (int i = 2; i < args.length; i += 2) {
            swarm.add(Integer.parseInt(args[i + 1]), Nuisance.valueOf(args[i])::behaviour);
        }
        Thread.ofPlatform().daemon().start(() -> tell(swarm));
        Thread.ofPlatform().daemon().start(() -> endWithInput(swarm));
        swarm.run();
    }

    private static void tell(Swarm swarm) {
        try {
            while (true) {
                System.out.printf(
                        "open %d lost %d wrote %d%n",
                        swarm.openCount(), swarm.lost(), swarm.written());
                System.out.flush();
                Thread.sleep(TELL_MS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void endWithInput(Swarm swarm) {
        try (BufferedReader in = new BufferedReader(new InputStreamReader(System.in, UTF_8))) {
            @Nullable String line = in.readLine();
            while (line != null) {
                line = in.readLine();
            }
        } catch (IOException e) {
            // It has ended, then.
        }
        swarm.stop();
    }
}
