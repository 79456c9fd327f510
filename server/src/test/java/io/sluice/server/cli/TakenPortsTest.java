package io.sluice.server.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
                to start beside it:   ./sluice server --elsewhere\
                """,
                TakenPorts.explain(
                        taken,
                        port ->
                                port == 9876
                                        ? Optional.of(new PortHolder(7, "java io.x.Main"))
                                        : Optional.empty(),
                        "./sluice server --elsewhere"));
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

    @Test
    void shouldNotCallAPortTakenOnAnAddressOfAnotherMachine() throws Exception {
        Config config =
                Config.load(
                        Map.of(Setting.BIND, "192.0.2.1", Setting.INSECURE, "true"),
                        Map.of(),
                        Path.of("/srv"),
                        Optional.empty());

        CommandException e = assertThrows(CommandException.class, () -> TakenPorts.probe(config));

        String message = String.valueOf(e.getMessage());
        assertTrue(message.startsWith("cannot listen on 192.0.2.1:9876 (remoting-port)"), message);
        assertTrue(message.endsWith("bind must be an address of this machine"), message);
    }

    @Test
    void shouldAdviseAHigherPortWhereThePrivilegeIsMissing() {
        assertEquals(
                "cannot listen on 127.0.0.1:80 (broker-port): Permission denied; ports below 1024"
                        + " need a privilege; choose a higher one with --broker-port",
                TakenPorts.unusable(
                        InetAddress.getLoopbackAddress(), 80, "broker-port", "Permission denied"));
    }

    private static ServerSocket listen() throws IOException {
        return new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    }
}
