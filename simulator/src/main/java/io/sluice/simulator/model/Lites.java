package io.sluice.simulator.model;

import io.sluice.engine.shard.LiteAction;
import io.sluice.simulator.model.Handed.Content;
import io.sluice.simulator.model.Handed.Receipt;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What was sent to lite topics, who wanted it, and who was handed it. Demanded is that a client
 * gets messages of lite topics that it wants, or wanted when it asked, and no others; that nothing
 * of a lite topic overtakes what came before; that nobody else has it meanwhile; and that whatever
 * was acknowledged is handed to some client that wants it, until it is as old as a lite topic gets
 * without a message: before that it cannot have expired.
 */
public final class Lites {
    /** The topic of the lite topics. */
    public static final String TOPIC = "lite";

    /** The one group that consumes them. */
    public static final String GROUP = "l";

    /** After how long without a message they go, in ms: as short as can be. */
    public static final long EXPIRATION_MS = 60_000;

    /** More often nothing is handed out: there are no dead letters. */
    public static final int RETRY_MAX = 1_000_000;

    /** The lite topics that there may be. */
    public static final List<String> NAMES = List.of("a", "b", "c", "d", "e");

    /** One message that was sent. */
    public static final class Sent {
        private final int topicId;
        private final String name;
        private final int number;
        private final int sizeBytes;
        private final long sentMs;
        private boolean done;
        private boolean refused;
        private boolean given;
        private boolean mayBeAcknowledged;
        private int queueId = -1;
        private long offset = -1;

        private Sent(int topicId, String name, int number, int sizeBytes, long sentMs) {
            this.topicId = topicId;
            this.name = name;
            this.number = number;
            this.sizeBytes = sizeBytes;
            this.sentMs = sentMs;
        }

        /** What its body says. */
        public String body() {
            String text = name + "/" + number + "/";
            return text + "x".repeat(Math.max(0, sizeBytes - text.length()));
        }

        @Override
        public String toString() {
            return "%d of %s, at %d/%d".formatted(number, name, queueId, offset);
        }
    }

    /** Whether a client may want a lite topic. */
    private static final class Want {
        boolean maybe;
        int asked; // how often it was asked for
        long untilNanos = Long.MIN_VALUE; // when it surely was no longer wanted
    }

    /** A request of a client, and how often each name had been asked for when it was made. */
    public record Wanting(
            String client, LiteAction action, Set<String> names, List<Integer> asked) {}

    private final Judge judge;
    private final Handed handed;
    private final List<Sent> sends = new ArrayList<>();
    private final Map<String, Map<String, Want>> wants = new HashMap<>(); // by client, name

    Lites(Judge judge) {
        this.judge = judge;
        this.handed = new Handed(judge, RETRY_MAX, false, Integer.MAX_VALUE);
    }

    /** Who was handed what. */
    public Handed handed() {
        return handed;
    }

    /** There is a topic of that id. */
    public void topic(int topicId) {
        judge.keeps(topicId, EXPIRATION_MS, 0);
    }

    // Sending.

    /** A message is sent. */
    public Sent sending(int topicId, String name, int sizeBytes) {
        Sent sent = new Sent(topicId, name, sends.size(), sizeBytes, judge.wallMs());
        sends.add(sent);
        return sent;
    }

    /** It was acknowledged. */
    public void acknowledged(Sent sent, int queueId, long offset) {
        sent.done = true;
        lies(sent, queueId, offset);
    }

    /** It was refused. */
    public void refused(Sent sent) {
        sent.refused = true;
        if (sent.given) {
            judge.violated(Promise.ANSWERS_STAND, sent + " was handed out, and is refused");
        }
    }

    private void lies(Sent sent, int queueId, long offset) {
        boolean known = sent.offset >= 0;
        if (known && (sent.queueId != queueId || sent.offset != offset)) {
            judge.violated(
                    Promise.ANSWERS_STAND, "%s lies at %d/%d".formatted(sent, queueId, offset));
        }
        for (Sent other : sends) {
            if (!known
                    && other.offset == offset
                    && other.queueId == queueId
                    && other.topicId == sent.topicId
                    && other.done) {
                judge.violated(Promise.OFFSETS, other + " is where also lies " + sent.number);
            }
        }
        sent.queueId = queueId;
        sent.offset = offset;
    }

    // Wanting.

    private Want want(String client, String name) {
        return wants.computeIfAbsent(client, id -> new HashMap<>())
                .computeIfAbsent(name, n -> new Want());
    }

    /** A client says what it wants. */
    public Wanting wanting(String client, LiteAction action, Set<String> wanted) {
        if (action != LiteAction.REMOVE) {
            for (String name : wanted) {
                want(client, name).maybe = true;
                want(client, name).asked++;
            }
        }
        List<Integer> asked = NAMES.stream().map(name -> want(client, name).asked).toList();
        return new Wanting(client, action, wanted, asked);
    }

