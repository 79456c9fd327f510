package io.sluice.server.config;

/** When a send is acknowledged. */
public enum Durability {
    /** After its batch is on stable storage. */
    SYNC,
    /** As soon as its batch is written; a crash of the machine may lose the last few. */
    ASYNC
}
