package io.sluice.faults.disk;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Runs the system's tools: losetup, mount and their kin. */
final class Tool {
    private Tool() {}

    /**
     * Runs a tool to its end.
     *
     * @return what it printed, without white space around
     * @throws IOException if it is not there or fails; the message has what it printed
     */
    static String run(String... command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output =
                new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        int exit = awaitExit(process);
        if (exit != 0) {
            throw new IOException(
                    "'%s' ended with %d: %s"
                            .formatted(String.join(" ", List.of(command)), exit, output));
        }
        return output;
    }

    private static int awaitExit(Process process) throws IOException {
        try {
            return process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
