package io.sluice.server.dispatch;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** How queues are shared out among clients: RocketMQ's two strategies that need nothing more. */
final class Sharing {
    private static final String AVERAGE = "AVG";
    private static final String CIRCLE = "AVG_BY_CIRCLE";

    private Sharing() {}

    static boolean isKnown(String strategy) {
        return strategy.equals(AVERAGE) || strategy.equals(CIRCLE);
    }

    /**
     * The share of one client: with AVG a run of neighbours, the first clients getting one more if
     * it does not come out even; with AVG_BY_CIRCLE every nth.
     *
     * @param index which of the clients; negative if it is not among them
     */
    static <Q> List<Q> share(String strategy, List<Q> queues, List<String> clients, int index) {
        List<Q> share = new ArrayList<>();
        int count = clients.size();
        if (index < 0) {
            return share;
        }
        if (strategy.equals(CIRCLE)) {
            for (int i = index; i < queues.size(); i += count) {
                share.add(queues.get(i));
            }
            return share;
        }
        int each = queues.size() / count;
        int more = queues.size() % count;
        int from = index * each + Math.min(index, more);
        return queues.subList(from, from + each + (index < more ? 1 : 0));
    }

    /** The share of one client and those of the {@code others} that follow it, for popping. */
    static <Q> List<Q> shareWith(
            int others, String strategy, List<Q> queues, List<String> clients, int index) {
        if (index < 0) {
            return List.of();
        }
        if (clients.size() > queues.size()) {
            return List.of(queues.get(index % queues.size()));
        }
        Set<Q> shares = new LinkedHashSet<>();
        for (int i = 0; i <= others; i++) {
            shares.addAll(share(strategy, queues, clients, (index + i) % clients.size()));
        }
        return List.copyOf(shares);
    }
}
