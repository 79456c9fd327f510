package io.sluice.server.config;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/**
 * Reads typed values out of texts; a bad one is refused with its setting, text and source.
 *
 * @param given a text for every setting, if only the default
 */
record Reading(Map<Setting, Given> given) {

    Config config(Path workingDirectory) throws ConfigException {
        int brokerPort = read(Setting.BROKER_PORT, text -> Scalars.between(text, 3, 65_535));
        boolean insecure = read(Setting.INSECURE, Scalars::bool);
        return new Config(
                read(Setting.DATA_DIR, text -> directory(workingDirectory, text)),
                bind(insecure),
                read(Setting.ADVERTISE, text -> hostPort(text, brokerPort)),
                read(Setting.REMOTING_PORT, Scalars::port),
                brokerPort,
                read(Setting.GRPC_PORT, Scalars::port),
                read(Setting.HTTP_PORT, Scalars::port),
                read(Setting.AUTO_CREATE_TOPICS, Scalars::bool),
                read(Setting.DEFAULT_QUEUES, text -> Scalars.between(text, 1, 1024)),
                read(Setting.DELAY_LEVELS, Scalars::delayLevels),
                read(Setting.RETENTION, Scalars::duration),
                read(Setting.RETENTION_SIZE, Reading::sizeOrNone),
                read(Setting.DURABILITY, Reading::durability),
                insecure,
                transactions());
    }

    private TransactionSettings transactions() throws ConfigException {
        return new TransactionSettings(
                read(Setting.TRANSACTION_CHECK_FIRST, Scalars::duration),
                read(Setting.TRANSACTION_CHECK_INTERVAL, Scalars::duration),
                read(Setting.TRANSACTION_CHECKS, Reading::count),
                read(Setting.TRANSACTION_EXPIRY, Scalars::duration),
                read(Setting.TRANSACTIONS_OPEN_MAX, Reading::count));
    }

    private static int count(String text) {
        return Scalars.between(text, 1, 1_000_000);
    }

    private InetAddress bind(boolean insecure) throws ConfigException {
        InetAddress bind = read(Setting.BIND, Reading::address);
        if (bind.isLoopbackAddress() || insecure) {
            return bind;
        }
        Given value = value(Setting.BIND);
        throw new ConfigException(
                ("bind is '%s' (%s), which opens Sluice to other machines, and there is no access"
                                + " control yet: whoever reaches the port can read, write and"
                                + " delete everything. Leave bind at 127.0.0.1, or add --insecure"
                                + " to accept that")
                        .formatted(value.text(), value.source()));
    }

    private <T> T read(Setting setting, Function<String, T> form) throws ConfigException {
        Given value = value(setting);
        try {
            return form.apply(value.text());
        } catch (IllegalArgumentException e) {
            throw new ConfigException(
                    "setting '%s' is '%s' (%s); expected %s"
                            .formatted(
                                    setting.key(),
                                    value.text(),
                                    value.source(),
                                    setting.expected()));
        }
    }

    private Given value(Setting setting) {
        return Objects.requireNonNull(given.get(setting));
    }

    private static Path directory(Path workingDirectory, String text) {
        return workingDirectory.resolve(present(text)).toAbsolutePath().normalize();
    }

    private static InetAddress address(String text) {
        try {
            return InetAddress.getByName(present(text));
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    private static Optional<HostPort> hostPort(String text, int defaultPort) {
        return text.isEmpty() ? Optional.empty() : Optional.of(HostPort.parse(text, defaultPort));
    }

    private static OptionalLong sizeOrNone(String text) {
        return text.equals("none")
                ? OptionalLong.empty()
                : OptionalLong.of(Scalars.sizeBytes(text));
    }

    private static Durability durability(String text) {
        return switch (text) {
            case "sync" -> Durability.SYNC;
            case "async" -> Durability.ASYNC;
            default -> throw new IllegalArgumentException(text);
        };
    }

    private static String present(String text) {
        if (text.isBlank()) {
            throw new IllegalArgumentException("nothing there");
        }
        return text;
    }
}
