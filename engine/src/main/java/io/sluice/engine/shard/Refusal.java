package io.sluice.engine.shard;

/** Why the engine refused: the one catalogue that every protocol maps to its own codes. */
public enum Refusal {
    /** Too much is under way. Try again; the server is loaded or its disk is slow. */
    BUSY,
    /** The disk is full. Consuming goes on; free space and sending works again by itself. */
    STORAGE_FULL,
    /** Storage failed. What became of the change is unknown until the server is restarted. */
    STORAGE_FAILED,
    /** The server is stopping. Try again, elsewhere or in a moment. */
    STOPPING,
    /** There is no such topic. */
    TOPIC_UNKNOWN,
    /** There is no such consumer group. */
    GROUP_UNKNOWN,
    /** The topic has no such queue. */
    QUEUE_UNKNOWN,
    /** The topic may not be written to or read from. */
    NO_PERMISSION,
    /** The message is larger than is allowed. */
    TOO_LARGE,
    /** A value makes no sense. */
    INVALID,
    /** There is no such message: it never was, or it has expired. */
    MESSAGE_UNKNOWN,
    /** A receipt fits no lease: the message was acknowledged, or is in other hands. */
    LEASE_GONE,
    /** Consumers hold too many messages that they have not acknowledged. */
    TOO_MANY_LEASES,
    /** There is no such transaction, or whoever decides is not of its producers. */
    TRANSACTION_UNKNOWN,
    /** The message is not delayed, or no longer. */
    NOT_PENDING,
    /** The message is to be delivered later than is allowed. */
    TOO_FAR_AHEAD,
    /** A topic has as many lite topics as it may. */
    TOO_MANY_LITE_TOPICS,
    /** A client, or all together, want more lite topics than they may. */
    TOO_MANY_LITE_SUBSCRIPTIONS
}
