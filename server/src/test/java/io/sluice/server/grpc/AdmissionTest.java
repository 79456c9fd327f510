package io.sluice.server.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import apache.rocketmq.v2.ClientType;
import apache.rocketmq.v2.Code;
import apache.rocketmq.v2.MessagingServiceGrpc;
import apache.rocketmq.v2.Status;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import io.netty.buffer.Unpooled;
import io.sluice.engine.shard.Outcome;
import io.sluice.engine.shard.Refusal;
import io.sluice.protocol.KeyValues;
import io.sluice.protocol.PullMessageHeader;
import io.sluice.protocol.RequestCode;
import io.sluice.protocol.ResponseCode;
import io.sluice.server.Server;
import io.sluice.server.TestServers;
import io.sluice.server.dispatch.Action;
import io.sluice.server.dispatch.Demand;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Every request of both protocols passes the same place, which knows what it is about. */
class AdmissionTest extends GrpcDoor {
    private final List<Demand> seen = new CopyOnWriteArrayList<>();
    private volatile Predicate<Demand> forbidden = demand -> false;

    @Override
    Server open(Path data) throws IOException {
        return TestServers.startWith(
                data,
                demand -> {
                    seen.add(demand);
                    return forbidden.test(demand)
                            ? Outcome.refused(Refusal.NO_PERMISSION, "not you")
                            : null;
                });
    }

    private void assertSeen(
            Action action, String clientId, @Nullable String topic, @Nullable String group) {
        assertTrue(
                seen.stream()
                        .anyMatch(demand ->
                                demand.action() == action
                                        && demand.clientId().equals(clientId)
                                        && demand.from().getAddress().isLoopbackAddress()
                                        && Objects.equals(demand.topic(), topic)
                                        && Objects.equals(demand.group(), group)),
                seen::toString);
    }

    @Test
    void shouldLetNobodySendToATopicByEitherProtocolThatIsForbidden() throws Exception {
        topic("orders", 1, "");
        topic("secret", 1, "");
        forbidden = demand -> demand.action() == Action.PUBLISH && "secret".equals(demand.topic());

        assertEquals(ResponseCode.SUCCESS, wire.send("orders", 0, "a").code());
        assertEquals(ResponseCode.NO_PERMISSION, wire.send("secret", 0, "a").code());
        assertEquals(Code.OK, send(message("orders", "b")).getStatus().getCode());
        assertEquals(Code.FORBIDDEN, send(message("secret", "b")).getStatus().getCode());
        assertEquals("not you", send(message("secret", "b")).getStatus().getMessage());
    }

    @Test
    void shouldKnowWhatRequestsAreAbout() throws Exception {
        topic("orders", 1, "");
        assertSeen(Action.ADMINISTER, "", "orders", null);
        group("readers", "orders");
        assertSeen(Action.CONNECT, "joiner-of-readers", null, null);
        receive(receiving("readers", "orders"));
        assertSeen(Action.SUBSCRIBE, "client", "orders", "readers");
        sent(message("orders", "a"));
        assertSeen(Action.PUBLISH, "client", "orders", null);
        seen.clear();
        wire.send("orders", 0, "a");
        assertSeen(Action.PUBLISH, "", "orders", null);
        PullMessageHeader pull =
                new PullMessageHeader(
                        "lookers",
                        "orders",
                        0,
                        0,
                        32,
                        PullMessageHeader.FLAG_SUBSCRIPTION,
                        0,
                        0,
                        "*",
                        0,
                        "TAG",
                        Integer.MAX_VALUE,
                        null);
        wire.call(RequestCode.PULL_MESSAGE, pull::encode);
        assertSeen(Action.SUBSCRIBE, "", "orders", "lookers");
    }

    @Test
    void shouldCountWhatIsAskedByBothProtocols() throws Exception {
        topic("orders", 1, "");
        wire.send("orders", 0, "a");
        sent(message("orders", "b"));
        forbidden = demand -> demand.action() == Action.PUBLISH;
        send(message("orders", "c"));

        byte[] table = wire.call(RequestCode.GET_BROKER_RUNTIME_INFO, writer -> writer).body();

        var counts = KeyValues.decode(Unpooled.wrappedBuffer(table), 0, table.length).table();
        assertEquals("3", counts.get("requests.publish"));
        assertEquals("1", counts.get("requests.publish.refused"));
        assertEquals("2", counts.get("requests.administer"));
    }

    @Test
    void shouldLetNoRemotingRequestBy() throws Exception {
        forbidden = demand -> true;
        List<String> passed = new ArrayList<>();
        int count = 0;
        for (Field code : RequestCode.class.getFields()) {
            count++;
            if (wire.call(code.getInt(null), writer -> writer).code()
                    != ResponseCode.NO_PERMISSION) {
                passed.add(code.getName());
            }
        }
        assertEquals(List.of(), passed);
        assertTrue(count > 80, "only " + count);
    }

    @Test
    void shouldLetNoCallBy() throws Exception {
        forbidden = demand -> true;
        Channel named =
                ClientInterceptors.intercept(
                        channel, MetadataUtils.newAttachHeadersInterceptor(metadata("client")));
        List<String> passed = new ArrayList<>();
        int count = 0;
        for (MethodDescriptor<?, ?> method :
                MessagingServiceGrpc.getServiceDescriptor().getMethods()) {
            if (method.getType() != MethodDescriptor.MethodType.BIDI_STREAMING) {
                count++;
                if (code(named, method) != Code.FORBIDDEN) {
                    passed.add(method.getFullMethodName());
                }
            }
        }
        assertEquals(List.of(), passed);
        assertEquals(16, count);
        Spoken stream = consumer("c", "readers", ClientType.SIMPLE_CONSUMER, "orders");
        StatusRuntimeException why = (StatusRuntimeException) stream.next();
        assertEquals("FORBIDDEN: not you", why.getStatus().getDescription());
    }

    private static <Q, A> Code code(Channel channel, MethodDescriptor<Q, A> method) {
        CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(WAIT_MS, TimeUnit.MILLISECONDS);
        Q request = method.parseRequest(new ByteArrayInputStream(new byte[0]));
        A answer =
                io.grpc.stub.ClientCalls.blockingServerStreamingCall(
                                channel, method, options, request)
                        .next();
        var message = (com.google.protobuf.Message) answer;
        var status = message.getDescriptorForType().findFieldByName("status");
        return ((Status) message.getField(status)).getCode();
    }
}
