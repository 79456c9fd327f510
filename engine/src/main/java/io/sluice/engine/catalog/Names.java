package io.sluice.engine.catalog;

import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Which names topics and groups may bear, and which of them mean something.
 *
 * <p>The rules are those of RocketMQ 5.5 ({@code TopicValidator} on the broker, {@code Validators}
 * in the client): characters {@code %|a-zA-Z0-9_-}; a topic has at most 127 of them because its
 * length is one signed byte in a stored message; a group at most 120, so that {@code %RETRY%group}
 * is such a topic. (Clients before 5.0 let a group of up to 255 pass, but no broker could ever
 * store a retry for one.)
 */
public final class Names {
    /** The longest topic name that is not a retry or dead-letter topic. */
    public static final int TOPIC_LENGTH_MAX = 127;

    /** The longest retry or dead-letter topic name, those of popped topics included. */
    public static final int RETRY_TOPIC_LENGTH_MAX = 255;

    /** The longest group name. */
    public static final int GROUP_LENGTH_MAX = 120;

    /** What the retry topic of a group begins with. */
    public static final String RETRY_PREFIX = "%RETRY%";

    /** What the dead-letter topic of a group begins with. */
    public static final String DEAD_LETTER_PREFIX = "%DLQ%";

    /** The topic whose route a client asks for when its own topic is not there yet. */
    public static final String AUTO_CREATE_TOPIC = "TBW102";

    /** Where clients send messages that they want later, in RocketMQ itself. */
    public static final String SCHEDULE_TOPIC = "SCHEDULE_TOPIC_XXXX";

    /** Where clients send message traces. */
    public static final String TRACE_TOPIC = "RMQ_SYS_TRACE_TOPIC";

    /** The longest name of a lite topic, in characters. */
    public static final int LITE_LENGTH_MAX = 64;

    private static final String SYSTEM_PREFIX = "rmq_sys_";

    private static final Set<String> NO_SEND =
            Set.of(
                    SCHEDULE_TOPIC,
                    "RMQ_SYS_TRANS_HALF_TOPIC",
                    "RMQ_SYS_TRANS_OP_HALF_TOPIC",
                    "TRANS_CHECK_MAX_TIME_TOPIC",
                    "SELF_TEST_TOPIC",
                    "OFFSET_MOVED_EVENT");

    private static final Set<String> OTHER_SYSTEM =
            Set.of(AUTO_CREATE_TOPIC, TRACE_TOPIC, "BenchmarkTest", "CHECKPOINT_TOPIC");

    private Names() {}

    /** Why {@code name} cannot be a topic's name, for a person to read; null if it can. */
    public static @Nullable String topicFault(String name) {
        boolean derived = name.startsWith(RETRY_PREFIX) || name.startsWith(DEAD_LETTER_PREFIX);
        return fault("topic", name, derived ? RETRY_TOPIC_LENGTH_MAX : TOPIC_LENGTH_MAX);
    }

    /** Why {@code name} cannot be a group's name, for a person to read; null if it can. */
    public static @Nullable String groupFault(String name) {
        return fault("group", name, GROUP_LENGTH_MAX);
    }

    /**
     * Why {@code name} cannot be a lite topic's name, for a person to read; null if it can. As
     * RocketMQ's proxy has it: letters, digits, - and _.
     */
    public static @Nullable String liteFault(String name) {
        String fault = fault("lite topic", name, LITE_LENGTH_MAX);
        return fault == null && (name.indexOf('%') >= 0 || name.indexOf('|') >= 0)
                ? "the lite topic name has a % or |; allowed are letters a-z A-Z, digits, _ -"
                : fault;
    }

    /** Whether the name belongs to the system: users may not create, change or delete it. */
    public static boolean isSystemTopic(String topic) {
        return NO_SEND.contains(topic)
                || OTHER_SYSTEM.contains(topic)
                || topic.startsWith(SYSTEM_PREFIX);
    }

    /** The topics that belong to the system, whether they are there or not. */
    public static Set<String> systemTopics() {
        Set<String> all = new TreeSet<>(NO_SEND);
        all.addAll(OTHER_SYSTEM);
        return all;
    }

    /** Whether a client may send to the topic, as far as its name says. */
    public static boolean mayBeSentTo(String topic) {
        return !NO_SEND.contains(topic);
    }

    /** The topic to which messages that {@code group} failed to consume go for another try. */
    public static String retryTopic(String group) {
        return RETRY_PREFIX + group;
    }

    /** The topic to which messages that {@code group} failed to consume for good go. */
    public static String deadLetterTopic(String group) {
        return DEAD_LETTER_PREFIX + group;
    }

    private static @Nullable String fault(String kind, String name, int lengthMax) {
        if (name.isBlank()) {
            return "the " + kind + " name is blank; give it 1 to " + lengthMax + " characters";
        }
        if (name.length() > lengthMax) {
            return "the "
                    + kind
                    + " name has "
                    + name.length()
                    + " characters; at most "
                    + lengthMax
                    + " are allowed";
        }
        for (int i = 0; i < name.length(); i++) {
            if (!isAllowed(name.charAt(i))) {
                return "the %s name has the illegal character U+%04X at index %d; allowed are %s"
                        .formatted(
                                kind, (int) name.charAt(i), i, "letters a-z A-Z, digits, % | _ -");
            }
        }
        return null;
    }

    private static boolean isAllowed(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '%'
                || c == '|'
                || c == '_'
                || c == '-';
    }

    /** The group whose retry or dead-letter topic this is; null if it is neither. */
    public static @Nullable String groupOf(String topic) {
        if (topic.startsWith(RETRY_PREFIX)) {
            return topic.substring(RETRY_PREFIX.length());
        }
        return topic.startsWith(DEAD_LETTER_PREFIX)
                ? topic.substring(DEAD_LETTER_PREFIX.length())
                : null;
    }
}
