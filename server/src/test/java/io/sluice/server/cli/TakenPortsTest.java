package io.sluice.server.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sluice.server.config.Config;
import io.sluice.server.config.Setting;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TakenPortsTest {

    @Test
    void shouldSayWhoHoldsEachPortAndWhatToType() throws Exception {
        Map<Integer, String> taken = new LinkedHashMap<>();
        taken.put(9876, "remoting-port");
        taken.put(10911, "broker-port");

        assertEquals(
                """
                port 9876 (remoting-port) is taken by process 7 (java io.x.Main)
                port 10911 (broker-port) is taken by another process
                to end it:            kill 7
                to start beside it:   ./sluice server --remoting-port 9886 --broker-port 10921 \
                --data-dir /srv/data-2\
                """,
                TakenPorts.explain(
                        taken,
                        Config.defaults(Path.of("/srv")),
                        port ->
                                port == 9876
                                        ? Optional.of(new PortHolder(7, "java io.x.Main"))
                                        : Optional.empty()));
    }

    @Test
    void shouldFindThePortThatIsTaken() throws Exception {
        int remoting;
        try (ServerSocket free = listen()) {
            remoting = free.getLocalPort();
        }
        try (ServerSocket vip = listen()) {
            int broker = vip.getLocalPort() + 2;

            Map<Integer, String> taken =
                    TakenPorts.probe(
                            Config.load(
                                    Map.of(
                                            Setting.REMOTING_PORT, "" + remoting,
                                            Setting.BROKER_PORT, "" + broker),
                                    Map.of(),
                                    Path.of("/srv"),
                                    Optional.empty()));

            taken.remove(broker); // may be anyone's
            assertEquals(Map.of(vip.getLocalPort(), "broker-port"), taken);
        }
    }

    private static ServerSocket listen() throws IOException {
        return new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    }
}
