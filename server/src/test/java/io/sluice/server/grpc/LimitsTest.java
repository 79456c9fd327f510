package io.sluice.server.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import apache.rocketmq.v2.Code;
import apache.rocketmq.v2.HeartbeatRequest;
import apache.rocketmq.v2.MessagingServiceGrpc;
import apache.rocketmq.v2.ReceiveMessageRequest;
import apache.rocketmq.v2.ReceiveMessageResponse;
import com.google.protobuf.ByteString;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.MetadataUtils;
import io.sluice.protocol.RequestCode;
import io.sluice.server.remoting.Wire;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What clients may cost that ask for much, send in parts, reset, or read nothing. */
class LimitsTest extends GrpcDoor {
    /** {@code -Dgrpc.idle=10000} measures what the architecture's figures say. */
    private static final int IDLE = Integer.getInteger("grpc.idle", 1_000);

    private static final int STREAMS_PER_CHANNEL = 2_000;

    private int waiting(String group, String topic) throws IOException {
        Wire.Reply reply =
                wire.call(
                        RequestCode.POLLING_INFO,
                        writer ->
                                writer.field("consumerGroup", group)
                                        .field("topic", topic)
                                        .field("queueId", -1L)
                                        .field("pollTime", 0L));
        return reply.header().intField("pollingNum");
    }

