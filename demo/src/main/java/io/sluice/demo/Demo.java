package io.sluice.demo;

import java.io.Console;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.stream.Stream;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.common.message.MessageExt;

/**
 * {@code ./sluice demo [FILE]}: starts a server, sends a few thousand messages through the official
 * client, consumes them in a group, follows one that fails into the dead-letter queue, kills the
 * server in the middle of it all, and compares what was acknowledged with what came out.
 */
final class Demo {
    private static final String ADDRESS = "127.0.0.1:" + ServerProcess.PORT;
    private static final int QUEUES = 8;
    private static final long PATIENCE_MS = 60_000;

    private final Narrator narrator;
    private final ServerProcess server;
    private final Path dataDir;
    private final Input input;
    private final Ledger ledger;
    private final String badText;
    private final String topic;
    private final String group;

    private Demo(Narrator narrator, ServerProcess server, Path dataDir, Input input) {
        this.narrator = narrator;
        this.server = server;
        this.dataDir = dataDir;
        this.input = input;
        this.ledger = new Ledger(input);
        this.badText = input.text(input.count() / 4);
        String run =
                LocalDateTime.now(ZoneId.systemDefault())
                        .format(DateTimeFormatter.ofPattern("MMdd-HHmmss"));
        this.topic = "demo-" + run;
        this.group = "demo-readers-" + run;
    }

    public static void main(String[] args) {
        System.exit(run(args));
    }

    private static int run(String[] args) {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        if (args.length > 1 || (args.length == 1 && args[0].startsWith("-"))) {
            out.println("usage: ./sluice demo [FILE]");
            return 2;
        }
        Narrator narrator = new Narrator(out, onTerminal());
        Path home = Path.of(System.getProperty("sluice.home", "."));
        Path logs = home.resolve("target/demo");
        quieten(logs);
        Path dataDir = Path.of("data");
        ServerProcess server =
                new ServerProcess(home.resolve("sluice"), dataDir, logs.resolve("server.log"));
        Runtime.getRuntime().addShutdownHook(new Thread(server::stop, "stop-server"));
        try {
            Path file = args.length == 1 ? Path.of(args[0]) : home.resolve("LICENSE");
            new Demo(narrator, server, dataDir, Input.read(file)).show();
            return 0;
        } catch (DemoException | MQClientException | IOException e) {
            narrator.step("FAILED: " + e.getMessage());
            if (server.pid() >= 0) {
                narrator.say("         what the server printed: " + logs.resolve("server.log"));
                narrator.say("         what the client logged:  " + logs);
            }
            return 1;
        } catch (InterruptedException e) {
            return 1;
        }
    }

    private static boolean onTerminal() {
        return Stream.ofNullable(System.console()).anyMatch(Console::isTerminal);
    }

    /** The client logs into a file of its own, and looks for news of routes every second. */
    private static void quieten(Path logs) {
        System.setProperty("rocketmq.log.root", logs.toString());
        System.setProperty("rocketmq.client.rebalance.waitInterval", "1000");
    }

    private void show() throws DemoException, MQClientException, IOException, InterruptedException {
        startServer();
        DefaultMQProducer producer = new DefaultMQProducer("demo-writers");
        producer.setNamesrvAddr(ADDRESS);
        producer.setPollNameServerInterval((int) Duration.ofSeconds(1).toMillis());
        producer.setDefaultTopicQueueNums(QUEUES);
        producer.start();
        Readers readers = new Readers(ADDRESS, group, topic, ledger, badText);
        Senders senders = new Senders(producer, topic, input, ledger);
        try {
            int queues = senders.sendFirst(Duration.ofMillis(PATIENCE_MS));
            narrator.step("the first message made topic %s, of %d queues".formatted(topic, queues));
            readers.start();
            senders.start();
            crashHalfWay(senders);
            consumeAll(readers);
        } finally {
            senders.cancel();
            readers.stop();
            producer.shutdown();
        }
        prove();
    }

    private void startServer() throws DemoException, IOException, InterruptedException {
        Duration took = server.start();
        narrator.step(
                "server is ready at %s after %.1f s (process %d, data in %s)"
                        .formatted(ADDRESS, took.toMillis() / 1e3, server.pid(), dataDir));
    }

    private void crashHalfWay(Senders senders)
            throws DemoException, IOException, InterruptedException {
        narrator.step(
                "sending %,d messages, %s, with Apache RocketMQ's own client"
                        .formatted(input.count(), input.origin()));
        narrator.progress("sent", ledger::acknowledged, input.count() / 2, PATIENCE_MS);
        long pid = server.pid();
        server.kill();
        narrator.step(
                "kill -9 %d, in the middle of it: %,d messages were acknowledged until then"
                        .formatted(pid, ledger.acknowledged()));
        startServer();
        narrator.progress("sent", ledger::acknowledged, input.count(), PATIENCE_MS);
        narrator.step(
                "%,d messages sent and acknowledged; %,d sends failed meanwhile and were repeated"
                        .formatted(ledger.acknowledged(), senders.failures()));
    }

    private void consumeAll(Readers readers)
            throws DemoException, MQClientException, InterruptedException {
        int good = input.count() - 1;
        narrator.progress(
                "consumed", () -> ledger.acknowledged() - ledger.missing(), good, PATIENCE_MS);
        narrator.step("%,d messages consumed by group %s".formatted(good, group));
        narrator.progress(
                "attempts at the bad one", readers::badAttempts, Readers.RETRIES + 1, PATIENCE_MS);
        narrator.step(
                "1 message failed, was tried again %d times, one second apart"
                        .formatted(Readers.RETRIES));
        MessageExt dead =
                DeadLetters.await(ADDRESS, group, badText, Duration.ofMillis(PATIENCE_MS))
                        .orElseThrow(() -> new DemoException("the bad message is no dead letter"));
        ledger.deadLettered(dead.getMsgId());
        narrator.step("and was given up: it lies in %s now".formatted(dead.getTopic()));
    }

    private void prove() throws DemoException {
        ledger.check();
        narrator.step(
                "PROVED: all %,d acknowledged messages came out as they went in, in order per queue"
                        .formatted(ledger.acknowledged()));
        narrator.say(
                "         (%,d came out more than once, which a crash may cause; none was lost)"
                        .formatted(ledger.repeats()));
        narrator.say(
                """

                All of it is still in ./%s. Go on with:
                  ./sluice server
                and, in another terminal:
                  ./sluice topic describe %s
                  ./sluice group describe %s
                  ./sluice tail %s --from beginning\
                """
                        .formatted(dataDir, topic, group, topic));
    }
}
