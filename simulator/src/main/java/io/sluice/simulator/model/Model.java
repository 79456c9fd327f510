package io.sluice.simulator.model;

import static java.util.Objects.requireNonNull;

import io.sluice.engine.message.StoredMessage;
import io.sluice.engine.queue.QueueRef;
import io.sluice.simulator.plan.Setting;
import io.sluice.simulator.plan.Setting.Profile;
import io.sluice.simulator.world.World;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The reference: what was sent, what was answered, what was seen since, and so what may be.
 * Everything that contradicts a {@link Promise} is told to {@link #violated}; the first one counts.
 *
 * <p>A message is known by the send and index that stand in its body. A queue belongs to an
 * incarnation of a topic, so what appears in the wrong incarnation is a phantom.
 */
public final class Model {
    private final World world;
    private final Setting setting;
    private final List<Sent> sends = new ArrayList<>();
    private final List<Integer> firstMessages = new ArrayList<>(); // number of each send's first
    private final Map<QueueRef, QueueModel> queues = new TreeMap<>(Model::compare);
    private final Map<Integer, Long> keepMs = new HashMap<>(); // the shortest retention, by topic
    private final Map<Progress, Commits> commits = new HashMap<>();
    private final Deliveries deliveries = new Deliveries();
    private final GivenBack givenBack = new GivenBack();
    private final Locks locks = new Locks();
    private final List<Skipped> skipped = new ArrayList<>();
    private final Set<Integer> forgotten = new HashSet<>(); // incarnations deleted, perhaps
    private final Set<String> gone = new TreeSet<>(); // topics that were deleted, perhaps
    private final CatalogModel catalog = new CatalogModel(this);
    private long latestWallMs;
    private final BitSet audited = new BitSet(); // by number of message
    private int lives = 1;
    private int messages;
    private int audit;
    private @Nullable String violation;
    private @Nullable Promise violated;

    private record Progress(int groupId, QueueRef queue) {}

    /** A reader that wanted one tag only was led from one offset to another. */
    private record Skipped(QueueRef queue, int tag, long from, long next, List<Long> got) {}

    public Model(World world, Setting setting) {
        this.world = world;
        this.setting = setting;
    }

    private static int compare(QueueRef a, QueueRef b) {
        return a.topicId() != b.topicId()
                ? Integer.compare(a.topicId(), b.topicId())
                : Integer.compare(a.queueId(), b.queueId());
    }

    // Verdict.

    /** A promise is broken. */
    public void violated(Promise promise, String what) {
        boolean owed = honest() || promise == Promise.UNALTERED || promise == Promise.ANSWERED;
        if (owed && violation == null) {
            violated = promise;
            violation = what;
        }
    }

    /** Which topics and groups there are. */
    public CatalogModel catalog() {
        return catalog;
    }

    /** What is wrong; null if nothing is. */
    public @Nullable String violation() {
        return violation;
    }

    /** The promise that is broken; null if none is. */
    public @Nullable Promise brokenPromise() {
        return violated;
    }

    /** Whether the disk of this history keeps its promises. */
    public boolean honest() {
        return setting.profile() == Profile.HONEST;
    }

    // Time.

    /** The wall clock is about to be set, or some time has passed. */
    public void clock() {
        latestWallMs = Math.max(latestWallMs, world.wallMs());
    }

    private long latestWallMs() {
        clock();
        return latestWallMs;
    }

    /** A topic keeps its messages for so long from now on. */
    public void keeps(int topicId, long ms) {
        keepMs.merge(topicId, ms, Math::min);
    }

    private boolean mayHaveExpired(int topicId, long storedMs) {
        long keeps = Math.min(setting.retentionMs(), keepMs.getOrDefault(topicId, Long.MAX_VALUE));
        return latestWallMs() - storedMs > keeps;
    }

    // Sending.

    /** A send is handed over; its bodies are {@link #body}. */
    public Sent sending(
            int topicId, int queueId, int count, int sizeBytes, int tag, int key, long dueMs) {
        Sent sent =
                new Sent(
                        sends.size(),
                        topicId,
                        queueId,
                        count,
                        sizeBytes,
                        tag,
                        key,
                        dueMs,
                        world.wallMs());
        sends.add(sent);
        firstMessages.add(messages);
        messages += count;
        return sent;
    }

    /** The body of one of its messages. */
    public ByteBuffer body(Sent sent, int index) {
        return Bodies.make(sent.id, index, sent.sizeBytes);
    }

    /** The send was acknowledged. */
    public void acknowledged(Sent sent, long offset, long[] positions) {
        sent.fate = Sent.Fate.DONE;
        sent.acknowledgedIn = lives;
        sent.early = setting.async();
        sent.earliestStoreMs = Math.min(sent.earliestStoreMs, world.wallMs());
        System.arraycopy(positions, 0, sent.positions, 0, positions.length);
        if (sent.delayed()) {
            return;
        }
        if (forgotten.contains(sent.topicId)) {
            return;
        }
        QueueModel queue = queue(new QueueRef(sent.topicId, sent.queueId));
        for (int i = 0; i < sent.count; i++) {
            int other = queue.sendAt(offset + i);
            if (other >= 0 && other != sent.id) {
                violated(
                        Promise.OFFSETS,
                        "%s was told offset %d, where %s lies"
                                .formatted(sent, offset + i, sends.get(other)));
            }
            place(sent, i, offset + i);
            queue.answered(offset + i, sent.id, sent.earliestStoreMs);
        }
    }

    /** The send was refused, and the refusal says that nothing was stored. */
    public void refused(Sent sent) {
        sent.fate = Sent.Fate.REFUSED;
        for (long at : sent.where) {
            if (at != Sent.NOWHERE) {
                violated(Promise.ANSWERS_STAND, sent + " was refused, and lies at offset " + at);
            }
        }
    }

    private void place(Sent sent, int index, long offset) {
        long known = sent.where[index];
        if (known != Sent.NOWHERE && known != offset) {
            violated(
                    Promise.ANSWERS_STAND,
                    "message %d of %s lies at offsets %d and %d"
                            .formatted(index, sent, known, offset));
        }
        sent.where[index] = offset;
    }

    private QueueModel queue(QueueRef ref) {
        return queues.computeIfAbsent(ref, r -> new QueueModel());
    }

    // Reading.

    /**
     * A stored message was served.
     *
     * @param home the topic of whose queue it was read
     * @param name that topic's name
     * @param tag the only tag that was wanted; 0 if all were
     * @return the send it belongs to; null if it belongs to none
     */
    public @Nullable Sent seen(
            QueueRef home, String name, int tag, long offset, ByteBuffer message) {
        Sent sent = known(message);
        if (sent == null
                || !Arrays.equals(
                        StoredMessage.topic(message, 0), name.getBytes(StandardCharsets.UTF_8))) {
            violated(
                    Promise.UNALTERED,
                    "a phantom or altered message at %s/%d".formatted(home, offset));
            return null;
        }
        if (forgotten.contains(home.topicId())) {
            return sent;
        }
        if (StoredMessage.queueOffset(message, 0) != offset
                || StoredMessage.queueId(message, 0) != home.queueId()) {
            violated(
                    Promise.OFFSETS,
                    "%s at %s/%d says it lies at %d/%d"
                            .formatted(
                                    sent,
                                    home,
                                    offset,
                                    StoredMessage.queueId(message, 0),
                                    StoredMessage.queueOffset(message, 0)));
        }
        if (tag != 0 && sent.tag != tag) {
            violated(Promise.UNALTERED, "a reader of tag %d got %s".formatted(tag, sent));
        }
        remember(home, name, offset, sent, message);
        return sent;
    }

    private @Nullable Sent known(ByteBuffer message) {
        ByteBuffer body = StoredMessage.body(message, 0);
        if (body.remaining() < Bodies.SIZE_BYTES_MIN) {
            return null;
        }
        int id = Bodies.send(body);
        int index = Bodies.index(body);
        if (id < 0 || id >= sends.size() || index < 0 || index >= sends.get(id).count) {
            return null;
        }
        return Bodies.isUnaltered(body, sends.get(id).sizeBytes) ? sends.get(id) : null;
    }

    private void remember(QueueRef home, String name, long offset, Sent sent, ByteBuffer message) {
        QueueModel queue = queue(home);
        long hash = hash(message);
        if (queue.hash(offset) == hash) {
            return;
        }
        if (queue.hash(offset) != 0) {
            violated(
                    Promise.ANSWERS_STAND,
                    "%s/%d changed: it was %s, it is %s"
                            .formatted(home, offset, sends.get(queue.sendAt(offset)), sent));
        }
        if (queue.sendAt(offset) >= 0 && queue.sendAt(offset) != sent.id) {
            violated(
                    Promise.OFFSETS,
                    "at %s/%d lies %s, not %s"
                            .formatted(home, offset, sent, sends.get(queue.sendAt(offset))));
        }
        long storeMs = StoredMessage.storeMs(message, 0);
        queue.seen(offset, sent.id, hash, storeMs);
        int index = Bodies.index(StoredMessage.body(message, 0));
        int times = StoredMessage.reconsumeTimes(message, 0);
        if (times == 0) {
            first(home, offset, sent, index, storeMs);
        } else {
            again(name, sent, index, times, storeMs);
        }
    }

    private void first(QueueRef home, long offset, Sent sent, int index, long storeMs) {
        if (home.topicId() != sent.topicId || home.queueId() != sent.queueId) {
            violated(Promise.UNALTERED, "%s is in %s".formatted(sent, home));
        }
        if (sent.fate == Sent.Fate.REFUSED) {
            violated(Promise.ANSWERS_STAND, "%s lies at offset %d".formatted(sent, offset));
        }
        if (sent.delayed() && (storeMs < sent.dueMs || latestWallMs() < sent.dueMs)) {
            violated(Promise.TIMERS, "%s came at %d, too early".formatted(sent, storeMs));
        }
        place(sent, index, offset);
    }

    private void again(String home, Sent sent, int index, int times, long storeMs) {
        GivenBack.Count count = givenBack.count(new GivenBack.Key(home, sent.id, index, times));
        count.seen++;
        count.storedMsMin = Math.min(count.storedMsMin, storeMs);
        if (count.seen > count.asked - count.refused) {
            violated(
                    Promise.RETRIES,
                    "message %d of %s came %d times to %s with attempt %d, given back %d times, of which %d were refused"
                            .formatted(
                                    index,
                                    sent,
                                    count.seen,
                                    home,
                                    times,
                                    count.asked,
                                    count.refused));
        }
        if (storeMs < count.dueMsMin) {
            violated(
                    Promise.TIMERS,
                    "message %d of %s came again at %d, due at %d"
                            .formatted(index, sent, storeMs, count.dueMsMin));
        }
    }

    private static long hash(ByteBuffer message) {
        long hash = message.limit();
        int at = 0;
        for (; at + Long.BYTES <= message.limit(); at += Long.BYTES) {
            hash = (hash ^ message.getLong(at)) * 0x9E3779B97F4A7C15L;
            hash ^= hash >>> 29;
        }
        for (; at < message.limit(); at++) {
            hash = (hash ^ message.get(at)) * 0x9E3779B97F4A7C15L;
        }
        return hash == 0 ? 1 : hash;
    }

    /** A reader that wanted one tag was given {@code got} and sent on from {@code next}. */
    public void skipped(QueueRef queue, int tag, long from, long next, List<Long> got) {
        skipped.add(new Skipped(queue, tag, from, next, List.copyOf(got)));
    }

    /** A queue was said to have these first and end offsets. */
    public void spans(QueueRef ref, long first, long end) {
        if (forgotten.contains(ref.topicId())) {
            return;
        }
        QueueModel queue = queue(ref);
        if (first < queue.toldFirst || end < queue.toldEnd || first > end) {
            violated(
                    Promise.OFFSETS,
                    "%s spans %d to %d, after %d to %d"
                            .formatted(ref, first, end, queue.toldFirst, queue.toldEnd));
        }
        if (first > queue.toldFirst) {
            begins(ref, queue, first);
        }
        queue.toldFirst = first;
        queue.toldEnd = end;
    }

    /** What lies before a queue's first message has to have expired. */
    private void begins(QueueRef ref, QueueModel queue, long first) {
        if (!honest()) {
            return;
        }
        for (long offset = Math.min(first, queue.end()) - 1; offset >= 0; offset--) {
            if (queue.sendAt(offset) >= 0
                    && !mayHaveExpired(ref.topicId(), queue.storeMs(offset))
                    && !sends.get(queue.sendAt(offset)).early) {
                violated(
                        Promise.RETENTION,
                        "%s/%d is gone, stored at %d, although nothing before %d has expired"
                                .formatted(ref, offset, queue.storeMs(offset), latestWallMs()));
            }
        }
    }

    // Consuming.

    /** A commit is handed over. */
    public Commits.Call committing(int groupId, QueueRef queue, long offset) {
        return commits(groupId, queue).commit(offset);
    }

    /** A question for a group's offset is handed over. */
    public Commits.Call asking(int groupId, QueueRef queue) {
        return commits(groupId, queue).ask();
    }

    private Commits commits(int groupId, QueueRef queue) {
        return commits.computeIfAbsent(new Progress(groupId, queue), key -> new Commits(-1));
    }

    /** The answer to a commit. */
    public void committed(
            int groupId, QueueRef queue, Commits.Call call, boolean raiseOnly, long kept) {
        if (raiseOnly ? kept < call.offset : kept != call.offset) {
            violated(
                    Promise.OFFSETS,
                    "a commit of %d to %s was answered %d".formatted(call.offset, queue, kept));
        }
        told(groupId, queue, call, kept, kept == call.offset);
    }

    /** The answer to a question; -1 if the group has committed nothing. */
    public void answered(int groupId, QueueRef queue, Commits.Call call, long offset) {
        told(groupId, queue, call, offset, false);
    }

    private void told(int groupId, QueueRef ref, Commits.Call call, long offset, boolean own) {
        Commits known = commits(groupId, ref);
        boolean added = offset == 0 && known.isPossible(call, -1); // a queue added since it joined
        if (!own && !added && !known.isPossible(call, offset)) {
            violated(
                    Promise.OFFSETS,
                    "group %d stands at %d in %s; %s".formatted(groupId, offset, ref, known));
        }
        known.confirm(call, offset);
    }

    /** A commit was refused, and the refusal says that nothing was changed. */
    public void refused(Commits.Call call) {
        call.refused = true;
    }

    /** A group has consumed a message, or given it back. */
    public void consumed(int groupId, ByteBuffer message) {
        ByteBuffer body = StoredMessage.body(message, 0);
        int send = Bodies.send(body);
        if (send >= 0 && send < sends.size()) {
            deliveries.consumed(groupId, firstMessages.get(send) + Bodies.index(body));
        }
    }

    /**
     * A message is being given back.
     *
     * @param topic where it has to go: the group's retry topic or dead-letter queue
     * @param dueMs when it may come at the earliest
     */
    public GivenBack.Count givingBack(String topic, ByteBuffer message, long dueMs) {
        ByteBuffer body = StoredMessage.body(message, 0);
        int times = StoredMessage.reconsumeTimes(message, 0) + 1;
        GivenBack.Count count =
                givenBack.count(
                        new GivenBack.Key(topic, Bodies.send(body), Bodies.index(body), times));
        count.asked++;
        count.dueMsMin = Math.min(count.dueMsMin, dueMs);
        count.latestDueMs = Math.max(count.latestDueMs, dueMs);
        return count;
    }

    /** It was taken back. */
    public void takenBack(GivenBack.Count count) {
        count.done++;
    }

    /** It was refused, and the refusal says that nothing was stored. */
    public void refused(GivenBack.Count count) {
        count.refused++;
    }

    /** The latest time at which something acknowledged is due, wall-clock ms; 0 if nothing is. */
    public long latestDueMs() {
        long latest = 0;
        for (Sent sent : sends) {
            latest = Math.max(latest, sent.fate == Sent.Fate.DONE ? sent.dueMs : 0);
        }
        for (GivenBack.Count count : givenBack.all().values()) {
            latest = Math.max(latest, count.latestDueMs);
        }
        return latest;
    }

    /** A search by time came to an offset: what is before was stored earlier, it itself was not. */
    public void foundByTime(QueueRef ref, long ms, long offset, long first, long endBefore) {
        QueueModel queue = queue(ref);
        if (forgotten.contains(ref.topicId())) {
            return;
        }
        boolean tooFar =
                offset > 0
                        && offset - 1 >= first
                        && queue.hash(offset - 1) != 0
                        && queue.storeMs(offset - 1) >= ms;
        boolean tooNear =
                offset < endBefore && queue.hash(offset) != 0 && queue.storeMs(offset) < ms;
        if (tooFar || tooNear) {
            violated(
                    Promise.CATALOG,
                    "a search for %d in %s came to %d, stored at %d, after %d"
                            .formatted(
                                    ms,
                                    ref,
                                    offset,
                                    queue.hash(offset) == 0 ? 0 : queue.storeMs(offset),
                                    offset > 0 ? queue.storeMs(offset - 1) : 0));
        }
    }

    /** A topic is being deleted, with what was given back to it. */
    public void deleting(String topic) {
        gone.add(topic);
    }

    /** An incarnation of a topic is being deleted: nothing more is owed to those who name it. */
    public void deleting(int topicId) {
        forgotten.add(topicId);
    }

    /** The clock is about to be set by {@code ms}: what is under way may see it either way. */
    public void clockJumps(long ms) {
        clock();
        if (ms < 0) {
            for (GivenBack.Count count : givenBack.all().values()) {
                if (count.asked > count.done + count.refused) {
                    count.dueMsMin += ms;
                }
            }
        }
    }

    /** An offset was said to lie outside of its queue. */
    public void outOfRange(QueueRef ref, long from, long first, long end) {
        if (!forgotten.contains(ref.topicId()) && from > end && from <= queue(ref).end()) {
            violated(
                    Promise.OFFSETS,
                    "%s/%d was said to lie beyond the end %d".formatted(ref, from, end));
        }
    }

    // Order locks.

    /** A client asks for order locks. */
    public Locks.Claim locking(int groupId, int client, List<QueueRef> queues) {
        return locks.claim(groupId, client, queues, world.nanos() / 1_000_000);
    }

    /** A client was told which locks it holds. */
    public void locked(Locks.Claim claim, List<QueueRef> held) {
        String wrong = locks.answered(claim, held);
        if (wrong != null) {
            violated(Promise.ORDER, wrong);
        }
    }

    /** A client gives a lock back. */
    public void unlocked(int groupId, QueueRef queue, int client) {
        locks.unlocked(groupId, queue, client);
    }

    /** A client leaves its group. */
    public void left(int groupId, int client) {
        locks.left(groupId, client);
    }

    // Lives.

    /** The process has ended, in one way or another. */
    public void died() {
        lives++;
        locks.restarted();
        catalog.died();
        if (setting.async() || !honest()) {
            queues.values().forEach(QueueModel::forgetUnseenAnswers);
            givenBack.all().values().forEach(count -> count.done = 0);
            sends.stream().filter(sent -> sent.fate == Sent.Fate.DONE).forEach(this::unanswer);
        }
    }

    private void unanswer(Sent sent) {
        sent.fate = Sent.Fate.UNKNOWN;
        for (int i = 0; i < sent.count; i++) {
            QueueModel queue = queues.get(new QueueRef(sent.topicId, sent.queueId));
            if (queue == null || sent.where[i] < 0 || queue.hash(sent.where[i]) == 0) {
                sent.where[i] = Sent.NOWHERE;
            }
        }
    }

    // The end.

    /** All queues are about to be read from their first to their last message. */
    public void auditBegins() {
        audit++;
        audited.clear();
    }

    /** The audit has come to a message, which {@link #seen} has been told of. */
    public void audited(QueueRef home, String name, ByteBuffer message) {
        Sent sent = known(message);
        if (sent == null) {
            return;
        }
        queue(home).audited(StoredMessage.queueOffset(message, 0), audit);
        int number = Bodies.index(StoredMessage.body(message, 0));
        audited.set(firstMessages.get(sent.id) + number);
        int times = StoredMessage.reconsumeTimes(message, 0);
        if (times > 0) {
            int index = Bodies.index(StoredMessage.body(message, 0));
            GivenBack.Count count = givenBack.count(new GivenBack.Key(name, sent.id, index, times));
            if (count.audit != audit) {
                count.audit = audit;
                count.audited = 0;
            }
            count.audited++;
        }
    }

    /** A queue has been read to its end. */
    public void auditEnds(QueueRef ref, long first, long end) {
        QueueModel queue = queues.get(ref);
        if (queue == null || !honest()) {
            return;
        }
        for (long offset = first; offset < queue.end(); offset++) {
            int send = queue.sendAt(offset);
            if (send >= 0 && !queue.wasAudited(offset, audit) && !sends.get(send).early) {
                violated(
                        Promise.DELIVERED,
                        "%s is gone from %s/%d, the queue holds %d to %d"
                                .formatted(sends.get(send), ref, offset, first, end));
            }
        }
    }

    /**
     * Everything that is pending has come, all groups have consumed everything, all queues have
     * been audited.
     *
     * @param topics ids of the topics that exist
     * @param groups ids of the groups that exist
     */
    public void end(List<Integer> topics, List<Integer> groups) {
        if (!honest()) {
            requireNoHole(topics);
            return;
        }
        for (Sent sent : sends) {
            if (sent.fate == Sent.Fate.DONE
                    && !sent.early
                    && topics.contains(sent.topicId)
                    && !forgotten.contains(sent.topicId)) {
                end(sent, groups);
            }
        }
        givenBack
                .all()
                .forEach((key, count) -> {
                    if (!gone.contains(key.topic())) {
                        end(key, count);
                    }
                });
        skipped.forEach(this::end);
    }

    /**
     * A disk that does not keep what it has may lose the end of the log, and nobody can know; but
     * if something later is there, something earlier may not be gone without a word.
     */
    private void requireNoHole(List<Integer> topics) {
        Map<Integer, Long> latest = new HashMap<>(); // by life, position of what is there
        for (Sent sent : sends) {
            if (isOwed(sent, topics) && audited.get(firstMessages.get(sent.id))) {
                latest.merge(sent.acknowledgedIn, sent.positions[0], Math::max);
            }
        }
        for (Sent sent : sends) {
            if (isOwed(sent, topics)
                    && !audited.get(firstMessages.get(sent.id))
                    && !mayHaveExpired(sent.topicId, sent.earliestStoreMs)
                    && sent.positions[0] < latest.getOrDefault(sent.acknowledgedIn, 0L)
                    && violation == null) {
                violated = Promise.DELIVERED;
                violation =
                        "%s is gone without a word from %d, later ones are there"
                                .formatted(sent, sent.positions[0]);
            }
        }
    }

    private boolean isOwed(Sent sent, List<Integer> topics) {
        return sent.acknowledgedIn > 0
                && !sent.delayed()
                && !setting.async()
                && topics.contains(sent.topicId)
                && !forgotten.contains(sent.topicId);
    }

    private void end(Sent sent, List<Integer> groups) {
        for (int i = 0; i < sent.count; i++) {
            long at = sent.where[i];
            if (at == Sent.NOWHERE) {
                if (!mayHaveExpired(sent.topicId, Math.max(sent.dueMs, sent.earliestStoreMs))) {
                    violated(
                            sent.delayed() ? Promise.TIMERS : Promise.DELIVERED,
                            "message %d of %s never came".formatted(i, sent));
                }
                continue;
            }
            QueueModel queue = requireNonNull(queues.get(new QueueRef(sent.topicId, sent.queueId)));
            for (int group : groups) {
                if (!mayHaveExpired(sent.topicId, queue.storeMs(at))
                        && !deliveries.isConsumed(group, firstMessages.get(sent.id) + i)) {
                    violated(
                            Promise.DELIVERED,
                            "message %d of %s at offset %d was never delivered to group %d"
                                    .formatted(i, sent, at, group));
                }
            }
        }
    }

    private void end(GivenBack.Key key, GivenBack.Count count) {
        long stored = Math.min(count.storedMsMin, count.dueMsMin);
        int there = count.audit == audit ? count.audited : 0;
        if (there < count.done && !mayHaveExpired(0, stored)) {
            violated(
                    Promise.RETRIES,
                    "%s was given back %d times, and is there %d times"
                            .formatted(key, count.done, there));
        }
    }

    private void end(Skipped each) {
        QueueModel queue = queues.get(each.queue);
        for (long at = each.from; queue != null && at < Math.min(each.next, queue.end()); at++) {
            int send = queue.sendAt(at);
            if (send >= 0
                    && sends.get(send).tag == each.tag
                    && queue.hash(at) != 0
                    && !mayHaveExpired(each.queue.topicId(), queue.storeMs(at))
                    && !each.got.contains(at)) {
                violated(
                        Promise.DELIVERED,
                        "a reader of tag %d was led past %s at %s/%d"
                                .formatted(each.tag, sends.get(send), each.queue, at));
            }
        }
    }

    // Looking up.

    /** Some send that was acknowledged; null if there is none. */
    public @Nullable Sent pick(int number) {
        if (sends.isEmpty()) {
            return null;
        }
        Sent sent = sends.get(Math.floorMod(number, sends.size()));
        return sent.fate == Sent.Fate.DONE && !sent.delayed() ? sent : null;
    }

    /** Whether a message of that send must be found. */
    public boolean mustBeThere(Sent sent, int index) {
        return honest()
                && !sent.early
                && sent.fate == Sent.Fate.DONE
                && sent.where[index] != Sent.NOWHERE
                && !forgotten.contains(sent.topicId)
                && !mayHaveExpired(sent.topicId, sent.earliestStoreMs);
    }

    /** What was found at the position that the sender of message {@code index} was told. */
    public void found(Sent sent, int index, @Nullable ByteBuffer message) {
        if (message == null) {
            if (mustBeThere(sent, index)) {
                violated(Promise.CATALOG, "message %d of %s is not found".formatted(index, sent));
            }
        } else if (known(message) != sent
                || Bodies.index(StoredMessage.body(message, 0)) != index) {
            violated(
                    Promise.UNALTERED,
                    "at the position of message %d of %s lies another".formatted(index, sent));
        }
    }

    /**
     * What a search by key has found.
     *
     * @param expected {@link #withKey} when it was handed over
     */
    public void foundByKey(int topicId, int key, List<ByteBuffer> found, List<Sent> expected) {
        List<Long> got = new ArrayList<>();
        for (ByteBuffer message : found) {
            Sent sent = known(message);
            if (sent == null || sent.key != key) {
                violated(Promise.UNALTERED, "a search for key %d found %s".formatted(key, sent));
                return;
            }
            got.add(((long) sent.id << 32) + Bodies.index(StoredMessage.body(message, 0)));
        }
        for (Sent sent : expected) {
            for (int i = 0; i < sent.count; i++) {
                if (mustBeThere(sent, i) && !got.contains(((long) sent.id << 32) + i)) {
                    violated(
                            Promise.CATALOG,
                            "a search for key %d in topic %d did not find %s"
                                    .formatted(key, topicId, sent));
                }
            }
        }
    }

    /** The acknowledged sends of a key, not delayed. */
    public List<Sent> withKey(int topicId, int key) {
        List<Sent> all = new ArrayList<>();
        for (Sent sent : sends) {
            if (sent.topicId == topicId
                    && sent.key == key
                    && sent.fate == Sent.Fate.DONE
                    && !sent.delayed()) {
                all.add(sent);
            }
        }
        return all;
    }
}
