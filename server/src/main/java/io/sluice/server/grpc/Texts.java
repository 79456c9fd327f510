package io.sluice.server.grpc;

import apache.rocketmq.v2.Code;
import io.sluice.engine.catalog.Names;
import java.nio.charset.StandardCharsets;

/** What texts of a message may hold; the rules are those of RocketMQ's proxy. */
final class Texts {
    private static final int GROUP_SIZE_BYTES_MAX = 64;
    private static final int MESSAGE_ID_LENGTH_MAX = 255;

    private Texts() {}

    static String tag(String tag) {
        if (!tag.isEmpty() && (tag.isBlank() || tag.contains("|") || hasControls(tag))) {
            throw new CallFault(
                    Code.ILLEGAL_MESSAGE_TAG,
                    "a tag is not blank and has neither control characters nor '|'");
        }
        return tag;
    }

    static String key(String key) {
        if (key.isBlank() || hasControls(key)) {
            throw new CallFault(
                    Code.ILLEGAL_MESSAGE_KEY, "a key is not blank and has no control characters");
        }
        return key;
    }

    static String messageGroup(String group) {
        if (group.isBlank()
                || hasControls(group)
                || group.getBytes(StandardCharsets.UTF_8).length >= GROUP_SIZE_BYTES_MAX) {
            throw new CallFault(
                    Code.ILLEGAL_MESSAGE_GROUP,
                    "a message group is not blank, has no control characters and less than %d bytes"
                            .formatted(GROUP_SIZE_BYTES_MAX));
        }
        return group;
    }

    static String liteTopic(String name) {
        String fault = Names.liteFault(name);
        if (fault != null) {
            throw new CallFault(Code.ILLEGAL_LITE_TOPIC, fault);
        }
        return name;
    }

    /** A recall handle names it among words that blanks part. */
    static String messageId(String id) {
        if (id.isEmpty()
                || id.length() > MESSAGE_ID_LENGTH_MAX
                || id.indexOf(' ') >= 0
                || hasControls(id)) {
            throw new CallFault(
                    Code.ILLEGAL_MESSAGE_ID,
                    "a message id has 1 to %d characters, no blanks and no control characters"
                            .formatted(MESSAGE_ID_LENGTH_MAX));
        }
        return id;
    }

    static boolean hasControls(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isISOControl(text.charAt(i))) {
                return true;
            }
        }
        return false;
    }
}
