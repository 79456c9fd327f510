package io.sluice.server.dispatch;

import io.sluice.engine.broker.Broker;
import io.sluice.engine.catalog.Topic;
import io.sluice.engine.schedule.Transactions;
import io.sluice.engine.schedule.Transactions.Decision;
import io.sluice.protocol.DecideTransactionHeader;
import io.sluice.protocol.EndTransactionHeader;
import io.sluice.protocol.ListTransactionsHeader;
import io.sluice.protocol.MessageId;
import io.sluice.protocol.ResponseCode;
import io.sluice.protocol.ResumeCheckHalfMessageHeader;
import io.sluice.protocol.TransactionList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Producers and operators decide transactions; operators look at those that nobody decides. */
final class TransactionHandler {
    private static final Logger LOG = LoggerFactory.getLogger(TransactionHandler.class);
    private static final int COUNT_MAX = 1_000;

    private final Broker broker;

    TransactionHandler(Broker broker) {
        this.broker = broker;
    }

    /** A producer decides, or says that it cannot yet: then it is asked again. */
    void end(Request request) {
        EndTransactionHeader fields = EndTransactionHeader.decode(request.header());
        switch (fields.commitOrRollback()) {
            case EndTransactionHeader.UNKNOWN -> request.answer(Answer.DONE);
            case EndTransactionHeader.COMMIT -> end(request, fields, true);
            case EndTransactionHeader.ROLLBACK -> end(request, fields, false);
            default ->
                    request.fail(
                            ResponseCode.INVALID_PARAMETER,
                            "commitOrRollback is %d; it is 8 to commit, 12 to roll back, 0 if unknown"
                                    .formatted(fields.commitOrRollback()));
        }
    }

    private void end(Request request, EndTransactionHeader fields, boolean commit) {
        long id = fields.commitLogOffset();
        broker.transactions()
                .end(
                        id,
                        fields.producerGroup(),
                        commit,
                        request.answering(decision -> decided(id, commit, decision)));
    }

    void decide(Request request) {
        DecideTransactionHeader fields = DecideTransactionHeader.decode(request.header());
        long id = fields.id();
        boolean commit = fields.commit();
        broker.transactions()
                .end(
                        id,
                        null,
                        commit,
                        request.answering(decision -> decided(id, commit, decision)));
    }

    /** One who comes second with another decision is told the first one. */
    private static Answer decided(long id, boolean commit, Decision decision) {
        if (commit == (decision == Decision.COMMITTED)) {
            return Answer.DONE;
        }
        String what =
                switch (decision) {
                    case COMMITTED -> "was committed";
                    case ROLLED_BACK -> "was rolled back";
                    case EXPIRED -> "was rolled back, because nobody had decided it in time";
                };
        LOG.info("a late {} of transaction {}, which {}", commit ? "commit" : "rollback", id, what);
        return Answer.error(
                ResponseCode.ILLEGAL_OPERATION,
                "transaction %d %s; that was the first decision, and it stands"
                        .formatted(id, what));
    }

    void resume(Request request) {
        ResumeCheckHalfMessageHeader fields = ResumeCheckHalfMessageHeader.decode(request.header());
        long id;
        try {
            id = MessageId.parse(fields.msgId()).position();
        } catch (IllegalArgumentException e) {
            request.fail(ResponseCode.INVALID_PARAMETER, "" + e.getMessage());
            return;
        }
        broker.transactions().resume(id, request.answering(resumed -> Answer.DONE));
    }

    void list(Request request) {
        ListTransactionsHeader fields = ListTransactionsHeader.decode(request.header());
        broker.transactions()
                .list(
                        fields.after(),
                        Math.clamp(fields.countMax(), 1, COUNT_MAX),
                        request.answering(open ->
                                Answer.ok(
                                        new TransactionList(open.stream().map(this::entry).toList())
                                                .encode())));
    }

    private TransactionList.Entry entry(Transactions.Open open) {
        Topic topic = broker.catalog().topic(open.topicId());
        return new TransactionList.Entry(
                open.id(),
                topic == null ? "" : topic.name(),
                open.queueId(),
                open.group(),
                open.sinceMs(),
                open.checks(),
                open.nextMs(),
                open.isGivenUp());
    }
}
