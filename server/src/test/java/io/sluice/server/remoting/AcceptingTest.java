package io.sluice.server.remoting;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A listening socket that fails, by a hand-moved clock. */
class AcceptingTest {
    @Test
    void shouldRestASecondAfterAcceptingFailed() {
        EmbeddedChannel listener = new EmbeddedChannel(new Accepting());
        listener.freezeTime();
        for (int i = 0; i < 3; i++) {
            listener.pipeline().fireExceptionCaught(new IOException("Too many open files"));
            assertFalse(listener.config().isAutoRead());
            listener.advanceTimeBy(999, TimeUnit.MILLISECONDS);
            listener.runScheduledPendingTasks();
            assertFalse(listener.config().isAutoRead());
            listener.advanceTimeBy(1, TimeUnit.MILLISECONDS);
            listener.runScheduledPendingTasks();
            assertTrue(listener.config().isAutoRead());
        }
        var _ = listener.finish();
    }
}
