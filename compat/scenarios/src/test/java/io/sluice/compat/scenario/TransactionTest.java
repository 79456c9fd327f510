package io.sluice.compat.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.compat.harness.Await;
import io.sluice.compat.harness.Feature;
import io.sluice.compat.harness.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.client.producer.LocalTransactionState;
import org.apache.rocketmq.client.producer.SendStatus;
import org.apache.rocketmq.client.producer.TransactionListener;
import org.apache.rocketmq.client.producer.TransactionMQProducer;
import org.apache.rocketmq.client.producer.TransactionSendResult;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageExt;
import org.junit.jupiter.api.Test;

/** Transactional messages; checks come soon and often on this server. */
@Scenario
@Feature("Transactions: decisions, checks, crashes of either side")
class TransactionTest {
    private static final Map<String, String> SETTINGS =
            Map.of(
                    "transaction-check-first", "1s",
                    "transaction-check-interval", "1s",
                    "transaction-checks", "1000");

    /** Decides by what the body says, and remembers what it was asked. */
    private static final class Bank implements TransactionListener {
        final Queue<String> executed = new ConcurrentLinkedQueue<>();
        final Queue<MessageExt> checked = new ConcurrentLinkedQueue<>();
        final Map<String, LocalTransactionState> known = new ConcurrentHashMap<>();
        volatile Runnable beforeDeciding = () -> {};

        @Override
        public LocalTransactionState executeLocalTransaction(Message message, Object argument) {
            executed.add(message.getTransactionId());
            beforeDeciding.run();
            return (LocalTransactionState) argument;
        }

        @Override
        public LocalTransactionState checkLocalTransaction(MessageExt message) {
            checked.add(message);
            return known.getOrDefault(Inbox.body(message), LocalTransactionState.UNKNOW);
        }

        List<String> checkedBodies() {
            return checked.stream().map(Inbox::body).toList();
        }
    }

    private static TransactionMQProducer producer(Clients clients, String group, Bank bank)
            throws MQClientException {
        TransactionMQProducer producer = clients.transactionProducer(group);
        producer.setTransactionListener(bank);
        clients.start(producer);
        return producer;
    }

    private static TransactionSendResult send(
            TransactionMQProducer producer, String topic, String body, LocalTransactionState state)
            throws Exception {
        TransactionSendResult result =
                producer.sendMessageInTransaction(Clients.message(topic, "tag", body), state);
        assertEquals(SendStatus.SEND_OK, result.getSendStatus());
        return result;
    }

    @Test
    void shouldDeliverWhatIsCommittedAndNothingElse() throws Exception {
        try (Target server = Target.launch("transactions", SETTINGS);
                Clients clients = new Clients(server, "transactions")) {
            String topic = clients.topic(2);
            Inbox inbox = new Inbox();
            clients.consume(clients.freshName(), topic, inbox);
            Bank bank = new Bank();
            TransactionMQProducer producer = producer(clients, clients.freshName(), bank);

            List<String> committed = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                TransactionSendResult result =
                        send(producer, topic, "yes" + i, LocalTransactionState.COMMIT_MESSAGE);
                assertNotNull(result.getTransactionId());
                committed.add("yes" + i);
                send(producer, topic, "no" + i, LocalTransactionState.ROLLBACK_MESSAGE);
            }
            bank.known.put("asked yes", LocalTransactionState.COMMIT_MESSAGE);
            bank.known.put("asked no", LocalTransactionState.ROLLBACK_MESSAGE);
            send(producer, topic, "asked no", LocalTransactionState.UNKNOW);
            send(producer, topic, "asked yes", LocalTransactionState.UNKNOW);
            committed.add("asked yes");

            inbox.awaitExactly(committed);
            MessageExt first = inbox.messages().get(0);
            assertEquals(topic, first.getTopic());
            assertEquals("tag", first.getTags());
            assertTrue(bank.executed.contains(first.getTransactionId()));
        }
    }

    @Test
    void shouldAskAgainUntilTheProducerKnows() throws Exception {
        try (Target server = Target.launch("transaction-unknown", SETTINGS);
                Clients clients = new Clients(server, "unknown")) {
            String topic = clients.topic(2);
            Inbox inbox = new Inbox();
            clients.consume(clients.freshName(), topic, inbox);
            Bank bank = new Bank();
            TransactionMQProducer producer = producer(clients, clients.freshName(), bank);
            TransactionSendResult result =
                    send(producer, topic, "patience", LocalTransactionState.UNKNOW);

            Await.until("it was asked for twice", () -> bank.checked.size() >= 2);
            assertEquals(List.of(), inbox.bodies());
            MessageExt asked = bank.checked.element();
            assertEquals(topic, asked.getTopic());
            assertEquals(result.getTransactionId(), asked.getTransactionId());
            assertEquals("1", asked.getUserProperty("TRANSACTION_CHECK_TIMES"));
            bank.known.put("patience", LocalTransactionState.COMMIT_MESSAGE);

            inbox.awaitExactly(List.of("patience"));
        }
    }

    @Test
    void shouldAskAnotherProducerOfTheGroupWhenOneDiesInTheMiddle() throws Exception {
        try (Target server = Target.launch("transaction-death", SETTINGS);
                Clients clients = new Clients(server, "death")) {
            String topic = clients.topic(2);
            String group = clients.freshName();
            Inbox inbox = new Inbox();
            clients.consume(clients.freshName(), topic, inbox);
            Bank other = new Bank();
            other.known.put("orphan", LocalTransactionState.COMMIT_MESSAGE);
            TransactionMQProducer surviving = producer(clients, group, other);
            send(surviving, topic, "alive", LocalTransactionState.COMMIT_MESSAGE);
            TransactionMQProducer dying = producer(clients, group, new Bank());
            send(dying, topic, "orphan", LocalTransactionState.UNKNOW);
            dying.shutdown();

            inbox.awaitExactly(List.of("alive", "orphan"));
            assertTrue(other.checkedBodies().contains("orphan"));
        }
    }

    @Test
    void shouldKeepAHalfMessageWhenTheServerIsKilledBeforeTheDecision() throws Exception {
        try (Target server = Target.launch("transaction-kill", SETTINGS);
                Clients clients = new Clients(server, "kill")) {
            String topic = clients.topic(2);
            Inbox inbox = new Inbox();
            Bank bank = new Bank();
            bank.known.put("survivor", LocalTransactionState.COMMIT_MESSAGE);
            bank.known.put("victim", LocalTransactionState.ROLLBACK_MESSAGE);
            TransactionMQProducer producer = producer(clients, clients.freshName(), bank);
            send(producer, topic, "victim", LocalTransactionState.UNKNOW);
            bank.beforeDeciding =
                    () -> {
                        server.kill();
                        server.start();
                    };
            send(producer, topic, "survivor", LocalTransactionState.UNKNOW);

            clients.consume(clients.freshName(), topic, inbox);
            inbox.awaitExactly(List.of("survivor"));
            bank.beforeDeciding = server::stop;
            send(producer, topic, "decided while it was down", LocalTransactionState.COMMIT_MESSAGE);
            bank.known.put("decided while it was down", LocalTransactionState.COMMIT_MESSAGE);
            server.start();
            inbox.awaitExactly(List.of("survivor", "decided while it was down"));
        }
    }
}
