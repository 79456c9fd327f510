package io.sluice.bench;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Creates topics and groups as an operator does: clients that speak gRPC do not create topics by
 * sending, and RocketMQ's proxy lets no consumer of an unknown group start.
 */
final class Topics {
    private static final int UPDATE_AND_CREATE_TOPIC = 17;
    private static final int UPDATE_AND_CREATE_SUBSCRIPTIONGROUP = 200;
    private static final int ANSWER_MS_MAX = 20_000;
    private static final int HEADER_LENGTH_MASK = 0xFFFFFF;

    private Topics() {}

    /**
     * Returns when the broker has the topic, and the group {@code TOPIC-readers} that reads it.
     *
     * @throws IOException if it refuses, or does not answer in 20 s
     */
    static void create(Endpoint endpoint, String topic, int queues) throws IOException {
        String fields =
                """
                {"topic":"%s","defaultTopic":"TBW102","readQueueNums":"%d","writeQueueNums":"%d",\
                "perm":"6","topicFilterType":"SINGLE_TAG","topicSysFlag":"0","order":"false",\
                "attributes":"+message.type=NORMAL"}\
                """
                        .formatted(topic, queues, queues);
        ask(endpoint, UPDATE_AND_CREATE_TOPIC, fields, "");
        String group =
                """
                {"groupName":"%s-readers","consumeEnable":true,"consumeFromMinEnable":true}\
                """
                        .formatted(topic);
        ask(endpoint, UPDATE_AND_CREATE_SUBSCRIPTIONGROUP, "{}", group);
    }

    private static void ask(Endpoint endpoint, int code, String fields, String body)
            throws IOException {
        byte[] header =
                """
                {"code":%d,"extFields":%s,"flag":0,"language":"JAVA","opaque":1,\
                "serializeTypeCurrentRPC":"JSON","version":513}\
                """
                        .formatted(code, fields)
                        .getBytes(StandardCharsets.US_ASCII);
        byte[] bytes = body.getBytes(StandardCharsets.US_ASCII);
        try (Socket socket = new Socket()) {
            socket.connect(endpoint.sendAddress(), ANSWER_MS_MAX);
            socket.setSoTimeout(ANSWER_MS_MAX);
            ByteBuffer frame = ByteBuffer.allocate(8 + header.length + bytes.length);
            frame.putInt(4 + header.length + bytes.length).putInt(header.length);
            frame.put(header).put(bytes);
            socket.getOutputStream().write(frame.array());
            DataInputStream in = new DataInputStream(socket.getInputStream());
            in.readInt();
            byte[] answer = in.readNBytes(in.readInt() & HEADER_LENGTH_MASK);
            String text = new String(answer, StandardCharsets.UTF_8);
            if (!text.contains("\"code\":0,")) {
                throw new IOException("request %d was refused: %s".formatted(code, text));
            }
        }
    }
}
