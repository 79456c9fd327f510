package io.sluice.server.grpc;

import apache.rocketmq.v2.CustomizedBackoff;
import apache.rocketmq.v2.ExponentialBackoff;
import apache.rocketmq.v2.Metric;
import apache.rocketmq.v2.RetryPolicy;
import apache.rocketmq.v2.Settings;
import io.sluice.engine.broker.Broker;
import io.sluice.engine.catalog.Group;
import io.sluice.engine.catalog.GroupSettings;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What clients are told to do, in answer to what they say they want. */
final class ClientSettings {
    private static final int PRODUCER_ATTEMPTS_MAX = 3;
    private static final int BACKOFF_FIRST_MS = 10;
    private static final int BACKOFF_MS_MAX = 1000;
    private static final int BACKOFF_TIMES = 2;
    private static final int RECEIVE_COUNT = 32;
    private static final int LONG_POLLING_MS = 20_000;

    /** Delay levels that retries do not use: the first one waits level 3. */
    private static final int LEVELS_SKIPPED = 2;

    private final List<Duration> delayLevels;

    ClientSettings(List<Duration> delayLevels) {
        this.delayLevels = List.copyOf(delayLevels);
    }

    Settings answer(Settings said, @Nullable Group group) {
        Settings.Builder settings = said.toBuilder().setMetric(Metric.newBuilder().setOn(false));
        if (said.hasPublishing()) {
            settings.setBackoffPolicy(producerBackoff());
            settings.getPublishingBuilder()
                    .setValidateMessageType(true)
                    .setMaxBodySize(Broker.BODY_SIZE_BYTES_MAX);
        } else {
            GroupSettings of = group == null ? GroupSettings.DEFAULT : group.settings();
            settings.setBackoffPolicy(consumerBackoff(of));
            settings.getSubscriptionBuilder()
                    .setFifo(of.consumeOrderly())
                    .setReceiveBatchSize(RECEIVE_COUNT)
                    .setLongPollingTimeout(Times.duration(LONG_POLLING_MS));
        }
        return settings.build();
    }

    private static RetryPolicy producerBackoff() {
        return RetryPolicy.newBuilder()
                .setMaxAttempts(PRODUCER_ATTEMPTS_MAX)
                .setExponentialBackoff(
                        ExponentialBackoff.newBuilder()
                                .setInitial(Times.duration(BACKOFF_FIRST_MS))
                                .setMax(Times.duration(BACKOFF_MS_MAX))
                                .setMultiplier(BACKOFF_TIMES))
                .build();
    }

    private RetryPolicy consumerBackoff(GroupSettings group) {
        CustomizedBackoff.Builder backoff = CustomizedBackoff.newBuilder();
        int skipped = Math.min(LEVELS_SKIPPED, delayLevels.size() - 1);
        for (Duration level : delayLevels.subList(skipped, delayLevels.size())) {
            backoff.addNext(Times.duration(level.toMillis()));
        }
        return RetryPolicy.newBuilder()
                .setMaxAttempts(group.retryMax() + 1)
                .setCustomizedBackoff(backoff)
                .build();
    }
}
