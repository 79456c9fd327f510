package io.sluice.server.grpc;

import apache.rocketmq.v2.Code;
import apache.rocketmq.v2.MessageQueue;
import apache.rocketmq.v2.Resource;
import io.sluice.engine.catalog.Catalog;
import io.sluice.engine.catalog.Group;
import io.sluice.engine.catalog.Names;
import io.sluice.engine.catalog.Topic;

/** Names of topics and groups, with the namespace that they may carry. */
final class Resources {
    private static final String SEPARATOR = "%";

    private Resources() {}

    /** The topic's name, if users may name a topic so. */
    static String topic(Resource resource) {
        String name = name(resource);
        String fault = Names.topicFault(name);
        if (fault != null) {
            throw new CallFault(Code.ILLEGAL_TOPIC, fault);
        }
        if (Names.isSystemTopic(name)) {
            throw new CallFault(Code.ILLEGAL_TOPIC, "the topic " + name + " belongs to the system");
        }
        return name;
    }

    /** The topic, which must exist. */
    static Topic topic(Catalog catalog, Resource resource) {
        String name = topic(resource);
        Topic topic = catalog.topic(name);
        if (topic == null) {
            throw new CallFault(
                    Code.TOPIC_NOT_FOUND, "topic " + name + " does not exist: create it first");
        }
        return topic;
    }

    /** The topic of a queue, which must exist. */
    static Topic queue(Catalog catalog, MessageQueue queue) {
        Topic topic = topic(catalog, queue.getTopic());
        if (queue.getId() < 0 || queue.getId() >= topic.queues()) {
            throw new CallFault(
                    Code.BAD_REQUEST,
                    "topic %s has queues 0 to %d, not %d"
                            .formatted(topic.name(), topic.queues() - 1, queue.getId()));
        }
        return topic;
    }

    /** The group, which must exist. */
    static Group group(Catalog catalog, Resource resource) {
        String name = group(resource);
        Group group = catalog.group(name);
        if (group == null) {
            throw new CallFault(
                    Code.CONSUMER_GROUP_NOT_FOUND,
                    "group " + name + " does not exist: start a consumer of it, or create it");
        }
        return group;
    }

    /** The group's name, if users may name a group so. */
    static String group(Resource resource) {
        String name = name(resource);
        String fault = Names.groupFault(name);
        if (fault != null) {
            throw new CallFault(Code.ILLEGAL_CONSUMER_GROUP, fault);
        }
        return name;
    }

    /** The name as it is written, with its namespace. */
    static String name(Resource resource) {
        String namespace = resource.getResourceNamespace();
        return namespace.isEmpty()
                ? resource.getName()
                : namespace + SEPARATOR + resource.getName();
    }

    /** The other way round. */
    static Resource of(String name, String namespace) {
        String prefix = namespace + SEPARATOR;
        boolean within = !namespace.isEmpty() && name.startsWith(prefix);
        return Resource.newBuilder()
                .setResourceNamespace(within ? namespace : "")
                .setName(within ? name.substring(prefix.length()) : name)
                .build();
    }
}
