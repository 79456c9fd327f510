package io.sluice.server.dispatch;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Arrays;

/**
 * The few properties that change what a send means, found in one pass over a message's properties,
 * since nearly no message has any of them.
 */
public final class SendProperties {
    static final int DELAYED = 1;
    static final int TIMED = 2;
    static final int TRANSACTIONAL = 4;
    static final int POPPED = 8;
    public static final int LIMITED = 16;
    static final int RESENT = 32;
    static final int ASKING = 64;

    static final byte[] TRANSACTION_PREPARED = "TRAN_MSG".getBytes(US_ASCII);

    /** The client that waits for a reply; the message is a request, or the reply itself. */
    static final byte[] REPLY_TO = "REPLY_TO_CLIENT".getBytes(US_ASCII);

    /** What a replying client makes the name of the topic of its reply from. */
    static final byte[] CLUSTER = "CLUSTER".getBytes(US_ASCII);

    static final byte[] POP_CHECKPOINT = "POP_CK".getBytes(US_ASCII);

    private record Meaning(byte[] name, int mark) {
        Meaning(String name, int mark) {
            this(name.getBytes(US_ASCII), mark);
        }
    }

    private static final Meaning[] MEANINGS = {
        new Meaning("DELAY", DELAYED),
        new Meaning("TIMER_DELAY_SEC", TIMED),
        new Meaning("TIMER_DELAY_MS", TIMED),
        new Meaning("TIMER_DELIVER_MS", TIMED),
        new Meaning("__STARTDELIVERTIME", TIMED),
        new Meaning("TRAN_MSG", TRANSACTIONAL),
        new Meaning("POP_CK", POPPED),
        new Meaning("TTL_MS", LIMITED),
        new Meaning("RETRY_TOPIC", RESENT),
        new Meaning("ORIGIN_MESSAGE_ID", RESENT),
        new Meaning("DLQ_ORIGIN_TOPIC", RESENT),
        new Meaning("REPLY_TO_CLIENT", ASKING),
    };

    private static final byte VALUE = 1;
    private static final byte END = 2;

    private SendProperties() {}

    /** The marks of the properties that are there. */
    public static int marks(byte[] properties) {
        int marks = 0;
        int start = 0;
        int value = -1;
        for (int i = 0; i < properties.length; i++) {
            byte b = properties[i];
            if (b == VALUE && value < 0) {
                value = i;
                marks |= mark(properties, start, i);
            } else if (b == END) {
                start = i + 1;
                value = -1;
            }
        }
        return marks;
    }

    private static int mark(byte[] properties, int from, int to) {
        if (from == to) {
            return 0;
        }
        byte first = properties[from];
        if (first != 'D'
                && first != 'T'
                && first != '_'
                && first != 'P'
                && first != 'R'
                && first != 'O') {
            return 0;
        }
        for (Meaning meaning : MEANINGS) {
            if (Arrays.equals(properties, from, to, meaning.name, 0, meaning.name.length)) {
                return meaning.mark;
            }
        }
        return 0;
    }
}
