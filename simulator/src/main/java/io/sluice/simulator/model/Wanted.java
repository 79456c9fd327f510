package io.sluice.simulator.model;

import io.sluice.engine.queue.QueueRef;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which messages the group that receives wants. What one receiver does not want is passed over for
 * the whole group; what none of them wants nobody is handed.
 */
public final class Wanted {
    private final Judge judge;
    private final Set<Integer> asked = new TreeSet<>();

    Wanted(Judge judge) {
        this.judge = judge;
    }

    /**
     * Somebody asks for messages.
     *
     * @param tags a bit for each; 0 for all; the complement of the number of one of {@link
     *     Expressions}
     */
    public void asked(int tags) {
        asked.add(tags);
    }

    /** Whether somebody may have passed over a message that he did not want. */
    boolean mayBePassedOver(Sent sent) {
        return asked.stream().anyMatch(tags -> !Queues.wants(tags, sent));
    }

    /** A message was handed out. */
    public void require(QueueRef queue, long offset, Queues queues) {
        int send = queues.queue(queue).sendAt(offset);
        if (send >= 0
                && !judge.isForgotten(queue.topicId())
                && asked.stream().noneMatch(tags -> Queues.wants(tags, queues.sends().get(send)))) {
            judge.violated(
                    Promise.UNALTERED,
                    "%s was handed out, and all receivers want is %s"
                            .formatted(queues.sends().get(send), asked));
        }
    }
}
