package io.sluice.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.Set;

/** Free ports of loopback, no port twice, below the range that outgoing connections draw from. */
final class Ports {
    private static final int FIRST = 20_000;
    private static final int LAST = 32_000;

    private final Set<Integer> taken = new HashSet<>();
    private int next = FIRST + (int) (ProcessHandle.current().pid() * 10 % (LAST - FIRST));

    /**
     * The first of {@code count} adjoining free ports.
     *
     * @throws IOException if there are none
     */
    int free(int count) throws IOException {
        for (int tries = FIRST; tries < LAST; tries++) {
            int first = next;
            next = next + count < LAST ? next + 1 : FIRST;
            if (allFree(first, count)) {
                for (int port = first; port < first + count; port++) {
                    taken.add(port);
                }
                return first;
            }
        }
        throw new IOException("No free port from %d to %d".formatted(FIRST, LAST));
    }

    private boolean allFree(int first, int count) {
        for (int port = first; port < first + count; port++) {
            if (taken.contains(port) || !isFree(port)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }
}
