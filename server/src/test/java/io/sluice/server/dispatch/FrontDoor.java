package io.sluice.server.dispatch;

import io.sluice.engine.message.StoredMessage;
import io.sluice.protocol.FrameWriter;
import io.sluice.protocol.HeartbeatData;
import io.sluice.protocol.HeartbeatData.ConsumeFromWhere;
import io.sluice.protocol.HeartbeatData.ConsumeType;
import io.sluice.protocol.HeartbeatData.MessageModel;
import io.sluice.protocol.OffsetResponse;
import io.sluice.protocol.PullMessageHeader;
import io.sluice.protocol.QueryConsumerOffsetHeader;
import io.sluice.protocol.RequestCode;
import io.sluice.protocol.ResponseCode;
import io.sluice.protocol.SubscriptionData;
import io.sluice.protocol.UpdateConsumerOffsetHeader;
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
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A real server and a client on a socket, and the requests that most tests need. */
abstract class FrontDoor {
    static final int SUBSCRIPTION = PullMessageHeader.FLAG_SUBSCRIPTION;
    static final int SUSPEND = PullMessageHeader.FLAG_SUSPEND;

    @TempDir Path directory;
    Server server;
    Wire wire;

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

    static PullMessageHeader pull(String topic, int queueId, long offset, int flags) {
        return pull("group", topic, queueId, offset, flags, "*");
    }

    static PullMessageHeader pull(
            String group, String topic, int queueId, long offset, int flags, String subscription) {
        return new PullMessageHeader(
                group,
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

    Wire.Reply pull(PullMessageHeader header) throws IOException {
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

    static HeartbeatData heartbeat(String clientId, String group, String... topics) {
        List<SubscriptionData> subscriptions = new ArrayList<>();
        for (String topic : topics) {
            subscriptions.add(new SubscriptionData(topic, "*", List.of(), "TAG", 5, false));
        }
        var consumer =
                new HeartbeatData.Consumer(
                        group,
                        ConsumeType.CONSUME_PASSIVELY,
                        MessageModel.CLUSTERING,
                        ConsumeFromWhere.CONSUME_FROM_LAST_OFFSET,
                        subscriptions,
                        false);
        return new HeartbeatData(clientId, List.of(), List.of(consumer), 0, false);
    }

    static Wire.Reply beat(Wire from, HeartbeatData data) throws IOException {
        return from.call(RequestCode.HEART_BEAT, writer -> writer, data.encode().toBytes());
    }

    Wire.Reply offset(String group, String topic, int queueId) throws IOException {
        var query = new QueryConsumerOffsetHeader(group, topic, queueId, false, null);
        return wire.call(RequestCode.QUERY_CONSUMER_OFFSET, query::encode);
    }

    Wire.Reply commit(String group, String topic, int queueId, long offset) throws IOException {
        var update = new UpdateConsumerOffsetHeader(group, topic, queueId, offset, null);
        return wire.call(RequestCode.UPDATE_CONSUMER_OFFSET, update::encode);
    }

    static FrameWriter none(FrameWriter writer) {
        return writer;
    }

    static Wire.Reply ok(Wire.Reply reply) {
        Assertions.assertEquals(ResponseCode.SUCCESS, reply.code(), reply.header()::toString);
        return reply;
    }

    static long okOffset(Wire.Reply reply) {
        return OffsetResponse.decode(ok(reply).header()).offset();
    }

    static void refused(int code, Wire.Reply reply) {
        Assertions.assertEquals(code, reply.code(), reply.header()::toString);
        Assertions.assertNotNull(reply.header().remark(), "a refusal says why");
    }
}
