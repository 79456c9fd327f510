package io.sluice.simulator.plan;

import io.sluice.engine.group.Ordering;
import io.sluice.engine.shard.LiteAction;

/**
 * What a client or an operator asks of the broker. A new kind of request is a record here, a weight
 * in {@link Generator}, a case in {@code run.Clients} and what the model expects of it.
 *
 * <p>{@code topic} counts from 0; {@link #RETRY} is the retry topic of the operation's group.
 */
public sealed interface Operation extends Event {
    /** In place of a topic: the retry topic of the group. */
    int RETRY = -1;

    /**
     * A producer sends messages to a queue, all in one request.
     *
     * @param sizeBytes of each body
     * @param tag which of few tags; 0 for none
     * @param key which of few keys; 0 for none
     * @param delayMs 0 for now; else they are to be stored so much later
     */
    record Send(int topic, int queue, int count, int sizeBytes, int tag, int key, int delayMs)
            implements Operation {}

    /**
     * A producer that got no answer, or thinks so, sends a message again under the same unique key.
     *
     * @param pick which of those that were sent last
     * @param shift how many queues further on, if the first send was answered
     */
    record SendAgain(int pick, int shift) implements Operation {}

    /**
     * A group's consumer of a queue reads on where it was, or at its committed offset if it has
     * just begun, and consumes what it gets.
     *
     * @param count messages at most
     * @param suspendMs how long it waits for messages
     * @param sizeBytes of messages at most
     * @param failPerMille how many of them it fails to consume and gives back
     */
    record Consume(
            int group,
            int topic,
            int queue,
            int count,
            int sizeBytes,
            int suspendMs,
            int failPerMille)
            implements Operation {}

    /**
     * A consumer commits how far it has come.
     *
     * @param back how many commits old the progress is that it names: a client that answers late
     * @param raiseOnly whether a smaller offset than the committed one is to be ignored
     */
    record Commit(int group, int topic, int queue, int back, boolean raiseOnly)
            implements Operation {}

    /** A commit of an offset that is not in the queue. */
    record CommitNonsense(int group, int topic, int queue, boolean negative) implements Operation {}

    /** A group's consumer of a queue ends without a word; the next one begins anew. */
    record Vanish(int group, int topic, int queue) implements Operation {}

    /** Somebody asks where a group stands. */
    record AskOffset(int group, int topic, int queue) implements Operation {}

    /**
     * A consumer gives a message back that it had some time ago, perhaps for the second time.
     *
     * @param pick which of those it had
     * @param level delay level; 0 for the schedule, negative for the dead-letter queue
     */
    record GiveBack(int group, int pick, int level) implements Operation {}

    /**
     * Somebody reads a queue from anywhere.
     *
     * @param sizeBytes of messages at most
     * @param tags only those with one of these tags, a bit for each; 0 for all
     */
    record Browse(int topic, int queue, int fromPerMille, int sizeBytes, int tags)
            implements Operation {}

    /**
     * Somebody reads from anywhere in a queue what an SQL expression is true of.
     *
     * @param sizeBytes of messages at most
     * @param expression which of few
     * @param suspendMs how long it waits for such messages
     */
    record BrowseSql(
            int topic, int queue, int fromPerMille, int sizeBytes, int expression, int suspendMs)
            implements Operation {}

    /**
     * Somebody looks for all messages that have a key.
     *
     * @param perPage how many are given at a time
     */
    record FindByKey(int topic, int key, int perPage) implements Operation {}

    /** Somebody looks a message up by the position that its sender was told. */
    record FindByPosition(int pick) implements Operation {}

    /** Somebody asks for the offset of a time that lies so far back. */
    record FindByTime(int topic, int queue, int agoMs) implements Operation {}

    /**
     * A producer takes a delayed message back, perhaps for the second time, or too late.
     *
     * @param pick which of those that were delayed last
     */
    record Recall(int pick) implements Operation {}

    /** A client locks all queues of a topic for ordered consumption. */
    record Lock(int group, int client, int topic) implements Operation {}

    /** A client gives its locks on a topic back. */
    record Unlock(int group, int client, int topic) implements Operation {}

