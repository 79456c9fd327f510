package io.sluice.bench;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Remoting responses as servers write them. */
final class Responses {
    private Responses() {}

    static byte[] ok(int opaque) {
        return frame(
                """
                {"code":0,"extFields":{"queueId":"3","msgId":"7F00","queueOffset":"1234"},"flag":1,\
                "language":"JAVA","opaque":%d,"serializeTypeCurrentRPC":"JSON","version":513}\
                """
                        .formatted(opaque),
                0);
    }

    static byte[] frame(String header, int bodyBytes) {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + json.length + bodyBytes)
                .putInt(4 + json.length + bodyBytes)
                .putInt(json.length)
                .put(json)
                .array();
    }
}
