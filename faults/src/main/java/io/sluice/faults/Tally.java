package io.sluice.faults;

/** Counts of one run. */
public final class Tally {
    long messages;
    long delayed;
    long delayedCame;
    long returns;
    long returnsCame;
    long commits;
    long catalogChanges;
    long refused;
    long audited;
    long reread;
    long unansweredStored;
    private long lateMaxMs;

    void late(long ms) {
        lateMaxMs = Math.max(lateMaxMs, ms);
    }

    /** Acknowledged messages, delayed ones and those in batches among them. */
    public long messages() {
        return messages;
    }

    /** Messages read back and compared byte by byte. */
    public long audited() {
        return audited;
    }

    /** Sends that the server refused. */
    public long refused() {
        return refused;
    }

    /** The most that a delayed message came late, in ms, the time that the server was down too. */
    public long lateMaxMs() {
        return lateMaxMs;
    }

    /** The counts as lines of a table. */
    public String table() {
        return """
        | acknowledged messages | %,d |
        | of them delayed / come | %,d / %,d |
        | given back / come again or dead-lettered | %,d / %,d |
        | acknowledged offset commits | %,d |
        | topics created and deleted, acknowledged | %,d |
        | refused sends | %,d |
        | messages read back and compared | %,d |
        | of them never acknowledged | %,d |
        | messages read back once more | %,d |
        | most that a delayed message came late | %,d ms |
        """
                .formatted(
                        messages,
                        delayed,
                        delayedCame,
                        returns,
                        returnsCame,
                        commits,
                        catalogChanges,
                        refused,
                        audited,
                        unansweredStored,
                        reread,
                        lateMaxMs);
    }
}
