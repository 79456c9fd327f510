package io.sluice.simulator.run;

import io.sluice.simulator.model.Promise;
import io.sluice.simulator.world.Disk;
import io.sluice.simulator.world.World;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/** Whether a broker that replays the log is in the state that another one lived. */
final class Replays {
    private final World world;
    private final Node node;

    Replays(World world, Node node) {
        this.world = world;
        this.node = node;
    }

    /**
     * Replays a copy of a disk.
     *
     * @param lived the state
     * @param segment that in which it was lived
     * @param footers how many of the newest are taken away before
     */
    void compare(String how, ByteBuffer lived, int segment, Disk disk, int footers)
            throws IOException {
        Disk copy = disk.copy(world);
        String firstLog =
                copy.fileNames().stream().filter(n -> n.endsWith(".log")).findFirst().orElse("");
        List<String> names =
                copy.fileNames().stream()
                        .filter(name -> name.endsWith(".footer") && name.compareTo(firstLog) >= 0)
                        .toList(); // those below tell what was before the log begins
        if (footers > names.size()) {
            return;
        }
        names.reversed().subList(0, footers).forEach(copy::remove);
        Node.Replayed replayed = node.replay(copy);
        if (replayed.segment() == segment && !replayed.state().equals(lived)) {
            node.model()
                    .judge()
                    .violated(
                            Promise.REPLAY, "the state that was " + how + " is not the one lived");
        }
    }
}
