package io.sluice.protocol;

/** How a frame's header is written. An answer uses what its request used. */
public enum SerializeType {
    /** A JSON object; what clients send unless told otherwise. */
    JSON(0),
    /** The compact binary form. Its request and response codes have 16 bits only. */
    ROCKETMQ(1);

    /** The top byte of a frame's header word. */
    final int code;

    SerializeType(int code) {
        this.code = code;
    }
}