    /** That was done. */
    public void wanted(Wanting wanting) {
        for (int i = 0; i < NAMES.size(); i++) {
            String name = NAMES.get(i);
            boolean named = wanting.names.contains(name);
            boolean ends =
                    switch (wanting.action) {
                        case ADD -> false;
                        case REMOVE -> named;
                        case REPLACE -> !named;
                    };
            Want want = want(wanting.client, name);
            if (ends && want.maybe && want.asked == wanting.asked.get(i)) {
                want.maybe = false;
                want.untilNanos = judge.nanos();
            }
        }
    }

    // Receiving.

    /**
     * A message was handed out.
     *
     * @param askedNanos when the client asked
     * @param attempt how often, this time included
     * @param property the lite topic that it says it is of
     * @param before the offsets that came with it, before it
     */
    public void given(
            String client,
            Receipt receipt,
            long askedNanos,
            long atMs,
            long deadlineMs,
            int attempt,
            String property,
            String body,
            long storeMs,
            List<Long> before) {
        Sent sent = sent(receipt.queue().topicId(), property, body);
        if (sent == null || judge.isForgotten(sent.topicId)) {
            return;
        }
        if (sent.refused) {
            judge.violated(Promise.ANSWERS_STAND, sent + " is handed out, and was refused");
        }
        Want want = want(client, sent.name);
        if (!want.maybe && want.untilNanos < askedNanos) {
            judge.violated(
                    Promise.UNALTERED,
                    "%s is handed to %s, who does not want it".formatted(sent, client));
        }
        lies(sent, receipt.queue().queueId(), receipt.offset());
        requireFirst(sent, before);
        sent.given = true;
        Content content = new Content(sent.number, body.length(), storeMs, Long.MAX_VALUE);
        boolean again = handed.given(receipt, askedNanos, atMs, deadlineMs, attempt, 0, content);
        if (!again) {
            handed.givenInOrder(receipt, askedNanos, atMs);
        }
    }

    private @Nullable Sent sent(int topicId, String name, String body) {
        String[] parts = body.split("/", 3);
        int number = parts.length < 3 ? -1 : Integer.parseInt(parts[1]);
        Sent sent = number < 0 || number >= sends.size() ? null : sends.get(number);
        if (sent == null
                || !sent.body().equals(body)
                || !sent.name.equals(name)
                || sent.topicId != topicId) {
            judge.violated(Promise.UNALTERED, "nobody sent '%s' to %s".formatted(body, name));
            return null;
        }
        return sent;
    }

    /** What came before in its lite topic is settled, or comes with it. */
    private void requireFirst(Sent sent, List<Long> before) {
        for (Sent other : sends) {
            if (other.topicId == sent.topicId
                    && other.name.equals(sent.name)
                    && other.queueId == sent.queueId
                    && other.offset >= 0
                    && other.offset < sent.offset
                    && !other.mayBeAcknowledged
                    && !before.contains(other.offset)
                    && !mayHaveExpired(other)) {
                judge.violated(Promise.ORDER, "%s overtook %s".formatted(sent, other));
            }
        }
    }

    private boolean mayHaveExpired(Sent sent) {
        return judge.mayHaveExpired(sent.topicId, sent.sentMs);
    }

    /** A client acknowledges a message. */
    public Handed.Claim acknowledging(Receipt receipt) {
        for (Sent sent : sends) {
            if (sent.topicId == receipt.queue().topicId()
                    && sent.queueId == receipt.queue().queueId()
                    && sent.offset == receipt.offset()) {
                sent.mayBeAcknowledged = true;
            }
        }
        return handed.acknowledging(receipt);
    }

    /** The process has ended; nobody wants anything until it says so again. */
    void died() {
        handed.died();
        for (Map<String, Want> of : wants.values()) {
            of.values().forEach(want -> want.maybe = false);
        }
        if (judge.async() || !judge.honest()) {
            sends.forEach(Lites::forgetAnswer);
        }
    }

    private static void forgetAnswer(Sent sent) {
        sent.done = false;
        if (!sent.given) {
            sent.offset = -1;
        }
    }

    /** Whether something is owed that nobody was handed yet, though everything is wanted. */
    public boolean isOwed() {
        return judge.honest() && sends.stream().anyMatch(this::isOwed);
    }

    private boolean isOwed(Sent sent) {
        return sent.done
                && !sent.given
                && !judge.isForgotten(sent.topicId)
                && !mayHaveExpired(sent);
    }

    /** Everything has been handed out that there was. */
    void end() {
        for (Sent sent : sends) {
            if (isOwed(sent)) {
                judge.violated(Promise.DELIVERED, sent + " was never handed out");
            }
        }
    }
}
