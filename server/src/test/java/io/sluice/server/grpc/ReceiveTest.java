package io.sluice.server.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import apache.rocketmq.v2.AckMessageResponse;
import apache.rocketmq.v2.ChangeInvisibleDurationResponse;
import apache.rocketmq.v2.ClientType;
import apache.rocketmq.v2.Code;
import apache.rocketmq.v2.Encoding;
import apache.rocketmq.v2.FilterExpression;
import apache.rocketmq.v2.FilterType;
import apache.rocketmq.v2.ForwardMessageToDeadLetterQueueRequest;
import apache.rocketmq.v2.ForwardMessageToDeadLetterQueueResponse;
import apache.rocketmq.v2.Message;
import apache.rocketmq.v2.MessageQueue;
import apache.rocketmq.v2.MessageType;
import apache.rocketmq.v2.ReceiveMessageRequest;
import apache.rocketmq.v2.ReceiveMessageResponse;
import apache.rocketmq.v2.SystemProperties;
import com.google.protobuf.ByteString;
import io.grpc.Context;
import io.grpc.stub.StreamObserver;
import io.sluice.engine.message.StoredMessage;
import io.sluice.protocol.PullMessageHeader;
import io.sluice.protocol.RequestCode;
import io.sluice.protocol.SubscriptionGroupConfig;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.InflaterInputStream;
import org.junit.jupiter.api.Test;

/** Messages are handed out, acknowledged, held for longer and given up. */
class ReceiveTest extends GrpcDoor {
    private Message.Builder rich(String topic) {
        Message.Builder message = message(topic, "hello");
        message.putUserProperties("colour", "blue");
        message.getSystemPropertiesBuilder()
                .setMessageId("01ABCDEF")
                .setTag("red")
                .addKeys("k1")
                .addKeys("k2")
                .setBornHost("here")
                .setTraceContext("00-trace")
                .setBornTimestamp(Times.timestamp(1_700_000_000_123L));
        return message;
    }

    @Test
    void shouldHandOutWhatWasSentWithAllThatItSays() throws Exception {
        topic("orders", 1, "");
        group("readers", "orders");
        long before = System.currentTimeMillis();
        sent(rich("orders"));

        Message message = only(receiving("readers", "orders"));

        SystemProperties system = message.getSystemProperties();
        assertEquals("orders", message.getTopic().getName());
        assertEquals("hello", message.getBody().toStringUtf8());
        assertEquals(Map.of("colour", "blue"), message.getUserPropertiesMap());
        assertEquals("01ABCDEF", system.getMessageId());
        assertEquals("red", system.getTag());
        assertEquals(List.of("k1", "k2"), system.getKeysList());
        assertEquals("here", system.getBornHost());
        assertEquals("00-trace", system.getTraceContext());
        assertEquals(1_700_000_000_123L, Times.ms(system.getBornTimestamp()));
        assertTrue(Times.ms(system.getStoreTimestamp()) >= before);
        assertTrue(system.getStoreHost().startsWith("127.0.0.1:"));
        assertEquals(Encoding.IDENTITY, system.getBodyEncoding());
        assertEquals("5D41402ABC4B2A76B9719D911017C592", system.getBodyDigest().getChecksum());
        assertEquals(MessageType.NORMAL, system.getMessageType());
        assertEquals(1, system.getDeliveryAttempt());
        assertEquals(0, system.getQueueId());
        assertEquals(0, system.getQueueOffset());
        assertEquals(30_000, Times.ms(system.getInvisibleDuration()));
        assertFalse(system.hasDeliveryTimestamp());
        assertFalse(system.hasMessageGroup());
    }

    @Test
    void shouldHandOutTheMostUrgentOfABacklogFirst() throws Exception {
        topic("urgent", 1, "PRIORITY");
        group("readers", "urgent");
        for (int priority : List.of(1, 9, 0, 5)) {
            Message.Builder message = message("urgent", "p" + priority);
            message.getSystemPropertiesBuilder()
                    .setMessageType(MessageType.PRIORITY)
                    .setPriority(priority);
            sent(message);
        }
        for (int priority : List.of(9, 5, 1, 0)) {
            SystemProperties system =
                    only(receiving("readers", "urgent").setBatchSize(1)).getSystemProperties();
            assertEquals(priority, system.getPriority());
            assertEquals(MessageType.PRIORITY, system.getMessageType());
        }
    }

