package io.sluice.server.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigTest {
    @TempDir Path directory;

    @Test
    void shouldNeedNothing() throws Exception {
        Config config = Config.defaults(directory);

        assertEquals(directory.resolve("data").toAbsolutePath(), config.dataDir());
        assertTrue(config.bind().isLoopbackAddress());
        assertEquals(Optional.empty(), config.advertise());
        assertEquals(9876, config.remotingPort());
        assertEquals(10911, config.brokerPort());
        assertEquals(10909, config.vipPort());
        assertEquals(8, config.defaultQueues());
        assertEquals(18, config.delayLevels().size());
        assertEquals(Duration.ofHours(2), config.delayLevels().getLast());
        assertEquals(Duration.ofDays(3), config.retention());
        assertEquals(OptionalLong.empty(), config.retentionSizeBytes());
        assertEquals(Durability.SYNC, config.durability());
        assertTrue(config.autoCreateTopics());
        assertFalse(config.insecure());
    }

    @Test
    void shouldPreferFlagOverEnvironmentOverFileOverDefault() throws Exception {
        file("remoting-port: 1001\nbroker-port: 1002\nhttp-port: 1003\n");
        Config config =
                load(
                        Map.of(Setting.REMOTING_PORT, "3001"),
                        Map.of("SLUICE_REMOTING_PORT", "2001", "SLUICE_BROKER_PORT", "2002"));

        assertEquals(3001, config.remotingPort());
        assertEquals(2002, config.brokerPort());
        assertEquals(1003, config.httpPort());
        assertEquals(8081, config.grpcPort());
    }

    @Test
    void shouldRefuseAnUnknownKeyOfTheFileWithLineAndNearestName() throws Exception {
        file("# where\n\ndatadir: /tmp/x\n");

        assertEquals(
                "unknown setting 'datadir' in sluice.yaml line 3; did you mean 'data-dir'?",
                refusal(Map.of(), Map.of()));
    }

    @Test
    void shouldRefuseAnUnknownVariableWithNearestName() {
        assertEquals(
                "unknown setting 'SLUICE_DATADIR' in the environment; did you mean"
                        + " 'SLUICE_DATA_DIR'?",
                refusal(Map.of(), Map.of("SLUICE_DATADIR", "/tmp/x")));
        assertTrue(
                refusal(Map.of(), Map.of("SLUICE_REMOTNG_PORT", "1"))
                        .contains("'SLUICE_REMOTING_PORT'"));
    }

    @Test
    void shouldNotTripOverTheVariablesOfKubernetes() throws Exception {
        Map<String, String> pod =
                Map.of(
                        "SLUICE_SERVICE_HOST", "10.0.0.1",
                        "SLUICE_SERVICE_PORT_REMOTING", "9876",
                        "SLUICE_PORT", "tcp://10.0.0.1:9876",
                        "SLUICE_PORT_9876_TCP_ADDR", "10.0.0.1");

        assertEquals(9876, load(Map.of(), pod).remotingPort());
    }

    @Test
    void shouldListTheSettingsIfNoNameIsNear() throws Exception {
        file("colour: blue\n");

        assertTrue(refusal(Map.of(), Map.of()).contains("; the settings are data-dir, bind,"));
    }

    @Test
    void shouldNameSettingValueSourceAndFormOfABadValue() throws Exception {
        assertEquals(
                "setting 'retention' is '3 fortnights' (flag --retention); expected a duration such"
                        + " as 500ms, 30s, 10m, 72h or 7d",
                refusal(Map.of(Setting.RETENTION, "3 fortnights"), Map.of()));
        assertEquals(
                "setting 'remoting-port' is '99999' (environment variable SLUICE_REMOTING_PORT);"
                        + " expected a port from 1 to 65535",
                refusal(Map.of(), Map.of("SLUICE_REMOTING_PORT", "99999")));
        file("bind: 127.0.0.1\ndurability: sometimes\n");
        assertEquals(
                "setting 'durability' is 'sometimes' (sluice.yaml line 2); expected sync or async",
                refusal(Map.of(), Map.of()));
    }

    @Test
    void shouldRefuseAnEmptyValueOfEverySettingButAdvertise() {
        for (Setting setting : Setting.values()) {
            if (setting != Setting.ADVERTISE) {
                assertTrue(
                        refusal(Map.of(setting, ""), Map.of())
                                .startsWith("setting '" + setting.key() + "' is ''"));
            }
        }
    }

    @Test
    void shouldRefuseASettingThatStandsTwice() throws Exception {
        file("bind: 127.0.0.1\nbind: 127.0.0.2\n");

        assertEquals(
                "setting 'bind' stands twice: sluice.yaml line 1 and line 2",
                refusal(Map.of(), Map.of()));
    }

    @Test
    void shouldSayWhereTheFileIsNotYaml() throws Exception {
        file("bind: 127.0.0.1\nretention: [72h\n");

        assertTrue(refusal(Map.of(), Map.of()).startsWith("sluice.yaml line "));
    }

    @Test
    void shouldRefuseAFileThatIsNotAListOfSettings() throws Exception {
        file("just text\n");
        assertTrue(refusal(Map.of(), Map.of()).contains("'setting: value'"));
        file("bind:\n  host: x\n");
        assertTrue(refusal(Map.of(), Map.of()).contains("'bind' in sluice.yaml line 1 is not a"));
    }

    @Test
    void shouldTakeAnEmptyFileForNoSettings() throws Exception {
        file("# nothing yet\n");

        assertEquals(Config.defaults(directory.resolve("elsewhere")).httpPort(), 9880);
        assertEquals(9880, load(Map.of(), Map.of()).httpPort());
    }

    @Test
    void shouldReadAListAsDelayLevels() throws Exception {
        file("delay-levels:\n  - 1s\n  - 500ms\n");
        assertTrue(refusal(Map.of(), Map.of()).contains("rising durations"));
        file("delay-levels: [100ms, 1s]\n");
        assertEquals(
                java.util.List.of(Duration.ofMillis(100), Duration.ofSeconds(1)),
                load(Map.of(), Map.of()).delayLevels());
    }

    @Test
    void shouldReadAnotherFileOnlyIfItExists() throws Exception {
        Files.writeString(directory.resolve("other.yaml"), "http-port: 7000\n");
        Path other = Path.of("other.yaml");
        assertEquals(
                7000, Config.load(Map.of(), Map.of(), directory, Optional.of(other)).httpPort());

        Path missing = Path.of("missing.yaml");
        ConfigException refused =
                assertThrows(
                        ConfigException.class,
                        () -> Config.load(Map.of(), Map.of(), directory, Optional.of(missing)));
        assertTrue(refused.toString().contains("missing.yaml (flag --config)"));
    }

    @Test
    void shouldLeaveLoopbackOnlyWithInsecure() throws Exception {
        String message = refusal(Map.of(Setting.BIND, "0.0.0.0"), Map.of());
        assertTrue(message.contains("'0.0.0.0' (flag --bind)"), message);
        assertTrue(message.contains("--insecure"), message);

        Map<Setting, String> open = Map.of(Setting.BIND, "0.0.0.0", Setting.INSECURE, "true");
        assertTrue(load(open, Map.of()).bind().isAnyLocalAddress());
        assertTrue(load(Map.of(Setting.BIND, "::1"), Map.of()).bind().isLoopbackAddress());
    }

    @Test
    void shouldRefuseTwoUsesOfOnePort() {
        assertEquals(
                "remoting-port and broker-port minus two (the VIP port) are both 10909; give each"
                        + " a port of its own",
                refusal(Map.of(Setting.REMOTING_PORT, "10909"), Map.of()));
    }

    @Test
    void shouldAdvertiseTheBrokerPortUnlessAnotherIsGiven() throws Exception {
        assertEquals(
                Optional.of(new HostPort("mq.example", 10911)),
                load(Map.of(Setting.ADVERTISE, "mq.example"), Map.of()).advertise());
        assertEquals(
                Optional.of(new HostPort("::1", 99)),
                load(Map.of(Setting.ADVERTISE, "[::1]:99"), Map.of()).advertise());
    }

    private Config load(Map<Setting, String> flags, Map<String, String> environment)
            throws ConfigException {
        return Config.load(flags, environment, directory, Optional.empty());
    }

    private String refusal(Map<Setting, String> flags, Map<String, String> environment) {
        return String.valueOf(
                assertThrows(ConfigException.class, () -> load(flags, environment)).getMessage());
    }

    private void file(String text) throws IOException {
        Files.writeString(directory.resolve(Config.FILE_NAME), text);
    }
}
