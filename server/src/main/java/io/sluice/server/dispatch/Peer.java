package io.sluice.server.dispatch;

import io.netty.buffer.ByteBufAllocator;
import io.sluice.protocol.CheckTransactionStateHeader;
import io.sluice.protocol.ConsumeMessageDirectlyHeader;
import io.sluice.protocol.GetConsumerRunningInfoHeader;
import io.sluice.protocol.NotifyConsumerIdsChangedHeader;
import io.sluice.protocol.RequestCode;
import java.net.InetSocketAddress;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * The other end of one connection. As an executor it runs tasks on the connection's event loop, in
 * order, but not while the peer is too slow to take what it has asked for. Safe to use from any
 * thread.
 */
public interface Peer extends Executor {
    /** Where the peer is. */
    InetSocketAddress remoteAddress();

    /** By which of our addresses the peer came. */
    InetSocketAddress localAddress();

    /** {@link #remoteAddress} as stored messages carry it: 8 bytes, 20 with IPv6; not a copy. */
    byte[] host();

    /** Whether it is still connected; once false, it stays so. */
    boolean open();

    /** Where bodies of answers to this peer are allocated. */
    ByteBufAllocator allocator();

    /** Tells the peer something that wants no answer, if it keeps up with reading. */
    void tell(Call call);

    /**
     * Asks the peer something.
     *
     * @param withinMs how long to wait for the answer
     * @param reply given exactly once, mostly on this peer's event loop: it must not block
     */
    void ask(Call call, long withinMs, Consumer<Reply> reply);

    /** Tells the peer, if it keeps up with reading, that a group's members have changed. */
    default void notifyMembersChanged(NotifyConsumerIdsChangedHeader change) {
        tell(Call.of(RequestCode.NOTIFY_CONSUMER_IDS_CHANGED, change::encode));
    }

    /** Whether it could be told something now. */
    default boolean reachable() {
        return open();
    }

    /**
     * Asks a producer what became of a transaction, if it keeps up with reading.
     *
     * @param message stored layout
     */
    default void checkTransaction(CheckTransactionStateHeader header, byte[] message) {
        tell(new Call(RequestCode.CHECK_TRANSACTION_STATE, header::encode, message));
    }

    /** Asks a consumer how it is doing; as {@link #ask}. */
    default void askRunningInfo(
            GetConsumerRunningInfoHeader question, long withinMs, Consumer<Reply> reply) {
        int code = RequestCode.GET_CONSUMER_RUNNING_INFO;
        ask(Call.of(code, question::encode), withinMs, reply);
    }

    /**
     * Has a consumer consume a message now; as {@link #ask}.
     *
     * @param message stored layout
     */
    default void askToConsume(
            ConsumeMessageDirectlyHeader question,
            byte[] message,
            long withinMs,
            Consumer<Reply> reply) {
        int code = RequestCode.CONSUME_MESSAGE_DIRECTLY;
        ask(new Call(code, question::encode, message), withinMs, reply);
    }

    /** Ends the connection. */
    void close(String reason);
}
