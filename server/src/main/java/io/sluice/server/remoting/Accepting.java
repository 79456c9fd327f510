package io.sluice.server.remoting;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches one listening socket. If no connection can be accepted, most likely since the process has
 * no file descriptor left, it says so once and tries again every second: those who come wait at the
 * door meanwhile, and those who are in are served.
 */
final class Accepting extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(Accepting.class);
    private static final long AGAIN_AFTER_MS = 1000;

    private boolean failing;

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (failing) {
            failing = false;
            LOG.info("{} accepts connections again", context.channel().localAddress());
        }
        context.fireChannelRead(message);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (!failing) {
            failing = true;
            LOG.warn(
                    "{} cannot accept connections, and tries again every second: {}",
                    context.channel().localAddress(),
                    cause.getMessage());
        }
        context.channel().config().setAutoRead(false);
        var _ =
                context.channel()
                        .eventLoop()
                        .schedule(
                                () -> context.channel().config().setAutoRead(true),
                                AGAIN_AFTER_MS,
                                TimeUnit.MILLISECONDS);
    }
}
