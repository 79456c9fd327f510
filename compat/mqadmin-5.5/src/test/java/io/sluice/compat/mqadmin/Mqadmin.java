package io.sluice.compat.mqadmin;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.rocketmq.tools.command.MQAdminStartup;
import org.junit.jupiter.api.Assertions;

/**
 * Runs {@code mqadmin} in this JVM, as one command after the other, and tells what each printed.
 * Starting a JVM for each, as users do, takes seconds; {@link #inItsOwnJvm} does so.
 */
final class Mqadmin extends MQAdminStartup {
    /** A machine that is busy with something else can be too slow for a tool. */
    private static final int TRIES = 5;

    private final String address;
    private volatile ByteArrayOutputStream printed = new ByteArrayOutputStream();

    /**
     * @param address of the name service
     */
    Mqadmin(String address) {
        this.address = address;
    }

    /** What the command printed, whatever it was but that it waited longer than it does (5 s). */
    String run(String... words) {
        String text = runOnce(words);
        for (int more = TRIES - 1; more > 0 && timedOut(text); more--) {
            text = runOnce(words);
        }
        return text;
    }

    private static boolean timedOut(String text) {
        return text.contains("RemotingTimeoutException")
                || text.contains("RemotingTooMuchRequestException");
    }

    private String runOnce(String... words) {
        List<String> arguments = new ArrayList<>(Arrays.asList(words));
        arguments.addAll(List.of("-n", address));
        PrintStream out = System.out;
        PrintStream errors = System.err;
        printed = new ByteArrayOutputStream();
        try (PrintStream both = new PrintStream(printed, true, StandardCharsets.UTF_8)) {
            System.setOut(both);
            System.setErr(both);
            SUB_COMMANDS.clear(); // commands keep state, as each is run once per JVM
            main0(arguments.toArray(String[]::new), null);
        } finally {
            System.setOut(out);
            System.setErr(errors);
        }
        return printed();
    }

    /** What the command that runs, or has run last, has printed so far. */
    String printed() {
        return printed.toString(StandardCharsets.UTF_8);
    }

    /** What the command printed, which is no failure: those end with a stack trace. */
    String ok(String... words) {
        String text = run(words);
        Assertions.assertFalse(text.contains("\tat "), () -> String.join(" ", words) + "\n" + text);
        return text;
    }

    /** Runs a command that must print all of {@code texts}; what it printed. */
    String expect(List<String> texts, String... words) {
        String all = ok(words);
        for (String text : texts) {
            Assertions.assertTrue(
                    all.contains(text),
                    () ->
                            "\"%s\" is not what %s printed:%n%s"
                                    .formatted(text, String.join(" ", words), all));
        }
        return all;
    }

    /** As {@code ./mqadmin} does it: a JVM of its own, and the address in the environment. */
    String inItsOwnJvm(String... words) throws IOException, InterruptedException {
        String text = inItsOwnJvmOnce(words);
        for (int more = TRIES - 1; more > 0 && timedOut(text); more--) {
            text = inItsOwnJvmOnce(words);
        }
        return text;
    }

    private String inItsOwnJvmOnce(String... words) throws IOException, InterruptedException {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                System.getProperty("java.home") + "/bin/java",
                                "-cp",
                                System.getProperty(
                                        "surefire.test.class.path",
                                        System.getProperty("java.class.path")),
                                "-Drocketmq.client.logRoot=client-logs",
                                MQAdminStartup.class.getName()));
        command.addAll(Arrays.asList(words));
        File output = File.createTempFile("mqadmin", ".out", new File("."));
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output);
        builder.environment().put("NAMESRV_ADDR", address);
        Process process = builder.start();
        try {
            Assertions.assertTrue(process.waitFor(90, TimeUnit.SECONDS), "still running");
        } finally {
            process.destroyForcibly();
        }
        String text = Files.readString(output.toPath());
        Assertions.assertEquals(0, process.exitValue(), text);
        return text;
    }
}
