package io.sluice.compat.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.compat.harness.AgainstServer;
import io.sluice.compat.harness.Feature;
import io.sluice.compat.harness.Fields;
import io.sluice.compat.harness.RawConnection;
import io.sluice.compat.harness.RequestCode;
import io.sluice.compat.harness.Target;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The official Node.js client, in a process of its own: {@code src/test/node/client.cjs} does one
 * thing that users do and checks it. It is installed from npm as {@code package-lock.json} says.
 */
@AgainstServer
class NodeTest {
    private static final int UPDATE_AND_CREATE_SUBSCRIPTIONGROUP = 200;
    private static final long INSTALL_WITHIN_S = 110;
    private static final long RUN_WITHIN_S = 100;
    private static final Path SOURCES = Path.of("src", "test", "node");
    private static final Path HOME =
            Path.of(System.getProperty("compat.work-dir", "target/compat"), "node");

    @BeforeAll
    static void install() throws Exception {
        assumeTrue(runs("node", "--version"), "skipped: there is no node on the PATH");
        assumeTrue(runs("npm", "--version"), "skipped: there is no npm on the PATH");
        Files.createDirectories(HOME);
        for (String file : List.of("package.json", "package-lock.json", "client.cjs")) {
            Files.copy(
                    SOURCES.resolve(file), HOME.resolve(file), StandardCopyOption.REPLACE_EXISTING);
        }
        Output npm = run(INSTALL_WITHIN_S, "npm", "ci", "--ignore-scripts", "--no-audit");
        assumeTrue(npm.exit == 0, () -> "skipped: npm cannot install the client here: " + npm.text);
    }

    private record Output(int exit, String text) {}

    private static boolean runs(String... command) throws InterruptedException {
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getInputStream().readAllBytes();
            return process.waitFor() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    private static Output run(long withinSeconds, String... command) throws Exception {
        Path log = Files.createTempFile(HOME, "run", ".log");
        Process process =
                new ProcessBuilder(command)
                        .directory(HOME.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        boolean ended = process.waitFor(withinSeconds, TimeUnit.SECONDS);
        process.destroyForcibly();
        String text = Files.readString(log);
        Files.delete(log);
        return new Output(ended ? process.exitValue() : -1, text);
    }

    private static void scenario(Target server, String what, boolean ordered) throws Exception {
        String topic = "node-" + what;
        String group = "node-" + what + "-g";
        String json =
                """
                {"groupName":"%s","consumeEnable":true,"consumeMessageOrderly":%b,
                "retryMaxTimes":3,"groupRetryPolicy":{"type":"EXPONENTIAL",
                "exponentialRetryPolicy":{"initial":100,"max":200,"multiplier":2}}}\
                """
                        .formatted(group, ordered);
        try (RawConnection broker = server.connect()) {
            Map<String, String> fields = Fields.createTopic(topic, 2);
            assertTrue(broker.request(RequestCode.UPDATE_AND_CREATE_TOPIC, fields).isOk());
            byte[] body = json.getBytes(StandardCharsets.UTF_8);
            assertTrue(broker.request(UPDATE_AND_CREATE_SUBSCRIPTIONGROUP, Map.of(), body).isOk());
        }
        String endpoints = "127.0.0.1:" + server.grpcPort();
        Output output = run(RUN_WITHIN_S, "node", "client.cjs", endpoints, what, topic, group);
        assertEquals(0, output.exit, () -> output.text);
    }

    @Test
    @Feature("gRPC: simple consumers")
    void shouldSendAndReceive(Target server) throws Exception {
        scenario(server, "simple", false);
    }

    @Test
    @Feature("gRPC: push consumers")
    void shouldHaveMessagesPushed(Target server) throws Exception {
        scenario(server, "push", false);
    }

    @Test
    @Feature("gRPC: push consumers in order")
    void shouldHaveMessagesPushedInOrder(Target server) throws Exception {
        scenario(server, "fifo", true);
    }

    @Test
    @Feature("gRPC: delayed messages and recall")
    void shouldDelayAndRecall(Target server) throws Exception {
        scenario(server, "delay", false);
    }

    @Test
    @Feature("gRPC: transactions")
    void shouldDecideTransactions(Target server) throws Exception {
        scenario(server, "transaction", false);
    }
}
