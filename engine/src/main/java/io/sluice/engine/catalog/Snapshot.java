package io.sluice.engine.catalog;

import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Everything in the catalog at one moment. Immutable, so any thread may read it without a lock; a
 * lookup allocates nothing.
 */
final class Snapshot {
    private final Map<String, Topic> topics;
    private final Map<String, Group> groups;
    private final Topic[] topicsById;
    private final int[] topicIds;
    private final Group[] groupsById;
    private final int[] groupIds;
    private final List<Topic> topicsByName;
    private final List<Group> groupsByName;

    Snapshot(Collection<Topic> topics, Collection<Group> groups) {
        this.topics = HashMap.newHashMap(topics.size());
        topics.forEach(topic -> this.topics.put(topic.name(), topic));
        this.groups = HashMap.newHashMap(groups.size());
        groups.forEach(group -> this.groups.put(group.name(), group));
        topicsById = topics.toArray(Topic[]::new);
        Arrays.sort(topicsById, Comparator.comparingInt(Topic::id));
        topicIds = Arrays.stream(topicsById).mapToInt(Topic::id).toArray();
        groupsById = groups.toArray(Group[]::new);
        Arrays.sort(groupsById, Comparator.comparingInt(Group::id));
        groupIds = Arrays.stream(groupsById).mapToInt(Group::id).toArray();
        topicsByName = topics.stream().sorted(Comparator.comparing(Topic::name)).toList();
        groupsByName = groups.stream().sorted(Comparator.comparing(Group::name)).toList();
    }

    @Nullable Topic topic(String name) {
        return topics.get(name);
    }

    @Nullable Group group(String name) {
        return groups.get(name);
    }

    @Nullable Topic topic(int id) {
        int index = Arrays.binarySearch(topicIds, id);
        return index < 0 ? null : topicsById[index];
    }

    @Nullable Group group(int id) {
        int index = Arrays.binarySearch(groupIds, id);
        return index < 0 ? null : groupsById[index];
    }

    List<Topic> topics() {
        return topicsByName;
    }

    List<Group> groups() {
        return groupsByName;
    }
}
