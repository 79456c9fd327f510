package io.sluice.simulator.run;

import java.util.ArrayList;
import java.util.List;

/** The memory of a group's consumer of one queue: it outlives the broker, and is lost with it. */
final class Reader {
    static final long UNKNOWN = -1;

    int groupId;
    int topicId;
    long next = UNKNOWN;
    boolean busy;

    /** Counts how often it has gone to the broker. */
    int round;

    /** Counts its lives, so that an answer to an earlier one is not taken for its own. */
    int life;

    /** How far it had come each time, newest last. */
    final List<Long> progress = new ArrayList<>();

    /** Begins anew, as a process that has just been started. */
    void vanish() {
        life++;
        next = UNKNOWN;
        busy = false;
        progress.clear();
    }

    /** An answer has not come in time: it is not wanted any more. */
    void giveUp() {
        life++;
        busy = false;
    }

    /** Begins anew if the group or topic is not the one that it knew. */
    void belongsTo(int group, int topic) {
        if (groupId != group || topicId != topic) {
            boolean wasBusy = busy;
            vanish();
            busy = wasBusy;
            groupId = group;
            topicId = topic;
        }
    }

    void consumedUpTo(long offset) {
        next = offset;
        progress.add(offset);
    }
}
