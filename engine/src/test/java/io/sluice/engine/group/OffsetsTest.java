package io.sluice.engine.group;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Where groups begin, what forgetting takes along, and that a checkpoint holds all of it. */
final class OffsetsTest {
    private static ByteBuffer checkpoint(Offsets offsets) {
        ByteBuffer out = ByteBuffer.allocate(offsets.checkpointSizeBytes());
        offsets.writeTo(out);
        assertFalse(out.hasRemaining());
        return out.flip();
    }

    @Test
    void shouldKnowAnAddedQueueFromOneNotReadYet() {
        Offsets offsets = new Offsets();
        assertEquals(Offsets.NONE, offsets.start(1, 2, 0));
        offsets.join(1, 2, 4);
        offsets.join(1, 2, 8);
        assertEquals(Offsets.NONE, offsets.start(1, 2, 3));
        assertEquals(0, offsets.start(1, 2, 4));
        offsets.commit(1, 2, 6, 10);
        assertEquals(10, offsets.start(1, 2, 6));
        assertEquals(0, offsets.start(1, 2, 5));
        assertEquals(Offsets.NONE, offsets.committed(1, 2, 5));
    }

    @Test
    void shouldTellWhoHasJoinedWhat() {
        Offsets offsets = new Offsets();
        offsets.join(1, 2, 4);
        offsets.commit(1, 2, 1, 10);
        offsets.join(1, 3, 1);
        offsets.join(2, 2, 1);
        assertEquals(List.of(2, 3), offsets.joinedBy(1).stream().map(Joined::topicId).toList());
        assertEquals(List.of(1, 2), offsets.joinedTo(2).stream().map(Joined::groupId).toList());
        assertEquals(List.of(), offsets.joinedBy(3));
        Joined first = offsets.joinedBy(1).getFirst();
        for (int queueId = 0; queueId < 6; queueId++) {
            assertEquals(offsets.start(1, 2, queueId), first.start(queueId));
        }
    }

    @Test
    void shouldForgetOneGroupOrTopicAndNoOther() {
        Offsets offsets = new Offsets();
        for (int group = 1; group <= 3; group++) {
            for (int topic = 1; topic <= 3; topic++) {
                offsets.join(group, topic, 1);
            }
        }
        offsets.forgetGroup(2);
        assertEquals(List.of(1, 3), offsets.groupIds());
        offsets.forgetTopic(1);
        assertEquals(List.of(2, 3), offsets.topicIds());
        assertTrue(offsets.joined(1, 2));
        assertFalse(offsets.joined(1, 1));
        assertFalse(offsets.joined(2, 2));
    }

    @Test
    void shouldIgnoreACommitByAGroupThatNeverJoined() {
        Offsets offsets = new Offsets();
        offsets.commit(1, 2, 0, 10);
        assertEquals(Offsets.NONE, offsets.committed(1, 2, 0));
        assertEquals(4, checkpoint(offsets).remaining());
    }

    @Test
    void shouldComeBackFromACheckpoint() {
        Random random = new Random(1);
        Offsets offsets = new Offsets();
        for (int i = 0; i < 2_000; i++) {
            int group = random.nextInt(20);
            int topic = random.nextInt(20);
            offsets.join(group, topic, random.nextInt(8));
            offsets.commit(group, topic, random.nextInt(16), random.nextLong(1L << 40));
        }
        Offsets restored = new Offsets();
        restored.readFrom(checkpoint(offsets));
        assertEquals(checkpoint(offsets), checkpoint(restored));
        for (int group = 0; group < 20; group++) {
            for (int queue = 0; queue < 20; queue++) {
                assertEquals(offsets.start(group, 7, queue), restored.start(group, 7, queue));
            }
        }
    }
}
