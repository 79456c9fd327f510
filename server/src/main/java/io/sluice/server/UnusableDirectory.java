package io.sluice.server;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Makes a sentence of what the file system says when a data directory cannot be opened. */
final class UnusableDirectory {
    private UnusableDirectory() {}

    /** An exception whose message names the directory, the cause and the remedy. */
    static IOException explain(Path dataDir, FileSystemException e) {
        return new IOException(
                "cannot use the data directory %s: %s; put that right, or choose another with --data-dir"
                        .formatted(dataDir, cause(e)),
                e);
    }

    private static String cause(FileSystemException e) {
        return switch (e) {
            case AccessDeniedException denied ->
                    "permission denied for user %s at %s"
                            .formatted(System.getProperty("user.name"), denied.getFile());
            case FileAlreadyExistsException file -> file.getFile() + " is not a directory";
            case NoSuchFileException missing -> missing.getFile() + " does not exist";
            default -> String.valueOf(e.getMessage()); // the file and the system's reason
        };
    }
}
