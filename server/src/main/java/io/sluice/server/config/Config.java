package io.sluice.server.config;

import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Everything that can be set, checked and ready to use. Read once at start; no class keeps it, each
 * gets the values that it uses. {@link Setting} says what each one means.
 *
 * @param dataDir absolute
 * @param bind the address to listen on, resolved
 * @param advertise what route answers say instead of the address by which the client came
 * @param delayLevels level 1 first, never falling
 * @param retentionSizeBytes empty if only time limits what is kept
 */
public record Config(
        Path dataDir,
        InetAddress bind,
        Optional<HostPort> advertise,
        int remotingPort,
        int brokerPort,
        int grpcPort,
        int httpPort,
        boolean autoCreateTopics,
        int defaultQueues,
        List<Duration> delayLevels,
        Duration retention,
        OptionalLong retentionSizeBytes,
        Durability durability,
        boolean insecure,
        TransactionSettings transactions) {

    /** The file that is read from the working directory if it is there. */
    public static final String FILE_NAME = "sluice.yaml";

    private static final String PREFIX = "SLUICE_";

    /**
     * What Kubernetes puts into the environment of every pod for a service that is called sluice:
     * SLUICE_SERVICE_HOST=10.0.0.1, SLUICE_PORT=tcp://10.0.0.1:9876 and the like.
     */
    private static final Pattern KUBERNETES =
            Pattern.compile(
                    "SLUICE_(.*_)?(SERVICE_(HOST|PORT).*=.*|PORT=(tcp|udp)://.*|PORT_\\d+_.*=.*)");

    public Config {
        delayLevels = List.copyOf(delayLevels);
    }

    /** The port of old clients' VIP channel, which they take to be two below the broker's. */
    public int vipPort() {
        return brokerPort - 2;
    }

    /** All defaults, as a start without any flag, file or variable has them. */
    public static Config defaults(Path workingDirectory) throws ConfigException {
        return load(Map.of(), Map.of(), workingDirectory, Optional.empty());
    }

    /**
     * Merges flag over environment over file over default.
     *
     * @param flags values of the flags that were given, by setting
     * @param environment the process's environment; only names that start with SLUICE_ are read
     * @param workingDirectory where relative paths start and where sluice.yaml is looked for
     * @param file the file to read instead; it must exist
     * @throws ConfigException for an unknown name, a bad value, or values that contradict
     */
    public static Config load(
            Map<Setting, String> flags,
            Map<String, String> environment,
            Path workingDirectory,
            Optional<Path> file)
            throws ConfigException {
        Map<Setting, Given> given = new EnumMap<>(Setting.class);
        for (Setting setting : Setting.values()) {
            given.put(setting, new Given(setting.defaultText(), "default"));
        }
        given.putAll(fromFile(workingDirectory, file));
        given.putAll(fromEnvironment(environment));
        flags.forEach(
                (setting, text) -> given.put(setting, new Given(text, "flag --" + setting.key())));
        Config config = new Reading(given).config(workingDirectory);
        config.checkPorts();
        return config;
    }

    /** The refusal of a name that is no setting. */
    static ConfigException unknown(String name, String source, Collection<String> candidates) {
        String guess =
                Nearest.to(name, candidates)
                        .map(nearest -> "; did you mean '" + nearest + "'?")
                        .orElse("; the settings are " + String.join(", ", candidates));
        return new ConfigException("unknown setting '" + name + "' in " + source + guess);
    }

    private static Map<Setting, Given> fromFile(Path workingDirectory, Optional<Path> file)
            throws ConfigException {
        Path path = workingDirectory.resolve(file.orElse(Path.of(FILE_NAME)));
        if (Files.exists(path)) {
            return YamlFile.read(path);
        }
        if (file.isPresent()) {
            throw new ConfigException("there is no file " + path + " (flag --config)");
        }
        return Map.of();
    }

    private static Map<Setting, Given> fromEnvironment(Map<String, String> environment)
            throws ConfigException {
        Map<Setting, Given> given = new EnumMap<>(Setting.class);
        Map<String, Setting> variables = new LinkedHashMap<>();
        for (Setting setting : Setting.values()) {
            variables.put(setting.variable(), setting);
        }
        for (var entry : new TreeMap<>(environment).entrySet()) {
            String name = entry.getKey();
            Setting setting = variables.get(name);
            if (setting != null) {
                given.put(setting, new Given(entry.getValue(), "environment variable " + name));
            } else if (name.startsWith(PREFIX)
                    && !KUBERNETES.matcher(name + "=" + entry.getValue()).matches()) {
                throw unknown(name, "the environment", variables.keySet());
            }
        }
        return given;
    }

    private void checkPorts() throws ConfigException {
        Map<String, Integer> ports = new LinkedHashMap<>();
        ports.put("remoting-port", remotingPort);
        ports.put("broker-port", brokerPort);
        ports.put("broker-port minus two (the VIP port)", vipPort());
        ports.put("grpc-port", grpcPort);
        ports.put("http-port", httpPort);
        Map<Integer, String> owners = new LinkedHashMap<>();
        for (var port : ports.entrySet()) {
            String owner = owners.putIfAbsent(port.getValue(), port.getKey());
            if (owner != null) {
                throw new ConfigException(
                        "%s and %s are both %d; give each a port of its own"
                                .formatted(owner, port.getKey(), port.getValue()));
            }
        }
    }
}
