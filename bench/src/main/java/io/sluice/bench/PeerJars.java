package io.sluice.bench;

import java.nio.file.Path;

/**
 * The class paths of peers and clients, each resolved by a Maven project of its own under {@code
 * bench/peers}, and the JVM to run them on.
 *
 * @param java the {@code java} program
 * @param directory holds {@code NAME/lib/*.jar} and {@code NAME/classes}
 */
record PeerJars(Path java, Path directory) {
    /** The servers of Apache RocketMQ, and its client. */
    static final String ROCKETMQ = "rocketmq";

    String classPath(String name) {
        Path peer = directory.resolve(name);
        return peer.resolve("classes") + ":" + peer.resolve("lib") + "/*";
    }
}