    @Test
    void shouldEndAnAnswerWithTheTimeOfItsDelivery() throws Exception {
        topic("orders", 1, "");
        group("readers", "orders");
        sent(message("orders", "one"));
        Iterator<ReceiveMessageResponse> responses =
                calls().receiveMessage(receiving("readers", "orders").build());

        assertEquals(Code.OK, responses.next().getStatus().getCode());
        assertTrue(responses.next().hasMessage());
        assertTrue(responses.next().hasDeliveryTimestamp());
        assertFalse(responses.hasNext());
    }

    @Test
    void shouldSayThatThereIsNothing() throws Exception {
        topic("orders", 2, "");
        group("readers", "orders");
        assertEquals(Code.MESSAGE_NOT_FOUND, receive(receiving("readers", "orders")).code());
    }

    @Test
    void shouldWaitForAMessageInAnyQueue() throws Exception {
        topic("orders", 4, "");
        group("readers", "orders");
        CompletableFuture<Given> waiting =
                CompletableFuture.supplyAsync(() ->
                        receive(
                                receiving("readers", "orders")
                                        .setLongPollingTimeout(Times.duration(9_000))));
        Message.Builder message = message("orders", "late");
        message.getSystemPropertiesBuilder().setQueueId(3);
        sent(message);

        assertEquals(List.of("late"), waiting.get(WAIT_MS, TimeUnit.MILLISECONDS).bodies());
    }

    @Test
    void shouldAnswerBeforeACallRunsOutOfTime() throws Exception {
        topic("orders", 1, "");
        group("readers", "orders");
        ReceiveMessageRequest request =
                receiving("readers", "orders")
                        .setLongPollingTimeout(Times.duration(60_000))
                        .build();
        Given given =
                given(
                        calls("client")
                                .withDeadlineAfter(1_500, TimeUnit.MILLISECONDS)
                                .receiveMessage(request));
        assertEquals(Code.MESSAGE_NOT_FOUND, given.code());
    }

    @Test
    void shouldHandOutAsManyAsAreAskedForAndNoneTwice() throws Exception {
        topic("orders", 1, "");
        group("readers", "orders");
        Set<String> wanted = new TreeSet<>();
        for (int i = 10; i < 30; i++) {
            sent(message("orders", "body " + i));
            wanted.add("body " + i);
        }
        Given first = receive(receiving("readers", "orders").setBatchSize(7));
        assertEquals(7, first.messages().size());
        Given rest = receive(receiving("readers", "orders").setBatchSize(1000));
        Set<String> got = new TreeSet<>(first.bodies());
        got.addAll(rest.bodies());
        assertEquals(13, rest.messages().size());
        assertEquals(wanted, got);
    }

    @Test
    void shouldSelectByTagsAndBySql() throws Exception {
        topic("orders", 1, "");
        group("tags", "orders");
        group("sql", "orders");
        for (String tag : List.of("red", "green", "blue")) {
            Message.Builder message = message("orders", tag).putUserProperties("tone", tag + "!");
            message.getSystemPropertiesBuilder().setTag(tag);
            sent(message);
        }
        FilterExpression.Builder tags = FilterExpression.newBuilder().setType(FilterType.TAG);
        FilterExpression.Builder sql = FilterExpression.newBuilder().setType(FilterType.SQL);

        assertEquals(
                List.of("red", "blue"),
                receive(
                                receiving("tags", "orders")
                                        .setFilterExpression(tags.setExpression("red || blue")))
                        .bodies());
        assertEquals(
                List.of("green"),
                receive(
                                receiving("sql", "orders")
                                        .setFilterExpression(sql.setExpression("tone = 'green!'")))
                        .bodies());
        assertEquals(
                Code.ILLEGAL_FILTER_EXPRESSION,
                receive(
                                receiving("sql", "orders")
                                        .setFilterExpression(sql.setExpression("tone = ")))
                        .code());
    }

    @Test
    void shouldBeginWhereAGroupWasWhenItsFirstConsumerCame() throws Exception {
        topic("orders", 2, "");
        sent(message("orders", "before"));
        group("readers", "orders");
        sent(message("orders", "after"));

        assertEquals("after", only(receiving("readers", "orders")).getBody().toStringUtf8());
    }

