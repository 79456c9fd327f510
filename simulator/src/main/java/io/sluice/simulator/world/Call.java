package io.sluice.simulator.world;

/** The calls of a directory and its files. */
enum Call {
    LIST(1),
    OPEN(2),
    READ(3),
    WRITE(4),
    SYNC(5),
    TRUNCATE(6),
    RENAME(7),
    DELETE(8),
    DIRECTORY_SYNC(9);

    /** What stands for it in a trace. */
    final int code;

    Call(int code) {
        this.code = code;
    }
}
