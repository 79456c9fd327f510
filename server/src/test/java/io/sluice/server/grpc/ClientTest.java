package io.sluice.server.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import apache.rocketmq.v2.ClientType;
import apache.rocketmq.v2.Code;
import apache.rocketmq.v2.EndTransactionRequest;
import apache.rocketmq.v2.HeartbeatRequest;
import apache.rocketmq.v2.Message;
import apache.rocketmq.v2.MessageType;
import apache.rocketmq.v2.NotifyClientTerminationRequest;
import apache.rocketmq.v2.QueryAssignmentRequest;
import apache.rocketmq.v2.QueryAssignmentResponse;
import apache.rocketmq.v2.RetryPolicy;
import apache.rocketmq.v2.SendResultEntry;
import apache.rocketmq.v2.Settings;
import apache.rocketmq.v2.Status;
import apache.rocketmq.v2.TelemetryCommand;
import apache.rocketmq.v2.ThreadStackTrace;
import apache.rocketmq.v2.TransactionResolution;
import apache.rocketmq.v2.VerifyMessageResult;
import io.sluice.protocol.ConsumeMessageDirectlyHeader;
import io.sluice.protocol.GetConsumerListByGroupHeader;
import io.sluice.protocol.GetConsumerRunningInfoHeader;
import io.sluice.protocol.GroupRetryPolicy;
import io.sluice.protocol.RequestCode;
import io.sluice.protocol.ResponseCode;
import io.sluice.protocol.SendMessageResponse;
import io.sluice.protocol.SubscriptionGroupConfig;
import io.sluice.server.remoting.Wire;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Clients say what they are, are told what to do, and are asked what operators want to know. */
class ClientTest extends GrpcDoor {
    private static SubscriptionGroupConfig config(
            String group, boolean ordered, int retries, GroupRetryPolicy policy) {
        return new SubscriptionGroupConfig(
                group, true, true, true, ordered, 1, retries, true, 15, policy, Map.of());
    }

    @Test
    void shouldTellConsumersTheRulesOfTheirGroup() throws Exception {
        topic("orders", 3, "");
        group(config("levels", false, 16, new GroupRetryPolicy.ByLevels()));
        group(config("grows", true, 4, new GroupRetryPolicy.Exponential(100, 900, 3)));
        group(config("own", false, 2, new GroupRetryPolicy.Customized(List.of(5L, 6L, 7L))));

        RetryPolicy levels = told("levels").getBackoffPolicy();
        assertEquals(17, levels.getMaxAttempts());
        assertEquals(1, Times.ms(levels.getCustomizedBackoff().getNext(0)));
        assertEquals(2, levels.getCustomizedBackoff().getNextCount());
        Settings grows = told("grows");
        assertTrue(grows.getSubscription().getFifo());
        assertEquals(5, grows.getBackoffPolicy().getMaxAttempts());
        assertEquals(3f, grows.getBackoffPolicy().getExponentialBackoff().getMultiplier());
        assertEquals(100, Times.ms(grows.getBackoffPolicy().getExponentialBackoff().getInitial()));
        assertEquals(900, Times.ms(grows.getBackoffPolicy().getExponentialBackoff().getMax()));
        Settings own = told("own");
        assertFalse(own.getSubscription().getFifo());
        assertEquals(
                List.of(5L, 6L, 7L),
                own.getBackoffPolicy().getCustomizedBackoff().getNextList().stream()
                        .map(Times::ms)
                        .toList());
        assertEquals(32, own.getSubscription().getReceiveBatchSize());

        assertEquals(List.of(-1), assigned("own"));
        assertEquals(List.of(0, 1, 2), assigned("grows"));
    }

    private Settings told(String group) throws Exception {
        try (Spoken spoken = consumer("of " + group, group, ClientType.PUSH_CONSUMER, "orders")) {
            return spoken.settings();
        }
    }

    private List<Integer> assigned(String group) {
        QueryAssignmentResponse response =
                calls().queryAssignment(
                                QueryAssignmentRequest.newBuilder()
                                        .setGroup(name(group))
                                        .setTopic(name("orders"))
                                        .build());
        return response.getAssignmentsList().stream()
                .map(each -> each.getMessageQueue().getId())
                .toList();
    }

