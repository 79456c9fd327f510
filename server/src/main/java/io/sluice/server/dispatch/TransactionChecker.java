package io.sluice.server.dispatch;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.sluice.engine.broker.Broker;
import io.sluice.engine.message.Message;
import io.sluice.engine.message.Properties;
import io.sluice.engine.message.StoredMessage;
import io.sluice.engine.shard.HalfMessage;
import io.sluice.engine.shard.Outcome;
import io.sluice.engine.shard.TransactionCheck;
import io.sluice.protocol.CheckTransactionStateHeader;
import io.sluice.protocol.MessageId;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks producers what became of their transactions: any that is connected, another one each time.
 * The answer comes as a request of theirs, or does not.
 */
public final class TransactionChecker {
    private static final Logger LOG = LoggerFactory.getLogger(TransactionChecker.class);

    /** How often producers were asked, as RocketMQ tells their listeners. */
    private static final byte[] CHECK_TIMES = "TRANSACTION_CHECK_TIMES".getBytes(US_ASCII);

    private static final int ADDED_SIZE_BYTES_MAX = 64;

    private final Broker broker;
    private final Clients clients;
    private final InetSocketAddress storeHost;

    /**
     * @param storeHost resolved; where message ids say that messages are
     */
    public TransactionChecker(Broker broker, Clients clients, InetSocketAddress storeHost) {
        this.broker = broker;
        this.clients = clients;
        this.storeHost = storeHost;
    }

    /** Asks. Never blocks; any thread. */
    public void ask(TransactionCheck check) {
        Peer producer = clients.producer(check.group());
        if (producer == null) {
            LOG.debug("no producer of group {} is here to be asked", check.group());
            return;
        }
        broker.transactions()
                .read(
                        check.id(),
                        outcome -> {
                            if (outcome instanceof Outcome.Done<HalfMessage>(HalfMessage half)) {
                                ask(producer, check, half.stored());
                            } // or it was decided just now, or cannot be read, which was logged
                        });
    }

    private void ask(Peer producer, TransactionCheck check, ByteBuffer stored) {
        byte[] properties = StoredMessage.properties(stored, 0);
        String transactionId = Properties.text(properties, Properties.UNIQUE_KEY);
        var header =
                new CheckTransactionStateHeader(
                        new String(StoredMessage.topic(stored, 0), StandardCharsets.UTF_8),
                        0,
                        check.id(),
                        transactionId,
                        transactionId,
                        new MessageId(storeHost, check.id()).toString(),
                        RouteHandler.BROKER_NAME);
        byte[] body = body(stored, withTimes(properties, check.times()), check.id());
        producer.checkTransaction(header, body);
    }

    private static byte[] withTimes(byte[] properties, int times) {
        if (properties.length + ADDED_SIZE_BYTES_MAX > Broker.PROPERTIES_SIZE_BYTES_MAX) {
            return properties;
        }
        return Properties.with(properties, CHECK_TIMES, Integer.toString(times));
    }

    /** The message as the producer's listener sees it: as sent, and where it was stored. */
    private static byte[] body(ByteBuffer stored, byte[] properties, long position) {
        Message message =
                Message.again(
                        stored,
                        0,
                        0,
                        StoredMessage.topic(stored, 0),
                        StoredMessage.reconsumeTimes(stored, 0),
                        properties);
        byte[] host = StoredMessage.storeHost(stored, 0);
        int sizeBytes = StoredMessage.sizeBytes(message, host.length);
        ByteBuffer out = ByteBuffer.allocate(sizeBytes);
        StoredMessage.write(
                out,
                message,
                sizeBytes,
                StoredMessage.queueId(stored, 0),
                0,
                position,
                StoredMessage.storeMs(stored, 0),
                host);
        return out.array();
    }
}
