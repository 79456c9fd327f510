package io.sluice.server.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sluice.server.config.Config;
import io.sluice.server.config.Setting;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BesideTest {
    private static final List<String> BOTH = List.of("remoting-port", "broker-port");

    @TempDir Path directory;

    @Test
    void shouldStepBeyondPortsThatAreTakenOrKeptForSomethingElse() throws Exception {
        Map<Setting, String> flags =
                Map.of(Setting.HTTP_PORT, "9886", Setting.DATA_DIR, directory + "/data");
        Set<Integer> taken = Set.of(9896, 10919, 10931); // 10919 would be a VIP port

        assertEquals(
                "./sluice server --data-dir %s/data-2 --remoting-port 9906 --broker-port 10941 --http-port 9886"
                        .formatted(directory),
                command(Optional.empty(), flags, taken, BOTH));
    }

    @Test
    void shouldRepeatWhatWasGivenAsAShellTakesIt() throws Exception {
        Files.createDirectory(directory.resolve("data-2"));
        Path file = Files.createFile(directory.resolve("my settings.yaml"));
        Map<Setting, String> flags =
                Map.of(
                        Setting.DATA_DIR, directory + "/data",
                        Setting.DELAY_LEVELS, "1s 5s",
                        Setting.INSECURE, "true");

        assertEquals(
                ("./sluice server --config '%1$s/my settings.yaml' --data-dir %1$s/data-3"
                                + " --broker-port 10921 --delay-levels '1s 5s' --insecure true")
                        .formatted(directory),
                command(Optional.of(file), flags, Set.of(), List.of("broker-port")));
    }

    private String command(
            Optional<Path> file,
            Map<Setting, String> flags,
            Set<Integer> taken,
            List<String> settings)
            throws Exception {
        Config config = Config.load(flags, Map.of(), directory, file);
        return new Beside(file, flags, port -> !taken.contains(port)).command(config, settings);
    }
}