    /** A client leaves its group. */
    record Leave(int group, int client) implements Operation {}

    /** An operator creates a topic. */
    record CreateTopic(int topic, int queues) implements Operation {}

    /** An operator gives a topic one more queue. */
    record Grow(int topic) implements Operation {}

    /** An operator tries to take a queue away from a topic, which has to be refused. */
    record Shrink(int topic) implements Operation {}

    /**
     * An operator decides what a topic keeps.
     *
     * @param keepMs how long
     * @param keepKib how much; 0 for all
     */
    record Retain(int topic, int keepMs, int keepKib) implements Operation {}

    /** An operator deletes a topic. */
    record DeleteTopic(int topic) implements Operation {}

    /** An operator creates a group. */
    record CreateGroup(int group, int retryMax) implements Operation {}

    /** An operator deletes a group. */
    record DeleteGroup(int group) implements Operation {}

    /** An operator sends a group to another place of a queue, so far from its beginning. */
    record Reset(int group, int topic, int queue, int perMille) implements Operation {}

    /** A producer asks how many queues a topic has. */
    record Learn(int topic) implements Operation {}

    /**
     * A producer sends a message that is not to be seen until it is committed.
     *
     * @param delayLevel how long after that it is delivered; 0 for at once
     */
    record SendHalf(int topic, int queue, int sizeBytes, int tag, int key, int delayLevel)
            implements Operation {}

    /** Who decides a transaction. */
    enum By {
        PRODUCER,
        OPERATOR,
        /** A producer of another group, who must not. */
        STRANGER
    }

    /**
     * Somebody commits a transaction or rolls it back, be it decided or not.
     *
     * @param pick which of those known; an even number, one of the newest
     * @param again how often that is asked for again at the same time, the third time with the
     *     other decision
     */
    record Decide(int pick, boolean commit, By by, int again) implements Operation {}

    /** An operator looks at what is undecided. */
    record ListUndecided() implements Operation {}

    /**
     * A consumer of the group that receives is handed messages for a time; whether it acknowledges
     * them is decided by later operations.
     *
     * @param queue -1 for any
     * @param holdMs for how long
     * @param suspendMs how long it waits for messages
     * @param ordering in which order it wants a queue's messages
     * @param tags which new messages it wants: those with one of these tags, a bit for each; 0 for
     *     all; the complement of the number of an expression
     * @param again whether it has not got the answer to the last one in order, and repeats that
     */
    record Receive(
            int topic,
            int queue,
            int count,
            int sizeBytes,
            int holdMs,
            int suspendMs,
            Ordering ordering,
            int tags,
            boolean again)
            implements Operation {
        /** Whether it wants any order. */
        public boolean ordered() {
            return ordering != Ordering.NONE;
        }
    }

    /**
     * A client goes away that waits for messages.
     *
     * @param pick which of those that came lately, the newest first
     */
    record GoAway(int pick) implements Operation {}

    /** An operator sends the group that receives somewhere else in a queue. */
    record ResetReceivers(int topic, int queue, int perMille) implements Operation {}

    /**
     * A consumer acknowledges a message that it was handed some time ago, perhaps too late, perhaps
     * for the second time.
     *
     * @param pick which of those handed out lately, the newest first
     */
    record Acknowledge(int pick) implements Operation {}

    /** A producer sends a message to a lite topic. */
    record SendLite(int name, int sizeBytes) implements Operation {}

    /**
     * A client says of which lite topics it wants messages.
     *
     * @param names a bit for each
     */
    record WantLites(int client, LiteAction action, int names) implements Operation {}

    /**
     * A client is handed messages of one of the lite topics that it wants, in order, for a time.
     *
     * @param holdMs for how long
     * @param suspendMs how long it waits for messages
     */
    record ReceiveLite(int client, int count, int holdMs, int suspendMs) implements Operation {}

    /**
     * A client acknowledges what it was handed of a lite topic, perhaps too late or twice.
     *
     * @param pick which of those handed out lately, the newest first
     */
    record AcknowledgeLite(int pick) implements Operation {}

    /** A consumer wants a message for so long from now on, or gives it back. */
    record Extend(int pick, int holdMs) implements Operation {}
}
