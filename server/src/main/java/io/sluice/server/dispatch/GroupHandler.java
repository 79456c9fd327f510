package io.sluice.server.dispatch;

import io.sluice.engine.broker.Changes;
import io.sluice.engine.catalog.Catalog;
import io.sluice.engine.catalog.Change;
import io.sluice.engine.catalog.Group;
import io.sluice.engine.catalog.GroupSettings;
import io.sluice.engine.catalog.Names;
import io.sluice.engine.shard.Outcome;
import io.sluice.engine.shard.Refusal;
import io.sluice.protocol.DeleteSubscriptionGroupHeader;
import io.sluice.protocol.GetSubscriptionGroupConfigHeader;
import io.sluice.protocol.GroupForbidden;
import io.sluice.protocol.Header;
import io.sluice.protocol.ResponseCode;
import io.sluice.protocol.SubscriptionGroupConfig;
import io.sluice.protocol.SubscriptionGroupConfigList;
import io.sluice.protocol.SubscriptionGroupList;
import io.sluice.protocol.UpdateGroupForbiddenHeader;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
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
        String fault = GroupAttributes.fault(config);
        if (fault != null) {
            request.fail(ResponseCode.INVALID_PARAMETER, fault);
            return;
        }
        createOrUpdate(config, request.answering(group -> Answer.DONE));
    }

    /** Creates or changes several; none if a name is illegal; stops at the first failure. */
    void createOrUpdateAll(Request request) {
        Header header = request.header();
        List<SubscriptionGroupConfig> all =
                SubscriptionGroupConfigList.decode(
                                request.bytes(), header.bodyIndex(), header.bodySizeBytes())
                        .groups();
        for (SubscriptionGroupConfig config : all) {
            String fault = Names.groupFault(config.groupName());
            fault = fault == null ? GroupAttributes.fault(config) : fault;
            if (fault != null) {
                request.fail(ResponseCode.INVALID_PARAMETER, fault);
                return;
            }
        }
        next(request, all.iterator());
    }

    private void next(Request request, Iterator<SubscriptionGroupConfig> left) {
        if (left.hasNext()) {
            createOrUpdate(left.next(), request.then(group -> next(request, left)));
        } else {
            request.answer(Answer.DONE);
        }
    }

    private void createOrUpdate(SubscriptionGroupConfig config, Consumer<Outcome<Group>> done) {
        UnaryOperator<GroupSettings> wanted = settings -> settings(config, settings);
        var created = catalog.createGroup(config.groupName(), wanted.apply(GroupSettings.DEFAULT));
        var updated =
                created.thenCompose(change ->
                        change instanceof Change.Exists<Group>
                                ? catalog.updateGroup(config.groupName(), wanted)
                                : created);
        Changes.report(updated, Refusal.GROUP_UNKNOWN, done);
    }

    void config(Request request) {
        String name = GetSubscriptionGroupConfigHeader.decode(request.header()).group();
        Group group = catalog.group(name);
        if (group == null) {
            request.fail(
                    ResponseCode.SUBSCRIPTION_GROUP_NOT_EXIST,
                    "Group " + name + " not exist: create it, or start a consumer of it first");
        } else {
            request.answer(Answer.ok(config(group).encode()));
        }
    }

    /** Forbids a group to read a topic, or allows it, or only tells. */
    void forbidden(Request request) {
        var fields = UpdateGroupForbiddenHeader.decode(request.header());
        Boolean readable = fields.readable();
        Group group = catalog.group(fields.group());
        if (group == null) {
            request.fail(
                    ResponseCode.SUBSCRIPTION_GROUP_NOT_EXIST,
                    "Group "
                            + fields.group()
                            + " not exist: create it, or start a consumer of it first");
        } else if (readable == null) {
            request.answer(forbidden(group, fields.topic()));
        } else {
            Changes.report(
                    catalog.updateGroup(
                            group.name(),
                            settings -> settings.withReadable(fields.topic(), readable)),
                    Refusal.GROUP_UNKNOWN,
                    request.answering(changed -> forbidden(changed, fields.topic())));
        }
    }

    private static Answer forbidden(Group group, String topic) {
        boolean readable = group.settings().mayRead(topic);
        return Answer.ok(new GroupForbidden(group.name(), topic, readable).encode());
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
