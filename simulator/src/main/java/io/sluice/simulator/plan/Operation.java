package io.sluice.simulator.plan;

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
     * Somebody looks for all messages that have a key.
     *
     * @param perPage how many are given at a time
     */
    record FindByKey(int topic, int key, int perPage) implements Operation {}

    /** Somebody looks a message up by the position that its sender was told. */
    record FindByPosition(int pick) implements Operation {}

    /** Somebody asks for the offset of a time that lies so far back. */
    record FindByTime(int topic, int queue, int agoMs) implements Operation {}

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

    /**
     * An operator moves a group in a queue to where its consumer once was.
     *
     * @param back how many commits old that place is
     */
    record Reset(int group, int topic, int queue, int back) implements Operation {}
}
