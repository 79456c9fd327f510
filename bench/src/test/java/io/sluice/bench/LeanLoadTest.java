package io.sluice.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LeanLoadTest {
    private static final Window.Times SHORT =
            new Window.Times(Duration.ofMillis(50), Duration.ofMillis(100));
    private static final Shape SHAPE = new Shape(64, 8, 3, 16);
    private static final int ALWAYS = Integer.MAX_VALUE;

    private final List<String> window = new ArrayList<>();

    @Test
    void shouldMeasureAServerThatAnswersOutOfOrderAndInPieces() throws IOException {
        try (ScriptedServer server = new ScriptedServer(new ScriptedServer.Behaviour(0, ALWAYS))) {
            Load.Result result = run(server);
            assertTrue(result.messages() > 0);
            assertEquals(result.messages(), result.latency().getTotalCount());
            assertTrue(result.messages() <= server.headers.size());
            assertEquals(List.of("opened", "closed"), window);
        }
    }

    @Test
    void shouldSpreadMessagesOverAllQueuesEachWithItsOwnKey() throws IOException {
        try (ScriptedServer server = new ScriptedServer(new ScriptedServer.Behaviour(0, ALWAYS))) {
            run(server);
            Set<String> queues = all(server, "\"e\":\"(\\d+)\"");
            Set<String> keys = all(server, "UNIQ_KEY\\\\u0001([0-9A-F]{32})\\\\u0002");
            assertEquals(Set.of("0", "1", "2", "3", "4", "5", "6", "7"), queues);
            assertEquals(server.headers.size(), keys.size());
        }
    }

    @Test
    void shouldFailIfAnyMessageIsRefused() throws IOException {
        try (ScriptedServer server = new ScriptedServer(new ScriptedServer.Behaviour(2, ALWAYS))) {
            var failed = assertThrows(Load.LoadFailedException.class, () -> run(server));
            assertTrue(failed.toString().endsWith("response code 2"), failed.toString());
        }
    }

    @Test
    void shouldFailIfTheServerBreaksOff() throws IOException {
        try (ScriptedServer server = new ScriptedServer(new ScriptedServer.Behaviour(0, 40))) {
            assertThrows(IOException.class, () -> run(server));
        }
    }

    private Load.Result run(ScriptedServer server) throws IOException {
        return new LeanLoad(SHAPE)
                .run(
                        server.endpoint(),
                        SHORT,
                        new Window() {
                            @Override
                            public void opened() {
                                window.add("opened");
                            }

                            @Override
                            public void closed() {
                                window.add("closed");
                            }
                        });
    }

    private static Set<String> all(ScriptedServer server, String pattern) {
        Pattern compiled = Pattern.compile(pattern);
        return server.headers.stream()
                .map(compiled::matcher)
                .filter(Matcher::find)
                .map(matcher -> matcher.group(1))
                .collect(Collectors.toSet());
    }
}