    @Test
    void shouldPutWhatIsCompressedOverForOtherClients() throws Exception {
        topic("orders", 1, "");
        group("readers", "orders");
        ByteArrayOutputStream gzip = new ByteArrayOutputStream();
        try (OutputStream zip = new GZIPOutputStream(gzip)) {
            zip.write("hello".getBytes(StandardCharsets.UTF_8));
        }
        Message.Builder message =
                message("orders", "").setBody(ByteString.copyFrom(gzip.toByteArray()));
        message.getSystemPropertiesBuilder().setBodyEncoding(Encoding.GZIP);
        sent(message);
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
        byte[] stored = wire.call(RequestCode.PULL_MESSAGE, pull::encode).body();
        ByteBuffer body = StoredMessage.body(ByteBuffer.wrap(stored), 0);
        byte[] zlib = new byte[body.remaining()];
        body.get(zlib);
        assertEquals(
                "hello",
                new String(
                        new InflaterInputStream(new ByteArrayInputStream(zlib)).readAllBytes(),
                        StandardCharsets.UTF_8));
        Message received = only(receiving("readers", "orders"));
        assertEquals(Encoding.GZIP, received.getSystemProperties().getBodyEncoding());
        assertEquals(
                "hello",
                new String(
                        new GZIPInputStream(received.getBody().newInput()).readAllBytes(),
                        StandardCharsets.UTF_8));
    }

    // Acknowledging.

    @Test
    void shouldTakeEachReceiptOnce() throws Exception {
        topic("orders", 1, "");
        group("readers", "orders");
        sent(message("orders", "one"));
        String handle = handle(only(receiving("readers", "orders")));

        assertEquals(Code.OK, acked("readers", "orders", handle));
        assertEquals(Code.INVALID_RECEIPT_HANDLE, acked("readers", "orders", handle));
    }

    @Test
    void shouldTellOfEachEntryWhatBecameOfIt() throws Exception {
        topic("orders", 2, "");
        group("readers", "orders");
        for (int i = 0; i < 3; i++) {
            Message.Builder message = message("orders", "body " + i);
            message.getSystemPropertiesBuilder().setQueueId(i % 2);
            sent(message);
        }
        String one =
                handle(
                        receive(receiving("readers", "orders").setBatchSize(1))
                                .messages()
                                .getFirst());
        String two =
                handle(
                        receive(receiving("readers", "orders").setBatchSize(1))
                                .messages()
                                .getFirst());

        AckMessageResponse mixed = ack("readers", "orders", one, "nonsense", two);
        assertEquals(Code.MULTIPLE_RESULTS, mixed.getStatus().getCode());
        assertEquals(
                List.of(Code.OK, Code.INVALID_RECEIPT_HANDLE, Code.OK),
                mixed.getEntriesList().stream().map(entry -> entry.getStatus().getCode()).toList());
        assertEquals(one, mixed.getEntries(0).getReceiptHandle());
        AckMessageResponse stale = ack("readers", "orders", one, two);
        assertEquals(Code.INVALID_RECEIPT_HANDLE, stale.getStatus().getCode());
    }

    @Test
    void shouldRefuseReceiptsOfOtherGroupsAndTopics() throws Exception {
        topic("orders", 1, "");
        topic("clicks", 1, "");
        group("readers", "orders", "clicks");
        group("others", "orders");
        sent(message("orders", "one"));
        String handle = handle(only(receiving("readers", "orders")));

        assertEquals(Code.INVALID_RECEIPT_HANDLE, acked("others", "orders", handle));
        assertEquals(Code.INVALID_RECEIPT_HANDLE, acked("readers", "clicks", handle));
        assertEquals(Code.OK, acked("readers", "orders", handle));
    }

    @Test
    void shouldHandOutAgainWhatWasGivenBackAndCountTheAttempt() throws Exception {
        topic("orders", 1, "");
        group("readers", "orders");
        sent(message("orders", "one"));
        String first = handle(only(receiving("readers", "orders")));

        ChangeInvisibleDurationResponse changed = change("readers", "orders", first, 0);
        assertEquals(Code.OK, changed.getStatus().getCode());
        assertEquals(first, changed.getReceiptHandle());
        Message again = only(receiving("readers", "orders"));

        assertEquals(2, again.getSystemProperties().getDeliveryAttempt());
        assertNotEquals(first, handle(again));
        assertEquals(Code.INVALID_RECEIPT_HANDLE, acked("readers", "orders", first));
        ChangeInvisibleDurationResponse stale = change("readers", "orders", first, 10_000);
        assertEquals(Code.INVALID_RECEIPT_HANDLE, stale.getStatus().getCode());
        assertEquals(Code.OK, acked("readers", "orders", handle(again)));
    }

    @Test
    void shouldMakeADeadLetterAfterTheLastAttempt() throws Exception {
        topic("orders", 1, "");
        group(retrying("readers", 1));
        group("readers", "orders");
        sent(rich("orders"));
        for (int attempt = 1; attempt <= 2; attempt++) {
            Message message = only(receiving("readers", "orders"));
            assertEquals(attempt, message.getSystemProperties().getDeliveryAttempt());
            change("readers", "orders", handle(message), 0);
        }
        assertEquals(Code.MESSAGE_NOT_FOUND, receive(receiving("readers", "orders")).code());

        assertDead("readers");
    }