    /** Asks until so many wait; each question is a turn of the shard, so nothing else paces it. */
    private void awaitWaiting(int count) throws IOException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (waiting("readers", "orders") < count) {
            assertTrue(System.nanoTime() < end, "fewer than " + count + " wait");
        }
    }

    @Test
    void shouldKeepIdleReceivesWithoutThreadsAndWithLittleMemory() throws Exception {
        topic("orders", 1, "");
        group("readers", "orders");
        List<ManagedChannel> channels = new ArrayList<>();
        for (int i = 0; i * STREAMS_PER_CHANNEL < IDLE; i++) {
            channels.add(
                    NettyChannelBuilder.forAddress("127.0.0.1", server.grpcPort())
                            .usePlaintext()
                            .directExecutor() // so that the threads are the server's
                            .build());
        }
        ReceiveMessageRequest request =
                receiving("readers", "orders")
                        .setLongPollingTimeout(Times.duration(30_000))
                        .build();
        AtomicInteger messages = new AtomicInteger();
        CountDownLatch first = new CountDownLatch(1);
        awaitWaiting(0);
        int threads = ManagementFactory.getThreadMXBean().getThreadCount();
        long before = usedBytes();
        for (int i = 0; i < IDLE; i++) {
            MessagingServiceGrpc.newStub(channels.get(i / STREAMS_PER_CHANNEL))
                    .withInterceptors(
                            MetadataUtils.newAttachHeadersInterceptor(metadata("client " + i)))
                    .receiveMessage(
                            request,
                            new io.grpc.stub.StreamObserver<ReceiveMessageResponse>() {
                                @Override
                                public void onNext(ReceiveMessageResponse response) {
                                    if (response.hasMessage()) {
                                        messages.incrementAndGet();
                                        first.countDown();
                                    }
                                }

                                @Override
                                public void onError(Throwable cause) {}

                                @Override
                                public void onCompleted() {}
                            });
        }
        awaitWaiting(IDLE);
        long perStream = (usedBytes() - before) / IDLE;
        int more = ManagementFactory.getThreadMXBean().getThreadCount() - threads;
        System.out.printf(
                "%d idle receives: %d bytes each, client's side included; %d threads more%n",
                IDLE, perStream, more);
        assertTrue(more < IDLE / 10, () -> more + " threads more");
        assertTrue(perStream < 32_768, () -> perStream + " bytes per stream");
        sent(message("orders", "one"));
        assertTrue(first.await(10, TimeUnit.SECONDS));
        assertEquals(1, messages.get());
        channels.forEach(ManagedChannel::shutdownNow);
        sent(message("orders", "two"));
        assertEquals("two", only(receiving("readers", "orders")).getBody().toStringUtf8());
    }

    private static long usedBytes() {
        long used = Long.MAX_VALUE;
        for (int i = 0; i < 3; i++) {
            System.gc();
            used =
                    Math.min(
                            used,
                            ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        }
        return used;
    }

    /** A client that asks for messages and never reads them. */
    private static final class Greedy
            implements ClientResponseObserver<ReceiveMessageRequest, ReceiveMessageResponse> {
        final BlockingQueue<Code> codes = new LinkedBlockingQueue<>();
        final CompletableFuture<ClientCallStreamObserver<ReceiveMessageRequest>> call =
                new CompletableFuture<>();

        @Override
        public void beforeStart(ClientCallStreamObserver<ReceiveMessageRequest> stream) {
            call.complete(stream);
            stream.disableAutoRequestWithInitial(1);
        }

        @Override
        public void onNext(ReceiveMessageResponse response) {
            codes.add(response.getStatus().getCode());
        }

        @Override
        public void onError(Throwable cause) {}

        @Override
        public void onCompleted() {}
    }

    @Test
    void shouldRefuseWhoAsksForMuchAndReadsNothing() throws Exception {
        topic("orders", 1, "");
        group("readers", "orders");
        ByteString body = ByteString.copyFrom(new byte[200 << 10]);
        ManagedChannel narrow =
                NettyChannelBuilder.forAddress("127.0.0.1", server.grpcPort())
                        .usePlaintext()
                        .flowControlWindow(64 << 10)
                        .build();
        MessagingServiceGrpc.MessagingServiceStub calls =
                MessagingServiceGrpc.newStub(narrow)
                        .withInterceptors(
                                MetadataUtils.newAttachHeadersInterceptor(metadata("greedy")));
        List<Greedy> all = new ArrayList<>();
        List<Code> codes = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            sent(message("orders", "").setBody(body));
            Greedy greedy = new Greedy();
            calls.receiveMessage(receiving("readers", "orders").build(), greedy);
            codes.add(greedy.codes.poll(10, TimeUnit.SECONDS));
            all.add(greedy);
        }
        assertEquals(Code.OK, codes.getFirst());
        assertEquals(Code.TOO_MANY_REQUESTS, codes.getLast(), codes::toString);
        all.forEach(greedy -> greedy.call.join().cancel("enough", null));
        Given rest =
                receive(
                        receiving("readers", "orders")
                                .setLongPollingTimeout(Times.duration(5_000)));
        assertEquals(Code.OK, rest.code(), "what it never took comes to others at once");
        narrow.shutdownNow();
    }

    @Test
    void shouldRefuseMetadataThatIsTooLarge() {
        Metadata large = metadata("client");
        large.put(Metadata.Key.of("x-more", Metadata.ASCII_STRING_MARSHALLER), "x".repeat(20_000));
        StatusRuntimeException refused =
                assertThrows(
                        StatusRuntimeException.class,
                        () ->
                                MessagingServiceGrpc.newBlockingStub(channel)
                                        .withInterceptors(
                                                MetadataUtils.newAttachHeadersInterceptor(large))
                                        .heartbeat(HeartbeatRequest.getDefaultInstance()));
        assertTrue(
                refused.getStatus().getCode() == Status.Code.RESOURCE_EXHAUSTED
                        || refused.getStatus().getCode() == Status.Code.INTERNAL
                        || refused.getStatus().getCode() == Status.Code.UNKNOWN,
                refused::getMessage);
        assertEquals(
                Code.UNRECOGNIZED_CLIENT_TYPE,
                calls().heartbeat(HeartbeatRequest.getDefaultInstance()).getStatus().getCode(),
                "others go on");
    }

    @Test
    void shouldCloseAConnectionThatResetsOverAndOver() throws Exception {
        topic("orders", 1, "");
        group("readers", "orders");
        ManagedChannel hostile = channel();
        CountDownLatch cut = new CountDownLatch(1);
        for (int i = 0; i < 2_000; i++) {
            ClientCall<ReceiveMessageRequest, ReceiveMessageResponse> call =
                    hostile.newCall(
                            MessagingServiceGrpc.getReceiveMessageMethod(),
                            io.grpc.CallOptions.DEFAULT);
            call.start(
                    new ClientCall.Listener<ReceiveMessageResponse>() {
                        @Override
                        public void onClose(Status status, Metadata trailers) {
                            if (status.getCode() != Status.Code.CANCELLED) {
                                cut.countDown();
                            }
                        }
                    },
                    metadata("hostile"));
            call.sendMessage(
                    receiving("readers", "orders")
                            .setLongPollingTimeout(Times.duration(25_000))
                            .build());
            call.halfClose();
            if (i % 2 == 0) {
                awaitSent(hostile);
                call.cancel("again", null);
            }
        }
        assertTrue(cut.await(20, TimeUnit.SECONDS), "the connection is closed");
        hostile.shutdownNow();
        sent(message("orders", "one"));
        assertEquals("one", only(receiving("readers", "orders")).getBody().toStringUtf8());
    }

    /** A call that is cancelled before it was sent at all resets nothing. */
    private static void awaitSent(ManagedChannel channel) {
        while (channel.getState(true) != io.grpc.ConnectivityState.READY) {
            Thread.onSpinWait();
        }
    }

    @Test
    void shouldCloseAConnectionThatSaysNothing() throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.grpcPort())) {
            OutputStream out = socket.getOutputStream();
            out.write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            socket.setSoTimeout(30_000);
            while (socket.getInputStream().read() >= 0) {
                // Whatever it says before it hangs up.
            }
        }
    }
}
