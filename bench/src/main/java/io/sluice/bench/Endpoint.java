package io.sluice.bench;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * Where a started server listens, and the processes that make it up.
 *
 * @param brokerName the name under which the server's route answer lists itself
 * @param sendPort takes SEND_MESSAGE_V2
 * @param namePort answers the official client's route requests, 0 if the server has none
 * @param grpcPort takes the clients that speak gRPC, 0 if the server does not
 * @param processes whose processor time and memory count as the server's
 */
record Endpoint(
        String brokerName, int sendPort, int namePort, int grpcPort, List<Child> processes) {
    InetSocketAddress sendAddress() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), sendPort);
    }
}
