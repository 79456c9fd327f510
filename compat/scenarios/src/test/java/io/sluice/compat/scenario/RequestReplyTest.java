package io.sluice.compat.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.compat.harness.Await;
import io.sluice.compat.harness.Feature;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyStatus;
import org.apache.rocketmq.client.consumer.listener.MessageListenerConcurrently;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.client.exception.RequestTimeoutException;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.RequestCallback;
import org.apache.rocketmq.client.utils.MessageUtil;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.common.message.MessageQueue;
import org.junit.jupiter.api.Test;

/** A request is a message; its reply comes back over the requester's own connection. */
@Scenario
@Feature("Messages: request and reply")
class RequestReplyTest {

    private static final int SYSTEM_ERROR = 1;
    private static final long TIMEOUT_MS = 30_000;

    @Test
    void shouldBringTheReplyToWhoeverAsked(Clients clients) throws Exception {
        String topic = clients.topic(2);
        answerIn(clients, topic);
        DefaultMQProducer one = clients.producer();
        DefaultMQProducer two = clients.producer();
        for (int i = 0; i < 5; i++) {
            Message first = one.request(Clients.message(topic, "one " + i), TIMEOUT_MS);
            Message second = two.request(Clients.message(topic, "two " + i), TIMEOUT_MS);
            assertEquals("reply to one " + i, text(first));
            assertEquals("reply to two " + i, text(second));
        }
    }

    @Test
    void shouldCallBackWithTheReply(Clients clients) throws Exception {
        String topic = clients.topic(2);
        answerIn(clients, topic);
        DefaultMQProducer producer = clients.producer();
        Map<String, CompletableFuture<Message>> replies = new HashMap<>();
        for (String body : IntStream.range(0, 20).mapToObj(i -> "m" + i).toList()) {
            CompletableFuture<Message> reply = new CompletableFuture<>();
            replies.put(body, reply);
            producer.request(Clients.message(topic, body), new Completing(reply), TIMEOUT_MS);
        }
        for (String body : replies.keySet()) {
            Await.until("the reply comes", () -> replies.get(body).isDone());
            assertEquals("reply to " + body, text(replies.get(body).join()));
        }
    }

    private record Completing(CompletableFuture<Message> future) implements RequestCallback {
        /** Client 5.5 calls this for the request, too, once that is sent, and without a reply. */
        @Override
        public void onSuccess(Message reply) {
            if (reply != null) {
                future.complete(reply);
            }
        }

        @Override
        public void onException(Throwable error) {
            future.completeExceptionally(error);
        }
    }

    @Test
    void shouldBringALargeReplyAndItsProperties(Clients clients) throws Exception {
        String topic = clients.topic(1);
        String large = "easily compressed ".repeat(50_000);
        DefaultMQProducer answering = clients.producer();
        listen(
                clients,
                topic,
                request -> {
                    Message reply = MessageUtil.createReplyMessage(request, Clients.bytes(large));
                    reply.putUserProperty("colour", "grün");
                    answering.send(reply, TIMEOUT_MS);
                });
        Message reply = clients.producer().request(Clients.message(topic, "how much?"), TIMEOUT_MS);
        assertEquals(large, text(reply));
        assertEquals("grün", reply.getUserProperty("colour"));
    }

    @Test
    void shouldRunIntoTheRequestersTimeoutWhenNobodyReplies(Clients clients) throws Exception {
        String topic = clients.topic(1);
        DefaultMQProducer producer = clients.producer();
        assertThrows(
                RequestTimeoutException.class,
                () -> producer.request(Clients.message(topic, "anybody?"), 3_000));
    }

    @Test
    void shouldTellTheReplierThatTheRequesterIsGone(Clients clients) throws Exception {
        String topic = clients.topic(1);
        DefaultMQProducer requester = clients.producer();
        requester.request(
                Clients.message(topic, "gone before the answer"),
                new Completing(new CompletableFuture<>()),
                TIMEOUT_MS);
        MessageQueue queue = Clients.queues(requester, topic).get(0);
        Await.until("the request is stored", () -> requester.maxOffset(queue) == 1);
        requester.shutdown();
        DefaultMQProducer answering = clients.producer();
        answering.setRetryTimesWhenSendFailed(0);
        Queue<Exception> errors = new ConcurrentLinkedQueue<>();
        listen(
                clients,
                topic,
                request -> {
                    try {
                        answering.send(reply(request), TIMEOUT_MS);
                        errors.add(new IllegalStateException("was accepted"));
                    } catch (Exception e) {
                        errors.add(e);
                    }
                });
        Await.until("the reply is refused", () -> !errors.isEmpty());
        // The client tries again, on another broker if there is one, and tells of the last try.
        MQClientException error = assertInstanceOf(MQClientException.class, errors.element());
        assertEquals(SYSTEM_ERROR, error.getResponseCode());
        assertTrue(("" + error.getCause()).contains("not found"), "" + error.getCause());
    }

    private interface Answering {
        void answer(MessageExt request) throws Exception;
    }

    private static void answerIn(Clients clients, String topic) throws Exception {
        DefaultMQProducer answering = clients.producer();
        listen(clients, topic, request -> answering.send(reply(request), TIMEOUT_MS));
    }

    private static void listen(Clients clients, String topic, Answering answering)
            throws Exception {
        MessageListenerConcurrently listener =
                (batch, context) -> {
                    try {
                        for (MessageExt request : batch) {
                            answering.answer(request);
                        }
                        return ConsumeConcurrentlyStatus.CONSUME_SUCCESS;
                    } catch (Exception e) {
                        return ConsumeConcurrentlyStatus.RECONSUME_LATER;
                    }
                };
        clients.consume(clients.freshName(), topic, listener);
    }

    private static Message reply(MessageExt request) throws Exception {
        return MessageUtil.createReplyMessage(
                request, Clients.bytes("reply to " + Inbox.body(request)));
    }

    private static String text(Message message) {
        return new String(message.getBody(), StandardCharsets.UTF_8);
    }
}
