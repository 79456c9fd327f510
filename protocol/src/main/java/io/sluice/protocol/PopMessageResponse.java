package io.sluice.protocol;

/**
 * The answer to {@link RequestCode#POP_MESSAGE} and {@link RequestCode#PEEK_MESSAGE}; the body
 * holds the messages, all of one queue. From it the client puts together a {@link PopReceipt} for
 * each.
 *
 * @param popTimeMs when they were leased; RocketMQ's clients reckon from it how long they have
 * @param invisibleTimeMs for how long
 * @param reviveQid a number that the client gives back in each receipt
 * @param restNum how many more there are
 * @param retry {@link PopReceipt#retryMark} of the topic
 * @param queueId the queue
 * @param offsets the messages' offsets, in their order; empty if there are none
 */
public record PopMessageResponse(
        long popTimeMs,
        long invisibleTimeMs,
        int reviveQid,
        long restNum,
        String retry,
        int queueId,
        long[] offsets) {

    /** Writes the fields. */
    public FrameWriter encode(FrameWriter writer) {
        writer.field("popTime", popTimeMs)
                .field("invisibleTime", invisibleTimeMs)
                .field("reviveQid", reviveQid)
                .field("restNum", restNum);
        if (offsets.length == 0) {
            return writer;
        }
        StringBuilder all = new StringBuilder(queue());
        long first = offsets[0];
        for (int i = 0; i < offsets.length; i++) {
            all.append(i == 0 ? ' ' : ',').append(offsets[i]);
            first = Math.min(first, offsets[i]);
        }
        return writer.field("startOffsetInfo", queue() + ' ' + first)
                .field("msgOffsetInfo", all.toString());
    }

    private String queue() {
        return retry + ' ' + queueId;
    }
}
