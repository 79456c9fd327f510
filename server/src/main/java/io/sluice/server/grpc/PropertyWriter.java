package io.sluice.server.grpc;

import apache.rocketmq.v2.Code;
import apache.rocketmq.v2.Message;
import apache.rocketmq.v2.MessageType;
import apache.rocketmq.v2.SystemProperties;
import io.sluice.engine.message.Properties;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/**
 * A message's properties as all clients understand them: what the protocol keeps in fields of its
 * own becomes RocketMQ's reserved properties.
 */
final class PropertyWriter {
    /** RocketMQ 5.5's name of the property. */
    static final String PRIORITY = "_SYS_MSG_PRIORITY_";

    /** RocketMQ 5.5's name of the property. */
    static final String LITE_TOPIC = "__LITE_TOPIC";

    /** Reserved names that users of this protocol may not use for properties of their own. */
    static final Set<String> RESERVED =
            Set.of(
                    "KEYS",
                    "TAGS",
                    "WAIT",
                    "DELAY",
                    "RETRY_TOPIC",
                    "REAL_TOPIC",
                    "REAL_QID",
                    "TRAN_MSG",
                    "PGROUP",
                    "MIN_OFFSET",
                    "MAX_OFFSET",
                    "BUYER_ID",
                    "ORIGIN_MESSAGE_ID",
                    "TRANSFER_FLAG",
                    "CORRECTION_FLAG",
                    "MQ2_FLAG",
                    "RECONSUME_TIME",
                    "MSG_REGION",
                    "TRACE_ON",
                    "UNIQ_KEY",
                    "EXTEND_UNIQ_INFO",
                    "MAX_RECONSUME_TIMES",
                    "CONSUME_START_TIME",
                    "TRAN_PREPARED_QUEUE_OFFSET",
                    "TRANSACTION_CHECK_TIMES",
                    "CHECK_IMMUNITY_TIME_IN_SECONDS",
                    "INSTANCE_ID",
                    "CORRELATION_ID",
                    "REPLY_TO_CLIENT",
                    "TTL",
                    "ARRIVE_TIME",
                    "PUSH_REPLY_TIME",
                    "CLUSTER",
                    "MSG_TYPE",
                    "POP_CK",
                    "POP_CK_OFFSET",
                    "1ST_POP_TIME",
                    "__SHARDINGKEY",
                    "__STARTDELIVERTIME",
                    "__TRACE_CONTEXT",
                    "__BORNHOST",
                    "__BORN_TIMESTAMP",
                    "TIMER_DELIVER_MS",
                    "TIMER_DELAY_MS",
                    "TIMER_DELAY_SEC",
                    "TIMER_OUT_MS",
                    "DLQ_ORIGIN_TOPIC",
                    "DLQ_ORIGIN_MESSAGE_ID",
                    PRIORITY,
                    LITE_TOPIC);

    private static final int USER_PROPERTIES_MAX = 128;
    private static final char VALUE = 1;
    private static final char END = 2;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream(256);

    private PropertyWriter() {}

    /** The encoded properties of {@code message}. */
    static byte[] of(Message message, MessageType type) {
        PropertyWriter writer = new PropertyWriter();
        writer.user(message);
        writer.system(message, type);
        return writer.out.toByteArray();
    }

    private void user(Message message) {
        var properties = message.getUserPropertiesMap();
        if (properties.size() > USER_PROPERTIES_MAX) {
            throw new CallFault(
                    Code.MESSAGE_PROPERTIES_TOO_LARGE,
                    "%d properties are more than %d"
                            .formatted(properties.size(), USER_PROPERTIES_MAX));
        }
        properties.forEach((name, value) -> {
            if (RESERVED.contains(name)) {
                throw new CallFault(
                        Code.ILLEGAL_MESSAGE_PROPERTY_KEY,
                        "the property %s belongs to the system: choose another name"
                                .formatted(name));
            }
            if (name.isEmpty() || Texts.hasControls(name) || Texts.hasControls(value)) {
                throw new CallFault(
                        Code.ILLEGAL_MESSAGE_PROPERTY_KEY,
                        "names and values of properties have no control characters, and a name is"
                                + " not empty");
            }
            put(name, value);
        });
    }

    private void system(Message message, MessageType type) {
        SystemProperties system = message.getSystemProperties();
        if (!system.getTag().isEmpty()) {
            put(Properties.TAGS, Texts.tag(system.getTag()));
        }
        if (system.getKeysCount() > 0) {
            system.getKeysList().forEach(Texts::key);
            put(Properties.KEYS, String.join(" ", system.getKeysList()));
        }
        put(Properties.UNIQUE_KEY, Texts.messageId(system.getMessageId()));
        if (system.hasMessageGroup()) {
            put("__SHARDINGKEY", Texts.messageGroup(system.getMessageGroup()));
        }
        if (system.hasLiteTopic()) {
            put(LITE_TOPIC, Texts.liteTopic(system.getLiteTopic()));
        }
        if (system.hasPriority()) {
            put(PRIORITY, Integer.toString(system.getPriority()));
        }
        if (system.hasDeliveryTimestamp()) {
            put("TIMER_DELIVER_MS", Long.toString(Times.ms(system.getDeliveryTimestamp())));
        }
        if (type == MessageType.TRANSACTION) {
            put("TRAN_MSG", "true");
            put("PGROUP", message.getTopic().getName());
            if (system.hasOrphanedTransactionRecoveryDuration()) {
                long seconds = system.getOrphanedTransactionRecoveryDuration().getSeconds();
                put("CHECK_IMMUNITY_TIME_IN_SECONDS", Long.toString(seconds));
            }
        }
        if (!system.getTraceContext().isEmpty()) {
            put("__TRACE_CONTEXT", system.getTraceContext());
        }
        if (!system.getBornHost().isEmpty()) {
            put("__BORNHOST", system.getBornHost());
        }
    }

    private void put(byte[] name, String value) {
        put(new String(name, StandardCharsets.UTF_8), value);
    }

    private void put(String name, String value) {
        if (Texts.hasControls(value)) {
            throw new CallFault(
                    Code.BAD_REQUEST, "the value of %s has control characters".formatted(name));
        }
        out.writeBytes(name.getBytes(StandardCharsets.UTF_8));
        out.write(VALUE);
        out.writeBytes(value.getBytes(StandardCharsets.UTF_8));
        out.write(END);
    }
}
