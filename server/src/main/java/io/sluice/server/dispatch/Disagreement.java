package io.sluice.server.dispatch;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Says in what the members of a group differ that should all want the same: a queue's messages are
 * filtered as the member asks that happens to read it, and what it does not want no other gets.
 */
final class Disagreement {
    private static final int TOPICS_MAX = 5;
    private static final int CLIENTS_MAX = 5;
    private static final String NOTHING = "nothing";
    private static final String RETRY_PREFIX = "%RETRY%";

    private Disagreement() {}

    /**
     * @param wanted by client, what it wants by topic; who wants nothing at all is left out, since
     *     it pulls as it likes
     * @return empty if all agree
     */
    static String of(Map<String, Collection<Subscription>> wanted) {
        Map<String, Map<String, String>> byTopic = new TreeMap<>(); // then what, by client
        TreeSet<String> clients = new TreeSet<>();
        wanted.forEach((client, subscriptions) -> {
            for (Subscription subscription : subscriptions) {
                String topic = Subscription.shortened(subscription.data().topic());
                if (!topic.startsWith(RETRY_PREFIX)) {
                    clients.add(client);
                    byTopic.computeIfAbsent(topic, t -> new TreeMap<>())
                            .put(client, subscription.shown());
                }
            }
        });
        List<String> differing = new ArrayList<>();
        byTopic.forEach((topic, whatByClient) -> {
            clients.forEach(client -> whatByClient.putIfAbsent(client, NOTHING));
            if (new TreeSet<>(whatByClient.values()).size() > 1) {
                differing.add("topic " + topic + ": " + shown(whatByClient));
            }
        });
        return limited(differing, TOPICS_MAX, "; ");
    }

    private static String shown(Map<String, String> whatByClient) {
        Map<String, List<String>> clientsByWhat = new TreeMap<>();
        whatByClient.forEach((client, what) ->
                clientsByWhat.computeIfAbsent(what, w -> new ArrayList<>()).add(client));
        List<String> parts = new ArrayList<>();
        clientsByWhat.forEach((what, clients) ->
                parts.add(
                        Subscription.shortened(what)
                                + " ("
                                + limited(clients, CLIENTS_MAX, ", ")
                                + ")"));
        return limited(parts, CLIENTS_MAX, ", ");
    }

    private static String limited(List<String> all, int countMax, String separator) {
        String shown = String.join(separator, all.subList(0, Math.min(all.size(), countMax)));
        int more = all.size() - countMax;
        return more > 0 ? shown + " and " + more + " more" : shown;
    }
}
