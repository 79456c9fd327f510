package io.sluice.server.hostile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.UnpooledByteBufAllocator;
import io.sluice.protocol.FrameWriter;
import io.sluice.protocol.Header;
import io.sluice.protocol.RequestCode;
import io.sluice.protocol.ResponseCode;
import io.sluice.protocol.SerializeType;
import io.sluice.protocol.SubscriptionGroupConfig;
import io.sluice.protocol.UpdateConsumerOffsetHeader;
import io.sluice.server.Server;
import io.sluice.server.TestServers;
import io.sluice.server.hostile.Attempt.Value;
import io.sluice.server.hostile.HostilePeer.Outcome;
import io.sluice.server.hostile.Vocabulary.Asked;
import io.sluice.server.remoting.Wire;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every request that the server handles, spoilt in every place, in both header serializations. The
 * codes are those that the server does not refuse as unknown, and what they read is found in the
 * sources, so a new handler joins by being registered.
 *
 * <p>All is tried twice. The first server tells which attempts are refused; some are not, for they
 * spoil what nobody looks at. The second gets the refused ones alone and must be as before.
 */
class HostileRequestsTest {
    /** Answers that are no refusals: they say what a queue or a search has come to. */
    private static final Set<Integer> FINDINGS =
            Set.of(
                    ResponseCode.PULL_NOT_FOUND,
                    ResponseCode.PULL_RETRY_IMMEDIATELY,
                    ResponseCode.PULL_OFFSET_MOVED,
                    ResponseCode.POLLING_FULL,
                    ResponseCode.POLLING_TIMEOUT);

    private static final Pattern INSIDES =
            Pattern.compile(
                    "\\w+Exception\\b|\\w+Error\\b|\\b(java|javax|jdk|io\\.(sluice|netty))\\.\\w+|internal error|(?<!\\[)\\bnull\\b");

    /** "What is wrong: what to do", or "...; ...", or "..., ...". */
    private static final Pattern CAUSE_AND_REMEDY = Pattern.compile(".{8,}[:;,?] .{4,}");

