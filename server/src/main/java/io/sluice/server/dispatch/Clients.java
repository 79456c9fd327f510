package io.sluice.server.dispatch;

import io.sluice.engine.broker.Broker;
import io.sluice.engine.catalog.Group;
import io.sluice.engine.time.Clock;
import io.sluice.protocol.ClientConnection;
import io.sluice.protocol.ConsumerConnection;
import io.sluice.protocol.Header;
import io.sluice.protocol.HeartbeatData;
import io.sluice.protocol.HeartbeatData.ConsumeFromWhere;
import io.sluice.protocol.HeartbeatData.ConsumeType;
import io.sluice.protocol.HeartbeatData.MessageModel;
import io.sluice.protocol.Language;
import io.sluice.protocol.NotifyConsumerIdsChangedHeader;
import io.sluice.protocol.SubscriptionData;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which clients are in which groups, over which connection, and what they want. Kept in memory
 * only, and told anew by every heartbeat.
 *
 * <p>Changes are made under this object's lock; what a pull looks up is read without it. Members
 * that come or go, or a subscription that changes, are told to the group's other members, who share
 * the queues out anew. A client that is gone gives its queue locks back.
 */
public final class Clients {
    /** How long a member counts without a heartbeat; clients send one every 30 s. */
    static final long HEARTBEAT_WITHIN_MS = 120_000;

    private static final Logger LOG = LoggerFactory.getLogger(Clients.class);

    /** How long an ordered group counts as one: its locks last as long. */
    private static final long LOCKED_WITHIN_MS = 60_000;

    /** A client in a group, by one connection. */
    private record Member(
            Peer peer, String clientId, Language language, int version, long seenMs) {}

    private static final class Consumers {
        final Map<Peer, Member> members = new LinkedHashMap<>();
        volatile Map<String, Subscription> subscriptions = Map.of();
        volatile MessageModel model = MessageModel.CLUSTERING;
        ConsumeType type = ConsumeType.CONSUME_PASSIVELY;
        ConsumeFromWhere from = ConsumeFromWhere.CONSUME_FROM_LAST_OFFSET;
        int fingerprint;
    }

    private final Broker broker;
    private final Clock clock;
    private final Map<String, Consumers> consumers = new ConcurrentHashMap<>();
    private final Map<String, Map<Peer, Member>> producers = new HashMap<>();
    private final Map<Peer, Set<String>> groupsOf = new HashMap<>();
    private final Map<String, Long> lockedNanos = new ConcurrentHashMap<>();

    public Clients(Broker broker, Clock clock) {
        this.broker = broker;
        this.clock = clock;
    }

    /**
     * Takes in a heartbeat, whose groups exist.
     *
     * @return whether the client shall send its subscriptions in full next time: those that use
     *     fingerprints leave them out if nothing has changed
     */
    synchronized boolean heartbeat(Peer peer, Header header, HeartbeatData data) {
        if (!peer.open()) {
            return true;
        }
        long now = nowMs();
        Member member = new Member(peer, data.clientId(), header.language(), header.version(), now);
        boolean tellAgain = data.fingerprint() == 0;
        for (HeartbeatData.Consumer consumer : data.consumers()) {
            tellAgain |= consumer(member, data, consumer);
        }
        for (String group : data.producerGroups()) {
            producers.computeIfAbsent(group, name -> new LinkedHashMap<>()).put(peer, member);
            groupsOf.computeIfAbsent(peer, p -> new HashSet<>()).add(group);
        }
        return tellAgain;
    }

    private boolean consumer(Member member, HeartbeatData data, HeartbeatData.Consumer consumer) {
        String name = consumer.groupName();
        Consumers group = consumers.computeIfAbsent(name, key -> new Consumers());
        group.model = consumer.messageModel();
        group.type = consumer.consumeType();
        group.from = consumer.consumeFromWhere();
        boolean joined = group.members.put(member.peer, member) == null;
        groupsOf.computeIfAbsent(member.peer, p -> new HashSet<>()).add(name);
        boolean changed =
                !data.withoutSubscriptions() && subscribe(group, consumer.subscriptions());
        if (joined) {
            LOG.info("{} joined group {} from {}", member.clientId, name, member.peer);
        }
        if (joined || changed) {
            membersChanged(name, group);
        }
        int before = group.fingerprint;
        group.fingerprint = data.fingerprint();
        return data.withoutSubscriptions()
                ? before != data.fingerprint() || group.subscriptions.isEmpty()
                : before != 0 && before != data.fingerprint();
    }

    /** Whether topics came or went; a newer expression for the same topic is no such change. */
    private static boolean subscribe(Consumers group, List<SubscriptionData> wanted) {
        Map<String, Subscription> before = group.subscriptions;
        Map<String, Subscription> after = new HashMap<>();
        for (SubscriptionData data : wanted) {
            Subscription old = before.get(data.topic());
            after.put(
                    data.topic(),
                    old != null && old.data().subVersion() >= data.subVersion()
                            ? old
                            : Subscription.of(data));
        }
        group.subscriptions = Map.copyOf(after);
        return !after.keySet().equals(before.keySet());
    }

    /** A client leaves groups by its own will. */
    synchronized void unregister(
            Peer peer, @Nullable String producerGroup, @Nullable String consumerGroup) {
        if (producerGroup != null) {
            leaveProducers(peer, producerGroup);
        }
        if (consumerGroup != null) {
            leaveConsumers(peer, consumerGroup);
        }
    }

    /** A connection is closed: whoever came by it has left. */
    public synchronized void closed(Peer peer) {
        Set<String> groups = groupsOf.remove(peer);
        if (groups != null) {
            for (String group : groups) {
                leaveProducers(peer, group);
                leaveConsumers(peer, group);
            }
        }
    }

