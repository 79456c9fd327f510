package io.sluice.server.config;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The table of settings, in the order in which help and README show them. The kebab-case name is
 * the flag ({@code --data-dir}), the key in {@code sluice.yaml} and, in capitals with underscores
 * after {@code SLUICE_}, the environment variable.
 */
public enum Setting {
    DATA_DIR(Form.PATH, "./data", "Where messages and all other state are kept"),
    BIND(
            Form.HOST,
            "127.0.0.1",
            "Address to listen on; any but a loopback address also needs `insecure`"),
    ADVERTISE(
            Form.HOST_PORT,
            "",
            "Address that route answers give to clients; empty: the one by which the client came"),
    REMOTING_PORT(Form.PORT, "9876", "Port for clients: name service and broker in one"),
    BROKER_PORT(
            Form.BROKER_PORT,
            "10911",
            "Broker port that route answers name; the VIP port of old clients is two below"),
    GRPC_PORT(Form.PORT, "8081", "Port for clients that speak gRPC"),
    HTTP_PORT(Form.PORT, "9880", "Port kept for the console and HTTP; not served yet"),
    AUTO_CREATE_TOPICS(Form.BOOL, "true", "Create a topic when the first message is sent to it"),
    DEFAULT_QUEUES(Form.QUEUES, "8", "Queues of a topic that is created without a number"),
    DELAY_LEVELS(
            Form.DELAY_LEVELS,
            "1s 5s 10s 30s 1m 2m 3m 4m 5m 6m 7m 8m 9m 10m 20m 30m 1h 2h",
            "Delay levels, from level 1 on; retry n waits level n + 2"),
    RETENTION(Form.DURATION, "72h", "How long messages are kept"),
    RETENTION_SIZE(
            Form.SIZE_OR_NONE, "none", "Size of a topic above which its oldest messages go early"),
    DURABILITY(
            Form.DURABILITY,
            "sync",
            "`sync`: a send is acknowledged once it is on disk; `async`: before that"),
    INSECURE(
            Form.BOOL,
            "false",
            "Allow `bind` beyond loopback although there is no access control yet"),
    TRANSACTION_CHECK_FIRST(
            Form.DURATION,
            "6s",
            "How long after a half message came its producers are asked for their decision"),
    TRANSACTION_CHECK_INTERVAL(
            Form.DURATION, "30s", "How long after that, and after each time, they are asked again"),
    TRANSACTION_CHECKS(
            Form.COUNT, "15", "How often they are asked before the transaction is given up"),
    TRANSACTION_EXPIRY(
            Form.DURATION, "72h", "How long an undecided half message is kept, given up or not"),
    TRANSACTIONS_OPEN_MAX(
            Form.COUNT, "100000", "Undecided transactions above which new ones are refused");

    private final Form form;
    private final String defaultText;
    private final String description;

    Setting(Form form, String defaultText, String description) {
        this.form = form;
        this.defaultText = defaultText;
        this.description = description;
    }

    /** The kebab-case name. */
    public String key() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The name of the environment variable. */
    public String variable() {
        return "SLUICE_" + name();
    }

    /** What a value looks like, as error messages and help say it. */
    public String expected() {
        return form.expected;
    }

    /** The value's short label in usage lines, such as {@code PORT}. */
    public String label() {
        return form.label;
    }

    /** The default as a person would type it; empty if nothing is set. */
    public String defaultText() {
        return defaultText;
    }

    public String description() {
        return description;
    }

    /** Whether the flag may stand alone, meaning {@code true}. */
    public boolean isSwitch() {
        return form == Form.BOOL;
    }

    static Optional<Setting> named(String key) {
        return Arrays.stream(values()).filter(setting -> setting.key().equals(key)).findFirst();
    }

    static List<String> keys() {
        return Arrays.stream(values()).map(Setting::key).toList();
    }

    /** The table as Markdown, as the README carries it. */
    public static String markdown() {
        StringBuilder table = new StringBuilder("| Setting | Default | Meaning |\n|---|---|---|\n");
        for (Setting setting : values()) {
            String shown = setting.defaultText.isEmpty() ? "" : "`" + setting.defaultText + "`";
            table.append(
                    "| `%s` | %s | %s |%n".formatted(setting.key(), shown, setting.description));
        }
        return table.toString();
    }

    private enum Form {
        PATH("DIR", "a directory"),
        HOST("HOST", "a host name or address"),
        HOST_PORT("HOST[:PORT]", "a host name or address, with or without ':port'"),
        PORT("PORT", "a port from 1 to 65535"),
        BROKER_PORT("PORT", "a port from 3 to 65535"),
        BOOL("true|false", "true or false"),
        QUEUES("NUMBER", "a number from 1 to 1024"),
        DELAY_LEVELS("LEVELS", "rising durations separated by spaces, such as '1s 5s 1m'"),
        DURATION("TIME", "a duration such as 500ms, 30s, 10m, 72h or 7d"),
        SIZE_OR_NONE("SIZE", "a size such as 512MB or 20GB, or none"),
        DURABILITY("sync|async", "sync or async"),
        COUNT("NUMBER", "a number from 1 to 1000000");

        private final String label;
        private final String expected;

        Form(String label, String expected) {
            this.label = label;
            this.expected = expected;
        }
    }
}
