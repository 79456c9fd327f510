package io.sluice.engine.shard;

/** What becomes of the names that a client wants. */
public enum LiteAction {
    /** It wants these too. */
    ADD,
    /** It wants these no longer. */
    REMOVE,
    /** It wants these, and no others. */
    REPLACE
}
