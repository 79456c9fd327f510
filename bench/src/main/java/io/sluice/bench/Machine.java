package io.sluice.bench;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What the run was made on.
 *
 * @param disk file system and device of the data directory
 */
record Machine(int cores, String processor, String memory, String kernel, String jdk, String disk) {
    /**
     * @throws IOException if the directory is in memory, where nothing can be durable
     */
    static Machine holding(Path directory) throws IOException {
        FileStore store = Files.getFileStore(directory);
        if (store.type().equals("tmpfs") || store.type().equals("ramfs")) {
            throw new IOException(
                    "The data directory is in memory (%s); give --dir on a disk"
                            .formatted(store.type()));
        }
        return new Machine(
                Runtime.getRuntime().availableProcessors(),
                field("/proc/cpuinfo", "model name"),
                field("/proc/meminfo", "MemTotal"),
                Files.readString(Path.of("/proc/sys/kernel/osrelease")).strip(),
                Runtime.version().toString(),
                "%s on %s".formatted(store.type(), store.name()));
    }

    private static String field(String file, String name) throws IOException {
        return Files.readString(Path.of(file))
                .lines()
                .filter(line -> line.startsWith(name))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse("unknown");
    }
}
