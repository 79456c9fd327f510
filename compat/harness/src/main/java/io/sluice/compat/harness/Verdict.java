package io.sluice.compat.harness;

/** How a test ended, or all tests of a feature: the worst of them, which is the latest here. */
public enum Verdict {
    /** Some tests of a feature may be for another server, or another machine. */
    SKIPPED,
    PASSED,
    FAILED
}
