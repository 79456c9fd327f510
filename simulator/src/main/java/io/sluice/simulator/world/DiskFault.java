package io.sluice.simulator.world;

/** What can go wrong with a disk; each is described in docs/FAULTS.md. */
public enum DiskFault {
    /** The process was killed; all that is visible stayed. */
    KILL,
    /** The power was lost. */
    POWER_LOSS,
    /** A crash came in the middle of a call. */
    CRASH_IN_CALL,
    /** At a power loss, unsynced bytes of a file were lost, at least in part. */
    UNSYNCED_LOST,
    /** At a power loss, unsynced bytes of a file survived, at least in part. */
    UNSYNCED_KEPT,
    /** At a power loss, some sectors of one write survived and others did not. */
    UNSYNCED_TORN,
    /** At a power loss, a write survived, at least in part, that came after a lost one. */
    UNSYNCED_REORDERED,
    /** At a power loss, a creation, rename or deletion was undone. */
    NAME_LOST,
    /** At a power loss, a new name survived, and not all bytes of the file that bears it. */
    NAME_WITHOUT_BYTES,
    /** A DURABLE write or a sync was under way when a crash came. */
    CUT_IN_FLIGHT,
    /** A write failed; armed. */
    WRITE_ERROR,
    /** A sync of a file failed; armed. */
    SYNC_ERROR,
    /** A sync of the directory failed; armed. */
    DIRECTORY_SYNC_ERROR,
    /** A read failed; armed, or on a bad range. */
    READ_ERROR,
    /** Opening a file failed; armed. */
    OPEN_ERROR,
    /** Listing a directory failed; armed. */
    LIST_ERROR,
    /** A rename failed; armed. */
    RENAME_ERROR,
    /** A deletion failed; armed. */
    DELETE_ERROR,
    /** A truncation failed; armed. */
    TRUNCATE_ERROR,
    /** A write found no room. */
    DISK_FULL,
    /** A call took more than a millisecond. */
    SLOW,
    /** A DURABLE write or a sync returned although nothing was durable. */
    LIE,
    /** At a power loss, bytes or names that a lying disk had reported as durable were lost. */
    LIE_LOST,
    /** A write was reported as done and did not happen; armed. */
    LOST_WRITE,
    /** Some sectors of a write that was reported as done did not happen; armed. */
    TORN_WRITE,
    /** A write happened at another place, or if there is none, was lost; armed. */
    MISDIRECTED_WRITE,
    /** A bit of a file changed. */
    BIT_FLIP,
    /** A sector of a file became zeroes. */
    ZEROED_SECTOR
}
