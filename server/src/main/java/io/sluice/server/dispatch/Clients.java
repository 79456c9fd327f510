package io.sluice.server.dispatch;

import io.sluice.engine.broker.Broker;
import io.sluice.engine.catalog.Group;
import io.sluice.engine.time.Clock;
import io.sluice.protocol.ClientConnection;
import io.sluice.protocol.ConsumerConnection;
import io.sluice.protocol.HeartbeatData;
import io.sluice.protocol.HeartbeatData.ConsumeFromWhere;
import io.sluice.protocol.HeartbeatData.ConsumeType;
import io.sluice.protocol.HeartbeatData.MessageModel;
import io.sluice.protocol.Language;
import io.sluice.protocol.NotifyConsumerIdsChangedHeader;
import io.sluice.protocol.SubscriptionData;
import java.net.InetAddress;
import java.util.Collection;
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
 * <p>What a member wants is its own: members of a group that want different things are told of in
 * the log, and each gets what it asks for.
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
        final Map<Peer, Wanted> wanted = new ConcurrentHashMap<>();
        volatile MessageModel model = MessageModel.CLUSTERING;
        ConsumeType type = ConsumeType.CONSUME_PASSIVELY;
        ConsumeFromWhere from = ConsumeFromWhere.CONSUME_FROM_LAST_OFFSET;
        volatile String disagreement = "";
    }

    /** What a member wants of each topic, and the fingerprint of the heartbeat that said so. */
    private record Wanted(int fingerprint, Map<String, Subscription> topics) {}

    private final Broker broker;
    private final Clock clock;
    private final Map<String, Consumers> consumers = new ConcurrentHashMap<>();
    private final Map<String, Map<Peer, Member>> producers = new HashMap<>();
    private final Map<Peer, Set<String>> groupsOf = new HashMap<>();
    private final Map<String, Peer> producerOf = new ConcurrentHashMap<>();
    private final Map<String, Long> lockedNanos = new ConcurrentHashMap<>();
    private int turns;
    private final Map<Peer, String> clientIds = new ConcurrentHashMap<>();

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
    public synchronized boolean heartbeat(
            Peer peer, Language language, int version, HeartbeatData data) {
        if (!peer.open()) {
            return true;
        }
        clientIds.put(peer, data.clientId());
        long now = nowMs();
        Member member = new Member(peer, data.clientId(), language, version, now);
        boolean tellAgain = data.fingerprint() == 0;
        for (HeartbeatData.Consumer consumer : data.consumers()) {
            tellAgain |= consumer(member, data, consumer);
        }
        for (String group : data.producerGroups()) {
            producers.computeIfAbsent(group, name -> new LinkedHashMap<>()).put(peer, member);
            groupsOf.computeIfAbsent(peer, p -> new HashSet<>()).add(group);
        }
        if (!data.producerGroups().isEmpty()) {
            producerOf.put(data.clientId(), peer);
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
        Wanted before = group.wanted.get(member.peer);
        Map<String, Subscription> topics = topics(before);
        if (!data.withoutSubscriptions()) {
            topics = subscribe(topics, consumer.subscriptions());
            group.wanted.put(member.peer, new Wanted(data.fingerprint(), topics));
        }
        if (joined) {
            LOG.info("{} joined group {} from {}", member.clientId, name, member.peer);
        }
        if (joined || !topics.keySet().equals(topics(before).keySet())) {
            membersChanged(name, group);
        }
        if (!topics.equals(topics(before))) {
            compare(name, group);
        }
        return data.withoutSubscriptions()
                && (before == null || before.fingerprint != data.fingerprint());
    }

    private static Map<String, Subscription> topics(@Nullable Wanted wanted) {
        return wanted == null ? Map.of() : wanted.topics;
    }

    /** What a member wants from now on; what has not changed is not read anew. */
    private static Map<String, Subscription> subscribe(
            Map<String, Subscription> before, List<SubscriptionData> wanted) {
        Map<String, Subscription> after = new HashMap<>();
        for (SubscriptionData data : wanted) {
            Subscription old = before.get(data.topic());
            boolean stays =
                    old != null
                            && (old.data().subVersion() > data.subVersion()
                                    || old.data().equals(data));
            after.put(data.topic(), stays ? old : Subscription.of(data));
        }
        return Map.copyOf(after);
    }

    /** Tells the log once when the members of a group begin or cease to want different things. */
    private static void compare(String name, Consumers group) {
        Map<String, Collection<Subscription>> wanted = new TreeMap<>();
        group.wanted.forEach((peer, each) -> {
            Member member = group.members.get(peer);
            if (member != null) {
                wanted.put(Subscription.shortened(member.clientId), each.topics.values());
            }
        });
        String now = Disagreement.of(wanted);
        String before = group.disagreement;
        group.disagreement = now;
        if (!now.isEmpty() && !now.equals(before)) {
            LOG.warn(
                    "the members of group {} want different things, so messages may be passed over:"
                            + " {}; let all of them subscribe to the same",
                    name,
                    now);
        } else if (now.isEmpty() && !before.isEmpty()) {
            LOG.info("the members of group {} want the same again", name);
        }
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
        String clientId = clientIds.remove(peer);
        if (clientId != null) {
            producerOf.remove(clientId, peer);
        }
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
        group.wanted.remove(peer);
        LOG.info("{} left group {} from {}", gone.clientId, name, peer);
        if (!ids(group).contains(gone.clientId)) {
            Group known = broker.catalog().group(name);
            if (known != null) {
                broker.unlockClient(known, gone.clientId, count -> {}); // what it keeps runs out
            }
        }
        if (group.members.isEmpty()) {
            consumers.remove(name);
        } else {
            compare(name, group);
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

    /** The connection of a client that sends messages; null if it is not here. */
    @Nullable Peer sender(String clientId) {
        return producerOf.get(clientId);
    }

    /** A client of a producer group, another one each time; null if none is connected. */
    synchronized @Nullable Peer producer(String name) {
        Map<Peer, Member> members = producers.getOrDefault(name, Map.of());
        List<Peer> open = members.keySet().stream().filter(Peer::reachable).toList();
        return open.isEmpty() ? null : open.get(Math.floorMod(turns++, open.size()));
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
        var wanted = new TreeMap<>(newest(group));
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
            if (group.wanted.values().stream().anyMatch(w -> w.topics.containsKey(topic))) {
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

    /** What a group wants of each topic, as its members said last; null if none of it is here. */
    @Nullable Map<String, Subscription> subscriptions(String name) {
        Consumers group = consumers.get(name);
        if (group == null) {
            return null;
        }
        return newest(group);
    }

    /** What each member of a group wants of a topic, by client id; none that does not want any. */
    synchronized SortedMap<String, Subscription> subscribed(String name, String topic) {
        SortedMap<String, Subscription> subscribed = new TreeMap<>();
        Consumers group = consumers.get(name);
        if (group != null) {
            group.members.forEach((peer, member) -> {
                Subscription wanted = topics(group.wanted.get(peer)).get(topic);
                if (wanted != null) {
                    subscribed.put(member.clientId, wanted);
                }
            });
        }
        return subscribed;
    }

    private static Map<String, Subscription> newest(Consumers group) {
        Map<String, Subscription> newest = new TreeMap<>();
        for (Wanted wanted : group.wanted.values()) {
            wanted.topics.forEach((topic, each) ->
                    newest.merge(
                            topic,
                            each,
                            (a, b) -> a.data().subVersion() >= b.data().subVersion() ? a : b));
        }
        return newest;
    }

    /**
     * What the member of a group that came by this connection wants of each topic; null if none has
     * said so.
     */
    @Nullable Map<String, Subscription> subscriptions(String name, Peer peer) {
        Consumers group = consumers.get(name);
        Wanted wanted = group == null ? null : group.wanted.get(peer);
        return wanted == null ? null : wanted.topics;
    }

    /** In what the members of a group differ that should want the same; empty if they agree. */
    String disagreement(String name) {
        Consumers group = consumers.get(name);
        return group == null ? "" : group.disagreement;
    }

    /** Whether each member of the group gets every message. */
    boolean broadcasts(String name) {
        Consumers group = consumers.get(name);
        return group != null && group.model == MessageModel.BROADCASTING;
    }

    /**
     * The client that a connection is of; empty if that is not known. Old clients commit over a
     * second connection, their VIP channel, which never says whose it is: it is that of the only
     * client on its host.
     */
    String clientId(Peer peer) {
        String known = clientIds.get(peer);
        return known != null ? known : onlyClientOn(peer.remoteAddress().getAddress());
    }

    /** What the client has called itself on this very connection; empty if it has not. */
    String saidBy(Peer peer) {
        return clientIds.getOrDefault(peer, "");
    }

    private String onlyClientOn(InetAddress host) {
        String only = "";
        for (Map.Entry<Peer, String> each : clientIds.entrySet()) {
            if (each.getKey().remoteAddress().getAddress().equals(host)) {
                if (!only.isEmpty() && !only.equals(each.getValue())) {
                    return "";
                }
                only = each.getValue();
            }
        }
        return only;
    }

    /** Whether a client has joined the group by this connection. */
    synchronized boolean isMember(Peer peer, String name) {
        Consumers group = consumers.get(name);
        return group != null && group.members.containsKey(peer);
    }

    /** Notes that a client of the group asked for queue locks. */
    synchronized void locked(Peer peer, String clientId, String group) {
        lockedNanos.put(group, clock.nanos());
        if (peer.open()) {
            clientIds.put(peer, clientId);
        }
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
