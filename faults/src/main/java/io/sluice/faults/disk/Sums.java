package io.sluice.faults.disk;

/** Counts over all stands of one rig. */
final class Sums {
    private long messages;
    private long audited;
    private long refused;
    private long topics;
    private long falseSyncs;
    private int disks;

    /** Adds a stand that is done. */
    void add(Stand stand) {
        messages += stand.ledger.tally().messages();
        audited += stand.ledger.tally().audited();
        refused += stand.ledger.tally().refused();
        topics += stand.topics.count();
        falseSyncs += stand.topics.lostAfterPowerLoss();
        disks++;
    }

    /** The counts as lines of a table. */
    String table() {
        return """
        | empty disks begun with | %,d |
        | acknowledged messages | %,d |
        | messages read back and compared | %,d |
        | refused sends | %,d |
        | acknowledged topics, looked for after each fault | %,d |
        | topics lost of which the kernel said after power loss that they were synced | %,d |
        """
                .formatted(disks, messages, audited, refused, topics, falseSyncs);
    }
}
