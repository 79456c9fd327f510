package io.sluice.engine.broker;

import io.sluice.engine.shard.Command;
import io.sluice.engine.shard.Shard;
import org.jspecify.annotations.Nullable;

/**
 * A request that may wait in the shard, once or again and again, for as long as its asker is there.
 * Any thread.
 */
final class Waiter {
    private final Shard shard;
    private final Asker asker;
    private volatile Command.@Nullable Waiting waiting;
    private volatile boolean gone;

    Waiter(Shard shard, Asker asker) {
        this.shard = shard;
        this.asker = asker;
    }

    boolean submit(Command.Waiting command) {
        return submit(command, command);
    }

    /**
     * Hands a command over; false if the shard has too much to do.
     *
     * @param waits what waits because of it
     */
    boolean submit(Command command, Command.Waiting waits) {
        boolean first = waiting == null;
        waiting = waits;
        if (first) { // most requests are answered without any waiting
            asker.whenGone(this::end);
        }
        boolean submitted = shard.submit(command);
        if (gone) {
            cancel(waits); // it may not have been there when the asker went
        }
        return submitted;
    }

    private void end() {
        gone = true;
        Command.Waiting last = waiting;
        if (last != null) {
            cancel(last);
        }
    }

    /** If the shard has too much to do for that, it waits until its time is over. */
    private void cancel(Command.Waiting waits) {
        boolean _ = shard.submit(new Command.Cancel(waits));
    }
}
