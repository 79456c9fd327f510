package io.sluice.server.cli;

import io.sluice.engine.catalog.GroupSettings;
import io.sluice.protocol.GroupRetryPolicy;
import io.sluice.protocol.SubscriptionGroupConfig;
import io.sluice.server.config.Scalars;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Changes what was decided about a group. */
@Command(
        name = "set",
        description = "Change a group's settings; a group that is not there is created.",
        footer = {
            "",
            "Examples:",
            "  ./sluice group set billing --retries 5 --retry-delays 10s,30s,5m",
            "  ./sluice group set billing --retry-delays '5s..2h*2'",
            "  ./sluice group set billing --after-last-attempt discard",
            "  ./sluice group set billing --rate 200",
            "  ./sluice group set billing --consume false"
        })
final class GroupSetCommand implements Callable<Integer> {
    private static final Pattern GROWING = Pattern.compile("(.+)\\.\\.(.+)\\*(\\d{1,4})");

    /** In RocketMQ's list the first two delays are not for retries. */
    private static final int UNUSED_DELAYS = 2;

    @Mixin private final ServerOption server = new ServerOption();
    @Mixin private final Output output = new Output();

    @Parameters(paramLabel = "GROUP", description = "Its name.")
    private String group = "";

    @Option(
            names = "--retries",
            paramLabel = "NUMBER",
            description = "How often a message is retried after its first attempt.")
    private @Nullable Integer retries;

    @Option(
            names = "--retry-delays",
            paramLabel = "DELAYS",
            description =
                    "How long retries wait: one after the other, such as 10s,30s,5m; longer each"
                            + " time, such as 5s..2h*2; or default.")
    private @Nullable String retryDelays;

    @Option(
            names = "--after-last-attempt",
            paramLabel = "dead-letter|discard",
            description = "What becomes of a message then.")
    private @Nullable String afterLastAttempt;

    @Option(
            names = "--rate",
            paramLabel = "NUMBER",
            description = "How many messages per second it gets at most; 0 for no limit.")
    private @Nullable Integer rate;

    @Option(
            names = "--consume",
            paramLabel = "true|false",
            arity = "1",
            description = "Whether it may consume.")
    private @Nullable Boolean consume;

    @Override
    public Integer call() throws CommandException {
        GroupRetryPolicy policy = policy();
        try (Queues queues = server.connect()) {
            SubscriptionGroupConfig before = queues.groupConfig(group);
            Map<String, String> changes = new LinkedHashMap<>();
            add(changes, GroupSettings.AFTER_LAST_ATTEMPT, afterLastAttempt);
            add(changes, GroupSettings.CONSUME_RATE, rate);
            queues.updateGroup(
                    new SubscriptionGroupConfig(
                            group,
                            consume == null ? before.consumeEnable() : consume,
                            before.consumeFromMinEnable(),
                            before.consumeBroadcastEnable(),
                            before.consumeMessageOrderly(),
                            before.retryQueueNums(),
                            retries == null ? before.retryMaxTimes() : retries,
                            before.notifyConsumerIdsChangedEnable(),
                            before.consumeTimeoutMinutes(),
                            policy,
                            changes));
            SubscriptionGroupConfig after = queues.groupConfig(group);
            Members members =
                    new Members()
                            .with("group", group)
                            .with("consume", after.consumeEnable())
                            .with("retries", after.retryMaxTimes());
            after.attributes().forEach(members::with);
            output.print(members);
            return 0;
        }
    }

    private static void add(Map<String, String> changes, String name, @Nullable Object value) {
        if (value != null) {
            changes.put("+" + name, value.toString());
        }
    }

    /** Null to leave it as it is. */
    private @Nullable GroupRetryPolicy policy() throws CommandException {
        String text = retryDelays;
        if (text == null) {
            return null;
        }
        if (text.equals("default")) {
            return new GroupRetryPolicy.ByLevels();
        }
        try {
            Matcher growing = GROWING.matcher(text);
            if (growing.matches()) {
                return new GroupRetryPolicy.Exponential(
                        ms(growing.group(1)),
                        ms(growing.group(2)),
                        Long.parseLong(growing.group(3)));
            }
            List<Long> delays = Arrays.stream(text.split(",")).map(GroupSetCommand::ms).toList();
            List<Long> next = new ArrayList<>();
            for (int i = 0; i < UNUSED_DELAYS; i++) {
                next.add(delays.getFirst());
            }
            next.addAll(delays);
            return new GroupRetryPolicy.Customized(next);
        } catch (IllegalArgumentException e) {
            throw new CommandException(
                    CommandException.USAGE,
                    "--retry-delays is '"
                            + text
                            + "'; expected delays such as 10s,30s,5m, or 5s..2h*2, or default");
        }
    }

    private static long ms(String text) {
        return Scalars.duration(text.strip()).toMillis();
    }
}
