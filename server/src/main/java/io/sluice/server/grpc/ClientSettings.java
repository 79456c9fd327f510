package io.sluice.server.grpc;

import apache.rocketmq.v2.CustomizedBackoff;
import apache.rocketmq.v2.ExponentialBackoff;
import apache.rocketmq.v2.Metric;
import apache.rocketmq.v2.RetryPolicy;
import apache.rocketmq.v2.Settings;
import io.sluice.engine.broker.Broker;
import io.sluice.engine.catalog.Group;
import io.sluice.engine.catalog.GroupSettings;
import io.sluice.engine.catalog.Names;
import io.sluice.engine.catalog.RetrySchedule;
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
            if (LiteCalls.isLite(said)) {
                settings.getSubscriptionBuilder()
                        .setLiteSubscriptionQuota(of.liteTopicsMax())
                        .setMaxLiteTopicSize(Names.LITE_LENGTH_MAX);
            }
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

    /** As RocketMQ's proxy: also the first two delays, which retries of other clients skip. */
    private RetryPolicy consumerBackoff(GroupSettings group) {
        RetryPolicy.Builder policy = RetryPolicy.newBuilder();
        policy.setMaxAttempts((int) Math.min(Integer.MAX_VALUE, group.retryMax() + 1L));
        RetrySchedule schedule = group.retrySchedule();
        if (schedule instanceof RetrySchedule.Exponential exponential) {
            policy.setExponentialBackoff(
                    ExponentialBackoff.newBuilder()
                            .setInitial(Times.duration(exponential.initialMs()))
                            .setMax(Times.duration(exponential.maxMs()))
                            .setMultiplier((float) exponential.multiplier()));
            return policy.build();
        }
        List<Long> delaysMs =
                schedule instanceof RetrySchedule.Customized(List<Long> own)
                        ? own
                        : delayLevels.stream().map(Duration::toMillis).toList();
        CustomizedBackoff.Builder backoff = CustomizedBackoff.newBuilder();
        delaysMs.forEach(ms -> backoff.addNext(Times.duration(ms)));
        return policy.setCustomizedBackoff(backoff).build();
    }
}
