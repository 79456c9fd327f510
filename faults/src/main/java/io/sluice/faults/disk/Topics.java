package io.sluice.faults.disk;

import io.sluice.compat.harness.Fields;
import io.sluice.compat.harness.RawConnection;
import io.sluice.compat.harness.Reply;
import io.sluice.compat.harness.RequestCode;
import io.sluice.faults.Node;
import io.sluice.faults.Violations;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * Creates one topic after the other beside the load, so that metadata is being written when the
 * disk is hurt, and knows which of them were acknowledged.
 */
final class Topics {
    private static final long PAUSE_MS = 10;
    private static final int SYSTEM_ERROR = 1;

    private final Violations violations;
    private final List<String> acknowledged = new ArrayList<>();
    private int tried;
    private int refused;
    private final List<String> afterPowerLoss = new ArrayList<>();
    private int lostAfterPowerLoss;
    private volatile boolean isEnding;
    private volatile boolean isDeaf;
    private CompletableFuture<?> running = CompletableFuture.completedFuture(null);

    Topics(Violations violations) {
        this.violations = violations;
    }

    /** Begins, on a thread of its own; ends by {@link #end} or with the server. */
    void begin(Node node) {
        isEnding = false;
        isDeaf = false;
        running = new CompletableFuture<>();
        Thread.ofPlatform().name("topics").daemon().start(() -> create(node));
    }

    private void create(Node node) {
        try (RawConnection connection = node.connect()) {
            while (!isEnding) {
                createOne(connection);
                Thread.sleep(PAUSE_MS);
            }
        } catch (UncheckedIOException e) {
            // The server was killed, or stood still for long: what was asked last is unknown.
            isEnding = true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            running.complete(null);
        }
    }

    private void createOne(RawConnection connection) {
        String name = "topic-" + tried++;
        Reply reply =
                connection.request(
                        RequestCode.UPDATE_AND_CREATE_TOPIC, Fields.createTopic(name, 1));
        if (reply.isOk()) {
            (isDeaf ? afterPowerLoss : acknowledged).add(name);
        } else {
            refused++;
            if (reply.code() != SYSTEM_ERROR || reply.remark().isBlank()) {
                violations.add("creating %s was refused without a reason: %s", name, reply);
            }
        }
    }

    /**
     * What is acknowledged from now on does not count: with the power gone no machine would have
     * said so. A sync that is under way while ext4 is shut down may report success for what its
     * journal never wrote.
     */
    void deafen() {
        isDeaf = true;
    }

    /** Topics acknowledged after {@link #deafen} that were not there afterwards. */
    int lostAfterPowerLoss() {
        return lostAfterPowerLoss;
    }

    /** Waits until nothing more is asked. */
    void end() {
        isEnding = true;
        var _ = running.join();
    }

    /** How many were acknowledged. */
    int count() {
        return acknowledged.size();
    }

    /** How many were refused. */
    int refused() {
        return refused;
    }

    /** Looks for every topic whose creation was acknowledged. */
    void check(RawConnection server) {
        for (String name : acknowledged) {
            Reply reply = route(server, name);
            if (!reply.isOk()) {
                violations.add("%s was created and is not there: %s", name, reply.remark());
            }
        }
        for (String name : afterPowerLoss) {
            lostAfterPowerLoss += route(server, name).isOk() ? 0 : 1;
        }
        afterPowerLoss.clear();
    }

    private static Reply route(RawConnection server, String name) {
        return server.request(RequestCode.GET_ROUTEINFO_BY_TOPIC, Map.of("topic", name));
    }
}
