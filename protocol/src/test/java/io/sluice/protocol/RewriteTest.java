package io.sluice.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.protocol.Codecs.Body;
import io.sluice.protocol.Codecs.Fields;
import io.sluice.protocol.Golden.Captured;
import io.sluice.protocol.Golden.Exchange;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What was captured, read and written again, agrees with what was captured, field by field. What
 * RocketMQ writes and we do not, or the other way round, is listed here and nowhere else.
 */
class RewriteTest {
    /** RocketMQ's own affairs. */
    private static final Set<String> LEFT_OUT =
            Set.of("MSG_REGION", "TRACE_ON", "groupSysFlag", "ReqT", "force");

    /** What both sides take for granted when it is absent, or call otherwise. */
    private static final Map<String, String> ADDED =
            Map.of(
                    "acceptStandardJsonOnly", "false",
                    "boundaryType", "LOWER",
                    "cleanOffset", "false",
                    "committed", "true",
                    "setZeroIfNotFound", "true",
                    "_UNIQUE_KEY_QUERY", "false");

    private static final Set<String> RENAMED = Set.of("removeOffset");

    private static final Set<String> BODY_LEFT_OUT =
            Set.of("attributes", "brokerId", "groupSysFlag", "whichBrokerWhenConsumeSlowly");

    private static final Map<String, Object> BODY_ADDED =
            Map.of(
                    "consumeMessageOrderly",
                    false,
                    "consumeTimeoutMinute",
                    15L,
                    "heartbeatFingerprint",
                    0L,
                    "onlyThisBroker",
                    false,
                    "topicSynFlag",
                    0L,
                    "withoutSub",
                    false);

    static Iterable<String> files() {
        return Golden.files();
    }

    @ParameterizedTest
    @MethodSource("files")
    void shouldWriteTheFieldsOfRequestsAsClientsDo(String file) {
        int tried = 0;
        for (Exchange exchange : Golden.exchanges(file)) {
            Header request = exchange.request().header();
            Fields<?> fields = Codecs.REQUESTS.get(request.code());
            if (fields != null && request.code() != RequestCode.SEND_MESSAGE) {
                FrameWriter writer = new FrameWriter();
                if (request.oneway()) {
                    writer.oneway(request.serializeType(), request.code(), request.opaque());
                } else {
                    writer.request(request.serializeType(), request.code(), request.opaque());
                }
                fields.rewrite(request, writer);
                assertAgrees(request, Frames.decode(writer));
                tried++;
            }
        }
        assertTrue(tried > 0 || file.contains("send-v1"));
    }

    @ParameterizedTest
    @MethodSource("files")
    void shouldWriteAnswersAsTheBrokerDoes(String file) {
        int tried = 0;
        for (Exchange exchange : Golden.exchanges(file)) {
            if (exchange.answer() == null) {
                continue;
            }
            Header answer = exchange.answer().header();
            FrameWriter writer = new FrameWriter();
            writer.response(answer.serializeType(), answer.opaque(), answer.code());
            if (answer.remark() != null) {
                writer.remark(answer.remark());
            }
            Fields<?> fields = Codecs.ANSWERS.get(exchange.request().header().code());
            if (fields != null && answer.code() == ResponseCode.SUCCESS) {
                fields.rewrite(answer, writer);
                assertAgrees(answer, Frames.decode(writer));
            } else {
                assertFixedPartAgrees(answer, Frames.decode(writer));
            }
            tried++;
        }
        assertTrue(tried > 0);
    }

    @ParameterizedTest
    @MethodSource("files")
    void shouldWriteBodiesAsBothSidesDo(String file) {
        for (Exchange exchange : Golden.exchanges(file)) {
            int code = exchange.request().header().code();
            assertBodyAgrees(Codecs.REQUEST_BODIES.get(code), exchange.request());
            if (exchange.answer() != null
                    && exchange.answer().header().code() == ResponseCode.SUCCESS) {
                assertBodyAgrees(Codecs.ANSWER_BODIES.get(code), exchange.answer());
            }
        }
    }

    private static void assertFixedPartAgrees(Header captured, Header written) {
        assertEquals(captured.serializeType(), written.serializeType());
        assertEquals(captured.code(), written.code());
        assertEquals(captured.opaque(), written.opaque());
        assertEquals(captured.response(), written.response());
        assertEquals(captured.oneway(), written.oneway());
        assertEquals(captured.language(), written.language());
        assertEquals(captured.remark(), written.remark());
    }

    private static void assertAgrees(Header captured, Header written) {
        assertFixedPartAgrees(captured, written);
        Map<String, String> expected = captured.fields();
        expected.keySet().removeAll(LEFT_OUT);
        expected.keySet().removeAll(RENAMED);
        if (captured.response()) {
            expected.remove("topicSysFlag");
        }
        Map<String, String> found = new LinkedHashMap<>(written.fields());
        ADDED.forEach((name, value) -> {
            if (!expected.containsKey(name)) {
                found.remove(name, value);
            }
        });
        if (expected.containsKey("maxMsgBytes") && !found.containsKey("maxMsgBytes")) {
            found.put("maxMsgBytes", Integer.toString(Integer.MAX_VALUE));
        }
        assertEquals(expected, found, captured.toString());
    }

    private static void assertBodyAgrees(@Nullable Body<?> body, Captured captured) {
        if (body == null) {
            return;
        }
        int index = captured.header().bodyIndex();
        int size = captured.header().bodySizeBytes();
        JsonWriter written = body.rewrite(captured.bytes(), index, size);
        Map<?, ?> expected = object(Json.read(captured.bytes(), index, size));
        Map<?, ?> found = object(Json.read(written.toString()));
        expected.keySet().removeAll(BODY_LEFT_OUT);
        removeAdded(expected, found);
        assertEquals(expected, found);
    }

    private static Map<?, ?> object(@Nullable Object value) {
        return (Map<?, ?>) Objects.requireNonNull(value);
    }

    /** Removes, at every depth, what was added and has the value that stands for absent. */
    private static void removeAdded(@Nullable Object expected, @Nullable Object found) {
        if (expected instanceof Map<?, ?> wanted && found instanceof Map<?, ?> written) {
            written.entrySet()
                    .removeIf(entry ->
                            !wanted.containsKey(entry.getKey())
                                    && Objects.equals(
                                            BODY_ADDED.get(entry.getKey()), entry.getValue()));
            wanted.forEach((name, value) -> removeAdded(value, written.get(name)));
        } else if (expected instanceof Iterable<?> wanted && found instanceof Iterable<?> written) {
            var each = written.iterator();
            for (Object element : wanted) {
                if (each.hasNext()) {
                    removeAdded(element, each.next());
                }
            }
        }
    }
}
