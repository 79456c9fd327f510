package io.sluice.compat.harness;

/** Starts the shared server once, by whichever test comes first. */
final class SharedTarget {

    static final Target SERVER = Target.launch("shared");

    private SharedTarget() {}
}
