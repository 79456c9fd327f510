package io.sluice.simulator.world;

/** Kinds of files, by name, so that a fault can strike one of them. */
public enum FileKind {
    ANY,
    /** A segment of the log. */
    LOG,
    /** A footer, with its index and checkpoint. */
    FOOTER,
    /** Topics and groups. */
    CATALOG,
    /** A file of zeroes that may become a segment. */
    SPARE,
    /** What is being written under a name of its own, or being deleted, or kept for a person. */
    TEMPORARY;

    /** The kind of the file that bears {@code name}; never ANY. */
    public static FileKind of(String name) {
        if (name.endsWith(".log")) {
            return LOG;
        }
        if (name.endsWith(".footer")) {
            return FOOTER;
        }
        if (name.endsWith(".spare")) {
            return SPARE;
        }
        return name.equals("metadata") ? CATALOG : TEMPORARY;
    }

    boolean includes(String name) {
        return this == ANY || this == of(name);
    }
}
