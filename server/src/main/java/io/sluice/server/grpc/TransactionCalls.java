package io.sluice.server.grpc;

import apache.rocketmq.v2.Code;
import apache.rocketmq.v2.EndTransactionRequest;
import apache.rocketmq.v2.EndTransactionResponse;
import io.sluice.engine.broker.Broker;
import io.sluice.engine.catalog.Topic;
import io.sluice.engine.schedule.Transactions.Decision;
import java.util.HexFormat;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Producers decide transactions. The producer group of a transaction is its topic's name, since
 * clients of this protocol have no other. A transaction's id is its position, in hexadecimal
 * digits.
 */
final class TransactionCalls {
    private static final Logger LOG = LoggerFactory.getLogger(TransactionCalls.class);
    private static final int DIGITS = 16;

    private final Broker broker;

    TransactionCalls(Broker broker) {
        this.broker = broker;
    }

    /** The id of a transaction, for clients. */
    static String text(long id) {
        return HexFormat.of().toHexDigits(id);
    }

    private static long id(String text) {
        try {
            if (text.length() == DIGITS) {
                return HexFormat.fromHexDigitsToLong(text);
            }
        } catch (IllegalArgumentException e) {
            LOG.debug("no transaction: {}", text, e);
        }
        throw new CallFault(
                Code.INVALID_TRANSACTION_ID,
                "it is no transaction id of this server: take it from the answer to the send");
    }

    void end(EndTransactionRequest request, Reply<EndTransactionResponse> reply) {
        Topic topic = Resources.topic(broker.catalog(), request.getTopic());
        long id = id(request.getTransactionId());
        switch (request.getResolution()) {
            case COMMIT -> end(topic, id, true, reply);
            case ROLLBACK -> end(topic, id, false, reply);
            case TRANSACTION_RESOLUTION_UNSPECIFIED -> reply.give(done()); // it is asked again
            case UNRECOGNIZED ->
                    throw new CallFault(
                            Code.BAD_REQUEST,
                            "an unknown resolution: a transaction is committed or rolled back");
        }
    }

    private void end(Topic topic, long id, boolean commit, Reply<EndTransactionResponse> reply) {
        broker.transactions()
                .end(
                        id,
                        topic.name(),
                        commit,
                        reply.answering(decision -> {
                            if (commit != (decision == Decision.COMMITTED)) {
                                throw late(id, commit, decision);
                            }
                            return done();
                        }));
    }

    /** One who comes second with another decision is told the first one. */
    private static CallFault late(long id, boolean commit, Decision decision) {
        String what =
                switch (decision) {
                    case COMMITTED -> "was committed";
                    case ROLLED_BACK -> "was rolled back";
                    case EXPIRED -> "was rolled back, because nobody had decided it in time";
                };
        LOG.info("a late {} of transaction {}, which {}", commit ? "commit" : "rollback", id, what);
        return new CallFault(
                Code.INVALID_TRANSACTION_ID,
                "the transaction %s; that was the first decision, and it stands".formatted(what));
    }

    private static EndTransactionResponse done() {
        return EndTransactionResponse.newBuilder().setStatus(Statuses.OK).build();
    }
}
