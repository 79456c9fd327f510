package io.sluice.compat.harness;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Free loopback ports below the range from which the kernel takes the ports of outgoing
 * connections. Otherwise a client that retries while the server is down could be given the server's
 * own port, and would even connect to itself.
 */
public final class Ports {

    private static final int FIRST = 20_000;
    private static final int COUNT = 12_000;

    /** JVMs of different clients may run at the same time: each starts looking elsewhere. */
    private static final AtomicInteger NEXT =
            new AtomicInteger((int) (ProcessHandle.current().pid() * 97 % COUNT));

    private Ports() {}

    /** The first of {@code count} free ports in a row. */
    public static int freeRun(int count) {
        for (int tries = 0; tries < COUNT; tries++) {
            int first = FIRST + Math.floorMod(NEXT.getAndAdd(count), COUNT);
            if (isFreeRun(first, count)) {
                return first;
            }
        }
        throw new IllegalStateException("no " + count + " free ports in a row");
    }

    private static boolean isFreeRun(int first, int count) {
        for (int port = first; port < first + count; port++) {
            if (!isFree(port)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException taken) {
            return false;
        }
    }
}
