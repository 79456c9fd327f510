package io.sluice.bench;

import java.nio.file.Path;

/**
 * A peer's class path, resolved by its own Maven project under {@code bench/peers}, and the JVM to
 * run it on.
 *
 * @param java the {@code java} program
 * @param directory holds {@code lib/*.jar} and {@code classes}
 */
record PeerJars(Path java, Path directory) {
    String classPath() {
        return directory.resolve("classes") + ":" + directory.resolve("lib") + "/*";
    }
}