    private static SubscriptionGroupConfig retrying(String group, int retries) {
        return new SubscriptionGroupConfig(group, true, true, true, false, 1, retries, true, 15);
    }

    /** The first dead letter of a group is read as an operator would: it has a topic of its own. */
    private void assertDead(String group) throws Exception {
        var pull =
                apache.rocketmq.v2.PullMessageRequest.newBuilder()
                        .setGroup(name(group))
                        .setMessageQueue(MessageQueue.newBuilder().setTopic(name("%DLQ%" + group)))
                        .setFilterExpression(FilterExpression.newBuilder().setExpression("*"))
                        .setBatchSize(10)
                        .build();
        var responses = calls().pullMessage(pull);
        assertEquals(Code.OK, responses.next().getStatus().getCode());
        Message dead = responses.next().getMessage();
        assertEquals("hello", dead.getBody().toStringUtf8());
        assertEquals("orders", dead.getSystemProperties().getDeadLetterQueue().getTopic());
        assertEquals("01ABCDEF", dead.getSystemProperties().getMessageId());
        assertEquals("red", dead.getSystemProperties().getTag());
        assertEquals(1, responses.next().getNextOffset());
    }

    private ForwardMessageToDeadLetterQueueResponse forward(String group, String handle) {
        return calls().forwardMessageToDeadLetterQueue(
                        ForwardMessageToDeadLetterQueueRequest.newBuilder()
                                .setGroup(name(group))
                                .setTopic(name("orders"))
                                .setReceiptHandle(handle)
                                .build());
    }

    @Test
    void shouldForwardWhatAClientGivesUp() throws Exception {
        topic("orders", 1, "");
        group("readers", "orders");
        sent(rich("orders"));
        String handle = handle(only(receiving("readers", "orders")));

        assertEquals(Code.OK, forward("readers", handle).getStatus().getCode());
        assertDead("readers");
        assertEquals(Code.INVALID_RECEIPT_HANDLE, acked("readers", "orders", handle));
        assertEquals(Code.OK, forward("readers", handle).getStatus().getCode(), "asked again");
        assertDead("readers");
    }

    @Test
    void shouldNotForwardWhatSomebodyElseHolds() throws Exception {
        topic("orders", 1, "");
        group("readers", "orders");
        sent(rich("orders"));
        String first = handle(only(receiving("readers", "orders")));
        change("readers", "orders", first, 0);
        String second = handle(only(receiving("readers", "orders")));

        Code code = forward("readers", first).getStatus().getCode();

        assertEquals(Code.INVALID_RECEIPT_HANDLE, code);
        assertEquals(Code.OK, acked("readers", "orders", second));
    }

    // In order.

    @Test
    void shouldHoldAQueueBackWhileAMessageOfItIsInSomebodysHands() throws Exception {
        topic("orders", 1, "FIFO");
        group(new SubscriptionGroupConfig("readers", true, true, true, true, 1, 3, true, 15));
        group("readers", "orders");
        for (String body : List.of("1", "2", "3")) {
            Message.Builder message = message("orders", body);
            message.getSystemPropertiesBuilder().setMessageGroup("one");
            sent(message);
        }
        Given first = receive(receiving("readers", "orders").setBatchSize(1));
        assertEquals(List.of("1"), first.bodies());
        assertEquals(Code.MESSAGE_NOT_FOUND, receive(receiving("readers", "orders")).code());
        change("readers", "orders", handle(first.messages().getFirst()), 0);
        Given again = receive(receiving("readers", "orders").setBatchSize(1));
        assertEquals(List.of("1"), again.bodies());
        acked("readers", "orders", handle(again.messages().getFirst()));
        assertEquals(List.of("2", "3"), receive(receiving("readers", "orders")).bodies());
    }

    @Test
    void shouldGiveTheSameAgainToTheAttemptWhoseAnswerWasLost() throws Exception {
        topic("orders", 1, "FIFO");
        group(new SubscriptionGroupConfig("readers", true, true, true, true, 1, 3, true, 15));
        group("readers", "orders");
        for (String body : List.of("1", "2", "3")) {
            Message.Builder message = message("orders", body);
            message.getSystemPropertiesBuilder().setMessageGroup("one");
            sent(message);
        }
        Given lost = receive(attempt("first"));
        assertEquals(List.of("1", "2"), lost.bodies());
        assertEquals(Code.MESSAGE_NOT_FOUND, receive(attempt("second")).code());
        assertEquals(Code.MESSAGE_NOT_FOUND, receive(attempt("")).code());

        Given again = receive(attempt("first"));

        assertEquals(List.of("1", "2"), again.bodies());
        for (int i = 0; i < 2; i++) {
            assertEquals(handle(lost.messages().get(i)), handle(again.messages().get(i)));
            assertEquals(1, again.messages().get(i).getSystemProperties().getDeliveryAttempt());
            assertEquals(Code.OK, acked("readers", "orders", handle(again.messages().get(i))));
        }
        assertEquals(List.of("3"), receive(attempt("first")).bodies());
    }

