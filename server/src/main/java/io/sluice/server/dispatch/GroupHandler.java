package io.sluice.server.dispatch;

import io.sluice.engine.broker.Changes;
import io.sluice.engine.catalog.Catalog;
import io.sluice.engine.catalog.Change;
import io.sluice.engine.catalog.Group;
import io.sluice.engine.catalog.GroupSettings;
import io.sluice.engine.shard.Refusal;
import io.sluice.protocol.DeleteSubscriptionGroupHeader;
import io.sluice.protocol.Header;
import io.sluice.protocol.ResponseCode;
import io.sluice.protocol.SubscriptionGroupConfig;
import io.sluice.protocol.SubscriptionGroupList;
import java.util.function.UnaryOperator;

/** Creates, changes, deletes and lists consumer groups. */
final class GroupHandler {
    private final Catalog catalog;

    GroupHandler(Catalog catalog) {
        this.catalog = catalog;
    }

    void createOrUpdate(Request request) {
        Header header = request.header();
        SubscriptionGroupConfig config =
                SubscriptionGroupConfig.decode(
                        request.bytes(), header.bodyIndex(), header.bodySizeBytes());
        UnaryOperator<GroupSettings> wanted = settings -> settings(config, settings);
        String fault = GroupAttributes.fault(config);
        if (fault != null) {
            request.fail(ResponseCode.INVALID_PARAMETER, fault);
            return;
        }
        var created = catalog.createGroup(config.groupName(), wanted.apply(GroupSettings.DEFAULT));
        var done =
                created.thenCompose(change ->
                        change instanceof Change.Exists<Group>
                                ? catalog.updateGroup(config.groupName(), wanted)
                                : created);
        Changes.report(done, Refusal.GROUP_UNKNOWN, request.answering(group -> Answer.DONE));
    }

    private static GroupSettings settings(SubscriptionGroupConfig config, GroupSettings before) {
        return new GroupSettings(
                config.consumeEnable(),
                config.consumeFromMinEnable(),
                config.consumeBroadcastEnable(),
                config.consumeMessageOrderly(),
                config.notifyConsumerIdsChangedEnable(),
                config.retryMaxTimes(),
                config.consumeTimeoutMinutes(),
                GroupAttributes.change(before.attributes(), config));
    }

    /** Deletes a group with its offsets; that it is gone already is as good. */
    void delete(Request request) {
        String name = DeleteSubscriptionGroupHeader.decode(request.header()).groupName();
        if (catalog.group(name) == null) {
            request.answer(Answer.DONE);
            return;
        }
        Changes.report(
                catalog.deleteGroup(name),
                Refusal.GROUP_UNKNOWN,
                request.answeringGone(Refusal.GROUP_UNKNOWN));
    }

    void list(Request request) {
        var groups = catalog.groups().stream().map(GroupHandler::config).toList();
        request.answer(Answer.ok(new SubscriptionGroupList(groups).encode()));
    }

    private static SubscriptionGroupConfig config(Group group) {
        GroupSettings settings = group.settings();
        return new SubscriptionGroupConfig(
                group.name(),
                settings.consumeEnabled(),
                settings.consumeFromMinEnabled(),
                settings.consumeBroadcastEnabled(),
                settings.consumeOrderly(),
                Group.RETRY_QUEUES,
                settings.retryMax(),
                settings.notifyConsumerIdsChanged(),
                settings.consumeTimeoutMinutes(),
                GroupAttributes.retryPolicy(settings),
                settings.attributes());
    }
}
