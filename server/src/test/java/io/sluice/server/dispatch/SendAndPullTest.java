package io.sluice.server.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.engine.message.StoredMessage;
import io.sluice.protocol.PullMessageHeader;
import io.sluice.protocol.PullMessageResponse;
import io.sluice.protocol.RequestCode;
import io.sluice.protocol.ResponseCode;
import io.sluice.protocol.SendMessageResponse;
import io.sluice.server.Server;
import io.sluice.server.TestServers;
import io.sluice.server.remoting.Wire;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SendAndPullTest {
    private static final int SUBSCRIPTION = PullMessageHeader.FLAG_SUBSCRIPTION;
    private static final int SUSPEND = PullMessageHeader.FLAG_SUSPEND;

    @TempDir Path directory;
    private Server server;
    private Wire wire;

    @BeforeEach
    void start() throws IOException {
        server = TestServers.start(directory);
        wire = new Wire(server.remotingPort());
    }

    @AfterEach
    void stop() throws IOException {
        wire.close();
        server.close();
    }

    private static PullMessageHeader pull(String topic, int queueId, long offset, int flags) {
        return pull(topic, queueId, offset, flags, "*");
    }

    private static PullMessageHeader pull(
            String topic, int queueId, long offset, int flags, String subscription) {
        return new PullMessageHeader(
                "group",
                topic,
                queueId,
                offset,
                32,
                flags,
                0,
                5000,
                subscription,
                0,
                "TAG",
                Integer.MAX_VALUE,
                null);
    }

    private Wire.Reply pull(PullMessageHeader header) throws IOException {
        return wire.call(RequestCode.PULL_MESSAGE, header::encode);
    }

    static List<String> bodies(byte[] stored) {
        List<String> bodies = new ArrayList<>();
        ByteBuffer in = ByteBuffer.wrap(stored);
        for (int at = 0; at < stored.length; at += StoredMessage.sizeBytes(in, at)) {
            bodies.add(StandardCharsets.UTF_8.decode(StoredMessage.body(in, at)).toString());
        }
        return bodies;
    }

    @Test
    void shouldPullWhatWasSent() throws IOException {
        for (int i = 0; i < 3; i++) {
            Wire.Reply sent = wire.send("orders", 2, "order " + i);
            assertEquals(ResponseCode.SUCCESS, sent.code(), sent.header().remark());
            SendMessageResponse response = SendMessageResponse.decode(sent.header());
            assertEquals(2, response.queueId());
            assertEquals(i, response.queueOffset());
            assertEquals(32, response.msgId().length());
        }
        Wire.Reply pulled = pull(pull("orders", 2, 0, SUBSCRIPTION));
        assertEquals(ResponseCode.SUCCESS, pulled.code(), pulled.header().remark());
        assertEquals(List.of("order 0", "order 1", "order 2"), bodies(pulled.body()));
        assertEquals(
                new PullMessageResponse(0, 3, 0, 3), PullMessageResponse.decode(pulled.header()));
    }

    @Test
    void shouldWakeAParkedPullWhenAMessageComes() throws IOException {
        wire.send("orders", 0, "first");
        wire.write(
                wire.request(
                        RequestCode.PULL_MESSAGE,
                        pull("orders", 0, 1, SUBSCRIPTION | SUSPEND)::encode,
                        new byte[0]));
        int parked = wire.lastOpaque();
        try (Wire producer = new Wire(server.brokerPort())) {
            producer.send("orders", 0, "second");
        }
        Wire.Reply woken = wire.answer();
        assertEquals(parked, woken.header().opaque());
        assertEquals(List.of("second"), bodies(woken.body()));
    }

    @Test
    void shouldSurviveARestart() throws IOException {
        wire.send("orders", 0, "kept");
        server.close();
        server = TestServers.start(directory);
        wire = new Wire(server.vipPort());
        assertEquals(List.of("kept"), bodies(pull(pull("orders", 0, 0, SUBSCRIPTION)).body()));
        assertTrue(server.traffic().flushes() > 0);
    }
}
