package io.sluice.server.dispatch;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.sluice.engine.broker.Broker;
import io.sluice.engine.broker.TransactionDesk;
import io.sluice.engine.catalog.Topic;
import io.sluice.engine.message.Message;
import io.sluice.engine.message.Properties;
import io.sluice.protocol.MessageId;
import io.sluice.protocol.ResponseCode;
import io.sluice.protocol.SendMessageHeader;
import io.sluice.protocol.SendMessageResponse;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Stores the messages of transactions, which nobody sees before they are committed. What it answers
 * lets the producer's next request, the decision, name the transaction.
 */
final class HalfSender {
    private static final byte[] FIRST_CHECK = "CHECK_IMMUNITY_TIME_IN_SECONDS".getBytes(US_ASCII);
    private static final long SECONDS_MAX = 100L * 365 * 24 * 3600;

    /** It comes back with the decision, and decides nothing. */
    private static final long NO_OFFSET = 0;

    private final Broker broker;
    private final InetSocketAddress storeHost;

    HalfSender(Broker broker, InetSocketAddress storeHost) {
        this.broker = broker;
        this.storeHost = storeHost;
    }

    /** Whether a message is one of a transaction. */
    static boolean isHalf(byte[] properties, int marks) {
        return (marks & SendProperties.TRANSACTIONAL) != 0
                && Boolean.parseBoolean(
                        Properties.text(properties, SendProperties.TRANSACTION_PREPARED));
    }

    /** The properties that a consumer will see: by TRAN_MSG its client tells it a transaction. */
    static byte[] visible(SendMessageHeader fields, byte[] properties) {
        byte[] visible = Properties.without(properties, Properties.DELAY);
        return Properties.text(visible, Properties.PRODUCER_GROUP) == null
                ? Properties.with(visible, Properties.PRODUCER_GROUP, fields.producerGroup())
                : visible;
    }

    /**
     * Stores a half message.
     *
     * @param sent the properties that the client sent
     */
    void send(
            Request request, Topic topic, int queueId, Message half, byte[] sent, int delayLevel) {
        String group = Properties.text(half.properties(), Properties.PRODUCER_GROUP);
        if (group == null || group.isEmpty()) {
            request.fail(
                    ResponseCode.MESSAGE_ILLEGAL,
                    "a transactional message names its producer group, in the property PGROUP");
            return;
        }
        String transactionId = Properties.text(sent, Properties.UNIQUE_KEY);
        broker.transactions()
                .prepare(
                        topic,
                        queueId,
                        half,
                        firstCheckMs(sent),
                        delayLevel,
                        request.answering(id -> prepared(id, queueId, transactionId)));
    }

    private Answer prepared(long id, int queueId, @Nullable String transactionId) {
        String messageId = new MessageId(storeHost, id).toString();
        var response = new SendMessageResponse(messageId, queueId, NO_OFFSET, transactionId, null);
        return Answer.ok(response::encode);
    }

    /** As RocketMQ, what is no number says nothing. */
    private static long firstCheckMs(byte[] properties) {
        String seconds = Properties.text(properties, FIRST_CHECK);
        try {
            long wanted = seconds == null ? -1 : Long.parseLong(seconds);
            return wanted < 0 ? TransactionDesk.BY_RULE : Math.min(wanted, SECONDS_MAX) * 1000;
        } catch (NumberFormatException e) {
            return TransactionDesk.BY_RULE;
        }
    }
}
