package io.sluice.server.dispatch;

import io.netty.buffer.ByteBufAllocator;
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

    /** Ends the connection. */
    void close(String reason);
}
