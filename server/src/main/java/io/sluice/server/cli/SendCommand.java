package io.sluice.server.cli;

import io.sluice.protocol.SendMessageResponse;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Sends one message. */
@Command(
        name = "send",
        description = {
            "Send a message. When this returns, the server has acknowledged it: it is on disk, or,"
                    + " where durability is async, will be in a moment."
        },
        footer = {
            "",
            "Examples:",
            "  ./sluice send greetings \"hello\"",
            "  ./sluice send orders '{\"id\":42}' --tag created --key 42",
            "  ./sluice send orders hello --queue 3 -p region=eu"
        })
final class SendCommand implements Callable<Integer> {
    private static final int SERVER_CHOOSES = -1;

    @Mixin private final ServerOption server = new ServerOption();
    @Mixin private final Output output = new Output();

    @Parameters(index = "0", paramLabel = "TOPIC", description = "Where to.")
    private String topic = "";

    @Parameters(index = "1", paramLabel = "TEXT", description = "The message's body.")
    private String text = "";

    @Option(names = "--tag", paramLabel = "TAG", description = "Its tag, to filter by.")
    private String tag = "";

    @Option(names = "--key", paramLabel = "KEY", description = "Its key, to find it by.")
    private String key = "";

    @Option(names = "--queue", paramLabel = "NUMBER", description = "Its queue. Default: any.")
    private int queue = SERVER_CHOOSES;

    @Option(
            names = {"-p", "--property"},
            paramLabel = "NAME=VALUE",
            description = "A property of the message; may be repeated.")
    private Map<String, String> more = Map.of();

    @Override
    public Integer call() throws CommandException {
        Map<String, String> properties = new LinkedHashMap<>(more);
        if (!tag.isEmpty()) {
            properties.put("TAGS", tag);
        }
        if (!key.isEmpty()) {
            properties.put("KEYS", key);
        }
        try (Queues queues = server.connect()) {
            SendMessageResponse sent =
                    queues.send(topic, queue, properties, text.getBytes(StandardCharsets.UTF_8));
            output.print(
                    "stored in queue %d at offset %d, id %s"
                            .formatted(sent.queueId(), sent.queueOffset(), sent.msgId()),
                    new Members()
                            .with("topic", topic)
                            .with("queue", sent.queueId())
                            .with("offset", sent.queueOffset())
                            .with("id", sent.msgId()));
            return 0;
        }
    }
}
