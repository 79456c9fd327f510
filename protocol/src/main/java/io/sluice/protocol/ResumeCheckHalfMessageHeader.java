package io.sluice.protocol;

import org.jspecify.annotations.Nullable;

/**
 * {@link RequestCode#RESUME_CHECK_HALF_MESSAGE}: asks the producers of a transaction anew.
 *
 * @param topic the message's topic
 * @param msgId the {@link MessageId} that the send was answered
 */
public record ResumeCheckHalfMessageHeader(@Nullable String topic, String msgId) {

    /**
     * Reads the fields of a request.
     *
     * @throws HeaderException if one is missing or malformed
     */
    public static ResumeCheckHalfMessageHeader decode(Header header) {
        return new ResumeCheckHalfMessageHeader(header.textOrNull("topic"), header.text("msgId"));
    }

    /** Writes the fields. */
    public FrameWriter encode(FrameWriter writer) {
        return writer.field("topic", topic).field("msgId", msgId);
    }
}
