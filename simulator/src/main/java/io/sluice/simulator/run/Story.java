package io.sluice.simulator.run;

import io.sluice.engine.broker.Pull.Pulled;
import io.sluice.engine.broker.Receive.Received;
import io.sluice.engine.message.StoredMessage;
import io.sluice.engine.shard.Appended;
import io.sluice.engine.shard.Outcome;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Answers in words. */
final class Story {
    private Story() {}

    static String of(Outcome<?> outcome) {
        return switch (outcome) {
            case Outcome.Refused<?> refused -> refused.toString();
            case Outcome.Done<?>(Pulled pulled) -> of(pulled);
            case Outcome.Done<?>(Received received) -> of(received);
            case Outcome.Done<?>(Appended appended) ->
                    "stored at %d %s"
                            .formatted(appended.offset(), Arrays.toString(appended.positions()));
            case Outcome.Done<?>(Object value) -> String.valueOf(value);
        };
    }

    private static String of(Pulled pulled) {
        StringBuilder text = new StringBuilder();
        text.append(pulled.found()).append(" of ").append(pulled.first()).append("..");
        text.append(pulled.end()).append(", go on at ").append(pulled.nextOffset());
        Pulls.split(pulled).forEach(message -> add(text, message));
        return text.toString();
    }

    private static String of(Received received) {
        StringBuilder text = new StringBuilder(received.toString());
        Receivers.split(received).forEach(message -> add(text, message));
        return text.toString();
    }

    private static void add(StringBuilder text, ByteBuffer message) {
        text.append(" [").append(StoredMessage.queueOffset(message, 0));
        text.append(": send ").append(StoredMessage.body(message, 0).getInt(0));
        text.append(" at ").append(StoredMessage.storeMs(message, 0)).append(']');
    }
}