    private static final int REMARK_LENGTH_MAX = 500;
    private static final int FAULTS_SHOWN = 40;
    private static final int FAULT_LENGTH_MAX = 400;

    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true);
    private final Set<Integer> responseCodes = responseCodes();

    @TempDir Path directory;

    private static Set<Integer> responseCodes() {
        Set<Integer> codes = new HashSet<>();
        try {
            for (Field field : ResponseCode.class.getFields()) {
                codes.add(field.getInt(null));
            }
        } catch (IllegalAccessException e) {
            throw new LinkageError("constants are public", e);
        }
        return codes;
    }

    private Server start(String name) throws IOException {
        return TestServers.startWithoutAutoCreate(directory.resolve(name), allocator);
    }

    @ParameterizedTest
    @EnumSource(SerializeType.class)
    void shouldRefuseBadRequestsAndBeAsBefore(SerializeType type) throws IOException {
        List<String> faults = new ArrayList<>();
        Map<Integer, List<Attempt>> refused = new TreeMap<>();
        int count = 0;
        try (Server server = start("first");
                Wire wire = new Wire(server.remotingPort());
                HostilePeer peer = new HostilePeer(server.remotingPort(), type)) {
            Vocabulary vocabulary = new Vocabulary();
            for (int code : handled(peer, vocabulary)) {
                List<Attempt> ofCode = new ArrayList<>();
                for (List<Attempt> attempts : Mutations.all(vocabulary.of(code), type)) {
                    seed(wire);
                    for (Outcome outcome : peer.make(attempts)) {
                        count++;
                        check(outcome, faults);
                        if (outcome.refused() && !begins(outcome)) {
                            ofCode.add(outcome.attempt());
                        }
                    }
                }
                refused.put(code, ofCode);
            }
            assertServes(wire);
        }
        assertEquals(List.of(), shown(faults), () -> faults.size() + " faulty answers");
        assertTrue(count > 10_000, "too few attempts: " + count);

        try (Server server = start("second");
                Wire wire = new Wire(server.remotingPort())) {
            seed(wire);
            wire.send(Mutations.TOPIC, 0, "stays");
            Footprint footprint = new Footprint(wire, directory.resolve("second"));
            Map<String, String> before = settled(footprint);
            try (HostilePeer peer = new HostilePeer(server.remotingPort(), type)) {
                for (var ofCode : refused.entrySet()) {
                    List<Outcome> again = peer.make(ofCode.getValue());
                    Map<String, String> after = footprint.take();
                    if (!after.equals(before)) {
                        faults.add(
                                "after %d: %s; accepted: %s"
                                        .formatted(
                                                ofCode.getKey(),
                                                Footprint.difference(before, after),
                                                again.stream().filter(o -> !o.refused()).toList()));
                        before = settled(footprint);
                    }
                }
            }
            assertEquals(List.of(), shown(faults), "what is refused changes nothing");
            await(() -> server.traffic().connections() == 1, "connections left");
            await(() -> server.traffic().underWay() == 0, "requests under way left");
            assertServes(wire);
        }
        await(() -> usedBytes() == 0, "bytes not given back");
    }

    /** Who pops begins to consume, and where is kept, if there is nothing to pop, too. */
    private static boolean begins(Outcome outcome) {
        Header answer = outcome.answer();
        return outcome.attempt().code() == RequestCode.POP_MESSAGE
                && answer != null
                && answer.code() == ResponseCode.POLLING_TIMEOUT;
    }

    /** Which codes have a handler; every other one has to be refused as that. */
    private static Set<Integer> handled(HostilePeer peer, Vocabulary vocabulary)
            throws IOException {
        TreeSet<Integer> candidates = new TreeSet<>(vocabulary.codes());
        IntStream.range(-10, 10_000).forEach(candidates::add);
        IntStream.range(200_000, 200_500).forEach(candidates::add);
        List<Attempt> empty =
                candidates.stream()
                        .map(code -> new Attempt(code, "alone", Map.of(), new byte[0]))
                        .toList();
        Set<Integer> handled = new TreeSet<>();
        for (Outcome outcome : peer.make(empty)) {
            Header answer = outcome.answer();
            int code = outcome.attempt().code();
            assertTrue(answer != null, "no answer to code " + code);
            if (answer.code() != ResponseCode.REQUEST_CODE_NOT_SUPPORTED) {
                handled.add(code);
            } else {
                String remark = "" + answer.remark();
                int named = Integer.parseInt(remark.replaceAll("^[^-\\d]*(-?\\d+).*$", "$1"));
                assertEquals((short) code, (short) named, remark); // a short may mean a wide one
            }
        }
        assertTrue(handled.size() > 30, "the server handles " + handled);
        return handled;
    }

    private void check(Outcome outcome, List<String> faults) {
        Header answer = outcome.answer();
        if (outcome.closed()) {
            faults.add(outcome.attempt() + ": the connection was closed");
        } else if (answer != null && outcome.refused() && !FINDINGS.contains(answer.code())) {
            String remark = answer.remark() == null ? "" : answer.remark();
            String fault = fault(answer.code(), remark);
            if (fault != null) {
                faults.add(
                        "%s: %s: %d %s".formatted(outcome.attempt(), fault, answer.code(), remark));
            }
        }
    }

    private @org.jspecify.annotations.Nullable String fault(int code, String remark) {
        if (!responseCodes.contains(code)) {
            return "an unknown code";
        }
        if (remark.length() > REMARK_LENGTH_MAX) {
            return "an endless remark";
        }
        if (INSIDES.matcher(remark).find()) {
            return "tells of our insides";
        }
        return CAUSE_AND_REMEDY.matcher(remark).find() ? null : "names no cause and remedy";
    }

    private static List<String> shown(List<String> faults) {
        // One of those that say the same.
        Map<String, String> byRemark = new LinkedHashMap<>();
        for (String fault : faults) {
            byRemark.putIfAbsent(fault.replaceAll("^.*?: |<.*?>|\\d", ""), fault);
        }
        return byRemark.values().stream()
                .map(fault -> fault.substring(0, Math.min(fault.length(), FAULT_LENGTH_MAX)))
                .limit(FAULTS_SHOWN)
                .toList();
    }

    /** Makes what attempts are about, or makes it as it was. */
    private static void seed(Wire wire) throws IOException {
        Map<String, Value> topic = new LinkedHashMap<>();
        topic.put("topic", Value.text(Mutations.TOPIC));
        topic.put("defaultTopic", Value.text("TBW102"));
        topic.put("readQueueNums", Value.text("" + Mutations.QUEUES));
        topic.put("writeQueueNums", Value.text("" + Mutations.QUEUES));
        topic.put("perm", Value.text("6"));
        topic.put("topicFilterType", Value.text("SINGLE_TAG"));
        ok(wire.call(RequestCode.UPDATE_AND_CREATE_TOPIC, out -> write(topic, out)));
        ok(
                wire.call(
                        RequestCode.UPDATE_AND_CREATE_SUBSCRIPTIONGROUP,
                        out -> out,
                        SubscriptionGroupConfig.named(Mutations.GROUP).encode().toBytes()));
        var commit = new UpdateConsumerOffsetHeader(Mutations.GROUP, Mutations.TOPIC, 0, 0, null);
        ok(wire.call(RequestCode.UPDATE_CONSUMER_OFFSET, commit::encode));
    }

    private static FrameWriter write(Map<String, Value> fields, FrameWriter out) {
        fields.forEach((name, value) -> out.field(name, value.text()));
        return out;
    }

    private static void ok(Wire.Reply reply) {
        assertEquals(ResponseCode.SUCCESS, reply.code(), reply.header()::toString);
    }

    private static void assertServes(Wire wire) throws IOException {
        seed(wire);
        ok(wire.send(Mutations.TOPIC, 0, "still there"));
    }

    /**
     * The footprint once the server has written what it writes of its own accord: after a second in
     * which nothing came, that what came before is durable.
     */
    private static Map<String, String> settled(Footprint footprint) throws IOException {
        Map<String, String> last = footprint.take();
        for (int same = 0; same < 25; ) {
            LockSupport.parkNanos(100_000_000);
            Map<String, String> now = footprint.take();
            same = now.equals(last) ? same + 1 : 0;
            last = now;
        }
        return last;
    }

    /** Texts that would take far more memory than they are long, up to the largest frame. */
    @Test
    void shouldRefuseBodiesThatAreAllBrackets() throws IOException {
        try (Server server = start("brackets");
                Wire wire = new Wire(server.remotingPort());
                HostilePeer peer = new HostilePeer(server.remotingPort(), SerializeType.JSON)) {
            seed(wire);
            Vocabulary vocabulary = new Vocabulary();
            List<String> faults = new ArrayList<>();
            for (int code : handled(peer, vocabulary)) {
                Asked asked = vocabulary.of(code);
                if (!asked.members().isEmpty()) {
                    Attempt good = Mutations.good(asked);
                    for (String part : List.of("[", "{\"a\":", "[{},", "{\"", "\\u0022")) {
                        for (Outcome outcome : peer.make(List.of(large(good, part)))) {
                            check(outcome, faults);
                        }
                    }
                }
            }
            assertEquals(List.of(), shown(faults));
            assertServes(wire);
        }
        await(() -> usedBytes() == 0, "bytes not given back");
    }

    private static Attempt large(Attempt good, String part) {
        int sizeBytes = (16 << 20) - 64_000;
        String body = part.repeat(sizeBytes / part.length());
        return Mutations.body(good, "16 MiB of " + part, body.getBytes(StandardCharsets.UTF_8));
    }

    private long usedBytes() {
        return allocator.metric().usedDirectMemory() + allocator.metric().usedHeapMemory();
    }

    private static void await(java.util.function.BooleanSupplier condition, String otherwise) {
        long deadline = System.nanoTime() + 40_000_000_000L;
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < deadline, otherwise);
            LockSupport.parkNanos(1_000_000);
        }
    }
}