    @Test
    void shouldKnowAClientUntilItTakesItsLeave() throws Exception {
        topic("orders", 1, "");
        HeartbeatRequest beat = HeartbeatRequest.newBuilder().setGroup(name("readers")).build();
        try (Spoken spoken = consumer("one", "readers", ClientType.PUSH_CONSUMER, "orders")) {
            spoken.settings();
            assertEquals(Code.OK, calls("one").heartbeat(beat).getStatus().getCode());
            assertEquals(ResponseCode.SUCCESS, members("readers"));
            var leave = NotifyClientTerminationRequest.newBuilder().build();
            assertEquals(
                    Code.OK, calls("one").notifyClientTermination(leave).getStatus().getCode());
            assertEquals("completed", spoken.next());
        }
        assertEquals(ResponseCode.SYSTEM_ERROR, members("readers"));
        assertEquals(
                Code.UNRECOGNIZED_CLIENT_TYPE, calls("one").heartbeat(beat).getStatus().getCode());
    }

    private int members(String group) throws Exception {
        var header = new GetConsumerListByGroupHeader(group);
        return wire.call(RequestCode.GET_CONSUMER_LIST_BY_GROUP, header::encode).code();
    }

    // What operators ask.

    private static String text(Wire.Reply reply) {
        return new String(reply.body(), StandardCharsets.UTF_8);
    }

    @Test
    void shouldTellOperatorsHowAConsumerIsDoing() throws Exception {
        topic("orders", 1, "");
        try (Spoken spoken = consumer("one", "readers", ClientType.PUSH_CONSUMER, "orders")) {
            spoken.settings();
            var plain = new GetConsumerRunningInfoHeader("readers", "one", false);
            Wire.Reply reply = wire.call(RequestCode.GET_CONSUMER_RUNNING_INFO, plain::encode);
            assertEquals(ResponseCode.SUCCESS, reply.code(), reply.header()::toString);
            assertTrue(text(reply).contains("\"topic\":\"orders\""), () -> text(reply));

            var stacks = new GetConsumerRunningInfoHeader("readers", "one", true);
            wire.write(
                    wire.request(
                            RequestCode.GET_CONSUMER_RUNNING_INFO, stacks::encode, new byte[0]));
            String nonce =
                    ((TelemetryCommand) spoken.next()).getPrintThreadStackTraceCommand().getNonce();
            spoken.out.onNext(
                    TelemetryCommand.newBuilder()
                            .setStatus(Status.newBuilder().setCode(Code.OK))
                            .setThreadStackTrace(
                                    ThreadStackTrace.newBuilder()
                                            .setNonce(nonce)
                                            .setThreadStackTrace("main: here"))
                            .build());
            assertTrue(text(wire.answer()).contains("main: here"));
        }
    }

    @Test
    void shouldHaveAConsumerConsumeAMessageForAnOperator() throws Exception {
        topic("orders", 1, "");
        try (Spoken spoken = consumer("one", "readers", ClientType.PUSH_CONSUMER, "orders")) {
            spoken.settings();
            var sent = SendMessageResponse.decode(wire.send("orders", 0, "hello").header());
            assertEquals("CR_SUCCESS", consumed(spoken, sent.msgId(), Code.OK));
            assertEquals(
                    "CR_LATER", consumed(spoken, sent.msgId(), Code.FAILED_TO_CONSUME_MESSAGE));
        }
    }

    private String consumed(Spoken spoken, String messageId, Code code) throws Exception {
        var header = new ConsumeMessageDirectlyHeader("readers", "one", messageId, "orders", null);
        wire.write(wire.request(RequestCode.CONSUME_MESSAGE_DIRECTLY, header::encode, new byte[0]));
        var command = ((TelemetryCommand) spoken.next()).getVerifyMessageCommand();
        assertEquals("hello", command.getMessage().getBody().toStringUtf8());
        spoken.out.onNext(
                TelemetryCommand.newBuilder()
                        .setStatus(Status.newBuilder().setCode(code))
                        .setVerifyMessageResult(
                                VerifyMessageResult.newBuilder().setNonce(command.getNonce()))
                        .build());
        String body = text(wire.answer());
        return body.replaceAll(".*\"consumeResult\":\"([A-Z_]*)\".*", "$1");
    }

