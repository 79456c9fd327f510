package io.sluice.faults;

/** One kind of fault, done again and again. */
public interface Rig {
    /**
     * What a rig has to tell.
     *
     * @param table lines of a Markdown table
     * @param violations promises that were found broken
     * @param skipped why nothing was tested on this machine; empty if it was
     */
    record Report(String table, Violations violations, String skipped) {
        /** A rig that cannot run here. */
        public static Report skipped(String why) {
            return new Report("", new Violations(), why);
        }

        /** A rig that ran. */
        public static Report of(String table, Violations violations) {
            return new Report(table, violations, "");
        }
    }

    /** Runs to its end; what is broken is in the report, anything thrown is a failure too. */
    Report run(Options options) throws Exception;
}
