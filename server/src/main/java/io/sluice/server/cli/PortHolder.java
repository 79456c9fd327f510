package io.sluice.server.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The process that listens on a port, as Linux tells in {@code /proc}: the line of net/tcp whose
 * local port it is and whose state is LISTEN names a socket's inode, and the process that has an
 * open file of that inode is the holder.
 */
record PortHolder(long pid, String command) {
    private static final String LISTEN = "0A";
    private static final int COMMAND_CHARS_MAX = 100;

    /**
     * Empty on other systems, and if the process belongs to someone else and does not show its
     * files.
     *
     * @param proc where the proc file system is mounted
     */
    static Optional<PortHolder> find(Path proc, int port) {
        try {
            Optional<String> inode = inode(proc.resolve("net/tcp"), port);
            if (inode.isEmpty()) {
                inode = inode(proc.resolve("net/tcp6"), port);
            }
            return inode.isEmpty() ? Optional.empty() : owner(proc, "socket:[" + inode.get() + "]");
        } catch (IOException | UncheckedIOException e) {
            return Optional.empty();
        }
    }

    private static Optional<String> inode(Path table, int port) throws IOException {
        if (!Files.isReadable(table)) {
            return Optional.empty();
        }
        String localPort = ":%04X".formatted(port);
        return Files.readAllLines(table).stream()
                .map(line -> line.strip().split("\\s+"))
                .filter(fields -> fields.length > 9)
                .filter(fields -> fields[1].endsWith(localPort) && fields[3].equals(LISTEN))
                .map(fields -> fields[9])
                .findFirst();
    }

    private static Optional<PortHolder> owner(Path proc, String socket) throws IOException {
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(proc, "[0-9]*")) {
            for (Path process : processes) {
                if (holds(process.resolve("fd"), socket)) {
                    long pid = Long.parseLong(String.valueOf(process.getFileName()));
                    return Optional.of(new PortHolder(pid, command(process)));
                }
            }
        }
        return Optional.empty();
    }

    private static boolean holds(Path descriptors, String socket) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(descriptors)) {
            for (Path file : files) {
                if (Files.readSymbolicLink(file).toString().equals(socket)) {
                    return true;
                }
            }
        } catch (IOException | UncheckedIOException e) {
            return false; // another user's process, or one that has just ended
        }
        return false;
    }

    /** The command line; of a JVM, which has a long one, "java" and the main class. */
    private static String command(Path process) throws IOException {
        String[] words =
                Files.readString(process.resolve("cmdline"), StandardCharsets.UTF_8).split("\0");
        if (words[0].endsWith("java")) {
            for (int i = 1; i < words.length; i++) {
                if (words[i].equals("-cp") || words[i].equals("-classpath")) {
                    i++;
                } else if (!words[i].startsWith("-") && !words[i].startsWith("@")) {
                    return "java " + words[i];
                }
            }
        }
        String line = String.join(" ", words);
        return line.length() <= COMMAND_CHARS_MAX
                ? line
                : line.substring(0, COMMAND_CHARS_MAX) + "…";
    }
}