    @Test
    void shouldTellOperatorsThatAConsumerIsGone() throws Exception {
        topic("orders", 1, "");
        Spoken spoken = consumer("one", "readers", ClientType.PUSH_CONSUMER, "orders");
        spoken.settings();
        var stacks = new GetConsumerRunningInfoHeader("readers", "one", true);
        wire.write(
                wire.request(RequestCode.GET_CONSUMER_RUNNING_INFO, stacks::encode, new byte[0]));
        spoken.next();
        spoken.close();
        assertEquals(ResponseCode.SYSTEM_ERROR, wire.answer().code());
    }

    // Transactions; producers are asked after 300 ms, twice.

    private SendResultEntry half(String topic, String body) {
        Message.Builder message = message(topic, body);
        message.getSystemPropertiesBuilder().setMessageType(MessageType.TRANSACTION);
        return sent(message);
    }

    private Code end(String topic, String transactionId, TransactionResolution resolution) {
        return calls().endTransaction(
                        EndTransactionRequest.newBuilder()
                                .setTopic(name(topic))
                                .setTransactionId(transactionId)
                                .setResolution(resolution)
                                .build())
                .getStatus()
                .getCode();
    }

    @Test
    void shouldDecideATransactionOnce() throws Exception {
        topic("orders", 1, "TRANSACTION");
        topic("others", 1, "TRANSACTION");
        group("readers", "orders");
        String id = half("orders", "one").getTransactionId();
        assertEquals(Code.INVALID_TRANSACTION_ID, end("others", id, TransactionResolution.COMMIT));
        assertEquals(Code.MESSAGE_NOT_FOUND, receive(receiving("readers", "orders")).code());
        assertEquals(
                Code.OK,
                end("orders", id, TransactionResolution.TRANSACTION_RESOLUTION_UNSPECIFIED));
        assertEquals(Code.OK, end("orders", id, TransactionResolution.COMMIT));
        assertEquals(Code.OK, end("orders", id, TransactionResolution.COMMIT));
        assertEquals(
                Code.INVALID_TRANSACTION_ID, end("orders", id, TransactionResolution.ROLLBACK));
        Message message = only(receiving("readers", "orders"));
        assertEquals("one", message.getBody().toStringUtf8());
        assertEquals(MessageType.TRANSACTION, message.getSystemProperties().getMessageType());
    }

    @Test
    void shouldAskAProducerThatIsHereAboutAnOrphan() throws Exception {
        topic("orders", 1, "TRANSACTION");
        group("readers", "orders");
        Spoken gone = producer("gone", "orders");
        gone.settings();
        gone.close();
        assertEquals("completed", gone.next());
        try (Spoken here = producer("here", "orders")) {
            here.settings();
            String id = half("orders", "orphan").getTransactionId();
            var command = ((TelemetryCommand) here.next()).getRecoverOrphanedTransactionCommand();
            assertEquals(id, command.getTransactionId());
            assertEquals("orphan", command.getMessage().getBody().toStringUtf8());
            assertEquals(
                    Code.OK,
                    end("orders", command.getTransactionId(), TransactionResolution.COMMIT));
            assertEquals("orphan", only(receiving("readers", "orders")).getBody().toStringUtf8());
        }
    }

    // What is sent again.

    @Test
    void shouldStoreWhatAClientSendsAgainOnce() throws Exception {
        topic("orders", 1, "");
        group("readers", "orders");
        Message.Builder message = message("orders", "one");
        long first = sent(message).getOffset();
        message.getSystemPropertiesBuilder().setBornTimestamp(Times.timestamp(5));
        assertEquals(first, sent(message).getOffset());
        assertEquals(1, receive(receiving("readers", "orders")).messages().size());
    }

    @Test
    void shouldNotDeliverWhatHasHadItsTime() throws Exception {
        topic("orders", 1, "");
        group("readers", "orders");
        Message.Builder over = message("orders", "over").putUserProperties("TTL_MS", "1");
        over.getSystemPropertiesBuilder().setBornTimestamp(Times.timestamp(1_000_000));
        sent(over);
        sent(message("orders", "fresh").putUserProperties("TTL_MS", "600000"));

        assertEquals(List.of("fresh"), receive(receiving("readers", "orders")).bodies());
    }
}
