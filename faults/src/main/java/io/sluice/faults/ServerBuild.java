package io.sluice.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What it takes to start a server: the same java program, options and class path as its users have.
 */
public record ServerBuild(String java, Path jvmOptions, String classPath) {
    /** The server that {@code ./sluice} has built last. */
    static ServerBuild last(Path root) {
        return of(
                root.resolve("server/src/main/launch/jvm.options"),
                root.resolve("target/launch/server.classpath"));
    }

    /**
     * @param classPathFile a file that names the class path, as the build has written it down
     */
    public static ServerBuild of(Path jvmOptions, Path classPathFile) {
        try {
            String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
            return new ServerBuild(java, jvmOptions, Files.readString(classPathFile).strip());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