    private static ReceiveMessageRequest.Builder attempt(String id) {
        return receiving("readers", "orders").setBatchSize(2).setAttemptId(id);
    }

    // Clients that go away.

    /** How many receives of a group wait. */
    private int waiting() throws IOException {
        return wire.call(
                        RequestCode.POLLING_INFO,
                        out ->
                                out.field("consumerGroup", "readers")
                                        .field("topic", "orders")
                                        .field("queueId", -1)
                                        .field("pollTime", 0)
                                        .field("bornTime", 0))
                .header()
                .intField("pollingNum");
    }

    private void awaitWaiting(int count) throws IOException {
        long begun = System.nanoTime();
        while (waiting() != count) {
            long ms = (System.nanoTime() - begun) / 1_000_000;
            assertTrue(ms < 25_000, () -> "not " + count + " wait after " + ms + " ms");
        }
    }

    private static final class Waiting implements StreamObserver<ReceiveMessageResponse> {
        @Override
        public void onNext(ReceiveMessageResponse response) {}

        @Override
        public void onError(Throwable cause) {}

        @Override
        public void onCompleted() {}
    }

    private ReceiveMessageRequest waitingLong() {
        return receiving("readers", "orders").setLongPollingTimeout(Times.duration(30_000)).build();
    }

    @Test
    void shouldLetGoOfAReceiveThatIsCancelled() throws Exception {
        topic("orders", 1, "");
        group("readers", "orders");
        Context.CancellableContext gone = Context.current().withCancellation();
        gone.run(() -> asyncCalls("gone").receiveMessage(waitingLong(), new Waiting()));
        asyncCalls("stays").receiveMessage(waitingLong(), new Waiting());
        awaitWaiting(2);
        gone.cancel(null);
        awaitWaiting(1);
    }

    @Test
    void shouldLetGoOfTheReceivesOfAConnectionThatIsGone() throws Exception {
        topic("orders", 1, "");
        group("readers", "orders");
        for (int i = 0; i < 3; i++) {
            asyncCalls("gone").receiveMessage(waitingLong(), new Waiting());
        }
        awaitWaiting(3);
        channel.shutdownNow();
        awaitWaiting(0);
    }

    @Test
    void shouldNotHandOutToWhomNobodyListensAnyMore() throws Exception {
        topic("orders", 1, "");
        group("readers", "orders");
        Context.CancellableContext gone = Context.current().withCancellation();
        ReceiveMessageRequest request =
                receiving("readers", "orders").setLongPollingTimeout(Times.duration(9_000)).build();
        Iterator<ReceiveMessageResponse> waiting =
                gone.wrap(() -> calls("gone").receiveMessage(request)).call();
        receive(receiving("readers", "orders")); // by then the first one is waiting
        gone.cancel(null);
        org.junit.jupiter.api.Assertions.assertThrows(
                io.grpc.StatusRuntimeException.class, waiting::hasNext);
        sent(message("orders", "one"));

        Message message = only(receiving("readers", "orders"));

        assertEquals("one", message.getBody().toStringUtf8());
        assertEquals(1, message.getSystemProperties().getDeliveryAttempt());
    }

    @Test
    void shouldPassOnWhatAPushConsumerHeldThatTookItsLeave() throws Exception {
        topic("orders", 1, "");
        try (Spoken spoken = consumer("pusher", "readers", ClientType.PUSH_CONSUMER, "orders")) {
            spoken.settings();
            sent(message("orders", "one"));
            Given given =
                    receive(
                            "pusher",
                            receiving("readers", "orders")
                                    .setAutoRenew(true)
                                    .clearInvisibleDuration());
            assertEquals(List.of("one"), given.bodies());
            assertEquals(
                    Renewals.LEASE_MS,
                    Times.ms(
                            given.messages()
                                    .getFirst()
                                    .getSystemProperties()
                                    .getInvisibleDuration()));
            calls("pusher")
                    .notifyClientTermination(
                            apache.rocketmq.v2.NotifyClientTerminationRequest.newBuilder()
                                    .setGroup(name("readers"))
                                    .build());
        }
        assertEquals(
                2, only(receiving("readers", "orders")).getSystemProperties().getDeliveryAttempt());
    }
}
