package io.sluice.engine.shard;

/** Where a group goes on in a lite topic. */
public record LiteStart(From from, long value) {
    /** What the value counts from. */
    public enum From {
        /** From the first message on. */
        FIRST,
        /** With what comes next. */
        END,
        /** At this offset, or the next one that there is. */
        OFFSET,
        /** This many messages before where it is. */
        BACK
    }
}