    /** Closes connections whose clients have fallen silent. To be called every few seconds. */
    public void expire() {
        long oldest = nowMs() - HEARTBEAT_WITHIN_MS;
        for (Peer peer : silentSince(oldest)) {
            peer.close("no heartbeat for " + HEARTBEAT_WITHIN_MS / 1000 + " s");
        }
    }

    private synchronized Set<Peer> silentSince(long oldestMs) {
        Set<Peer> silent = new HashSet<>();
        consumers.values().forEach(group -> addSilent(group.members, oldestMs, silent));
        producers.values().forEach(members -> addSilent(members, oldestMs, silent));
        return silent;
    }

    private static void addSilent(Map<Peer, Member> members, long oldestMs, Set<Peer> silent) {
        for (Member member : members.values()) {
            if (member.seenMs - oldestMs < 0) {
                silent.add(member.peer);
            }
        }
    }

    private void leaveProducers(Peer peer, String name) {
        Map<Peer, Member> members = producers.get(name);
        if (members != null) {
            members.remove(peer);
            if (members.isEmpty()) {
                producers.remove(name);
            }
        }
    }

    private void leaveConsumers(Peer peer, String name) {
        Consumers group = consumers.get(name);
        Member gone = group == null ? null : group.members.remove(peer);
        if (group == null || gone == null) {
            return;
        }
        LOG.info("{} left group {} from {}", gone.clientId, name, peer);
        if (!ids(group).contains(gone.clientId)) {
            Group known = broker.catalog().group(name);
            if (known != null) {
                broker.unlockClient(known, gone.clientId);
            }
        }
        if (group.members.isEmpty()) {
            consumers.remove(name);
        } else {
            membersChanged(name, group);
        }
    }

    private void membersChanged(String name, Consumers group) {
        Group known = broker.catalog().group(name);
        if (group.model == MessageModel.BROADCASTING
                || (known != null && !known.settings().notifyConsumerIdsChanged())) {
            return;
        }
        var change = new NotifyConsumerIdsChangedHeader(name);
        for (Peer peer : group.members.keySet()) {
            peer.notifyMembersChanged(change);
        }
    }

    /** The clients in a consumer group; empty if there are none. */
    synchronized List<String> clientIds(String name) {
        Consumers group = consumers.get(name);
        return group == null ? List.of() : List.copyOf(ids(group));
    }

    /** Who is in a consumer group, and how it consumes; null if nobody is. */
    synchronized @Nullable ConsumerConnection consumers(String name) {
        Consumers group = consumers.get(name);
        if (group == null) {
            return null;
        }
        var wanted = new TreeMap<>(group.subscriptions);
        return new ConsumerConnection(
                connections(group.members),
                group.type,
                group.model,
                group.from,
                wanted.values().stream().map(Subscription::data).toList());
    }

    /** Who is in each producer group. */
    synchronized SortedMap<String, List<ClientConnection>> producers() {
        SortedMap<String, List<ClientConnection>> all = new TreeMap<>();
        producers.forEach((name, members) -> all.put(name, connections(members)));
        return all;
    }

    private List<ClientConnection> connections(Map<Peer, Member> members) {
        long toWallMs = clock.wallMs() - nowMs();
        return members.values().stream()
                .map(member ->
                        new ClientConnection(
                                member.clientId,
                                RouteHandler.text(member.peer.remoteAddress()),
                                member.language,
                                member.version,
                                member.seenMs + toWallMs))
                .toList();
    }

    /** The groups whose clients subscribe to a topic. */
    synchronized Set<String> subscribedTo(String topic) {
        Set<String> groups = new HashSet<>();
        consumers.forEach((name, group) -> {
            if (group.subscriptions.containsKey(topic)) {
                groups.add(name);
            }
        });
        return groups;
    }

    /** The connection of a member of a consumer group, the newest if it has several; or null. */
    synchronized @Nullable Peer consumer(String name, String clientId) {
        Consumers group = consumers.get(name);
        Peer found = null;
        if (group != null) {
            for (Member member : group.members.values()) {
                found = member.clientId.equals(clientId) ? member.peer : found;
            }
        }
        return found;
    }

    /** Without those that a client which connected anew has twice. */
    private static Set<String> ids(Consumers group) {
        Set<String> ids = new HashSet<>();
        group.members.values().forEach(member -> ids.add(member.clientId));
        return ids;
    }

    /** What a group wants of each topic; null if no client of it is here. */
    @Nullable Map<String, Subscription> subscriptions(String name) {
        Consumers group = consumers.get(name);
        return group == null ? null : group.subscriptions;
    }

    /** Whether each member of the group gets every message. */
    boolean broadcasts(String name) {
        Consumers group = consumers.get(name);
        return group != null && group.model == MessageModel.BROADCASTING;
    }

    /** Notes that a client of the group asked for queue locks. */
    void locked(String group) {
        lockedNanos.put(group, clock.nanos());
    }

    /** Whether clients of the group hold queue locks, as only those that consume in order do. */
    boolean consumesInOrder(String group) {
        Long nanos = lockedNanos.get(group);
        if (nanos == null) {
            return false;
        }
        boolean recent = clock.nanos() - nanos < TimeUnit.MILLISECONDS.toNanos(LOCKED_WITHIN_MS);
        if (!recent) {
            lockedNanos.remove(group, nanos);
        }
        return recent;
    }

    private long nowMs() {
        return TimeUnit.NANOSECONDS.toMillis(clock.nanos());
    }
}
