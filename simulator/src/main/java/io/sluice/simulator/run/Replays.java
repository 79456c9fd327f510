package io.sluice.simulator.run;

import io.sluice.simulator.model.Promise;
import io.sluice.simulator.world.Disk;
import io.sluice.simulator.world.World;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/** Compares the state that was lived with what a copy of the disk is replayed to. */
final class Replays {
    private final World world;
    private final Node node;

    Replays(World world, Node node) {
        this.world = world;
        this.node = node;
    }

    /**
     * Both have to be the same, to the byte, if the log goes on in the same segment.
     *
     * @param how it is replayed, in words
     * @param segment the one in which the log was
     * @param footers how many of the newest are not there
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
