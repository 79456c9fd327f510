package io.sluice.simulator.model;

/** What Sluice promises, as docs/RELIABILITY.md numbers it. */
public enum Promise {
    /** 1: Acknowledged is delivered at least once to each group, or pending, dead or expired. */
    DELIVERED,
    /** 2: An unanswered send appears at most once, and answers never change. */
    ANSWERS_STAND,
    /** 3: No phantom, no altered byte. */
    UNALTERED,
    /** 4: Order per queue; one holder of an order lock. */
    ORDER,
    /** 5: Offsets dense and never reused; committed ones never go back by themselves. */
    OFFSETS,
    /** 7: Transactions all or nothing, with one decision; what is undecided is not seen. */
    TRANSACTIONS,
    /** 6: One holder of a leased message at a time; stale receipts are refused. */
    LEASES,
    /** 8: Timers never early, none lost. */
    TIMERS,
    /** 9: Given back as often as allowed, then a dead letter. */
    RETRIES,
    /** 10: Retention removes nothing that has not expired. */
    RETENTION,
    /** 11: The state from replay is the state from a checkpoint and the state that was lived. */
    REPLAY,
    /** 12: Once faults stop, everything goes on within a bound. */
    PROGRESS,
    /** Topics and groups are as was answered; what is looked up is found. */
    CATALOG,
    /** Each request is answered exactly once, and nothing crashes. */
    ANSWERED
}
