package io.sluice.server.remoting;

/**
 * What one connection may cost, and what all together may.
 *
 * @param frameSizeBytesMax the largest frame
 * @param heldBytesMax requests being worked on, with what their answers may take; one more is let
 *     in, whatever its size
 * @param heldRequestsMax requests being worked on
 * @param unsentBytesMax answers that the peer has not taken yet, above which nothing more is read
 *     from it; also what one turn of it makes, while others wait
 * @param parkedBytesMax memory of requests that wait for messages, above which no more may wait
 * @param idleMs how long a peer may go without a whole request
 * @param stuckMs how long a peer may take nothing of what it has asked for
 * @param together what all connections may cost together
 */
public record Limits(
        int frameSizeBytesMax,
        int heldBytesMax,
        int heldRequestsMax,
        int unsentBytesMax,
        int parkedBytesMax,
        long idleMs,
        long stuckMs,
        Together together) {
    /** Clients send heartbeats every 30 s and close connections idle for 120 s themselves. */
    public static final Limits DEFAULT =
            new Limits(
                    16 << 20, 8 << 20, 4096, 256 << 10, 8 << 20, 120_000, 30_000, Together.DEFAULT);

    /**
     * What all connections may cost together, each event loop's an equal share of it. A
     * connection's own limits may be passed once before one of these is seen to be.
     *
     * @param connectionsMax connections; another one takes the place of the oldest that has asked
     *     nothing yet, and is closed if there is none
     * @param firstRequestMs how long a peer may ask nothing
     * @param requestBytesMax frames of requests being worked on, above which further requests are
     *     refused as BUSY
     * @param stalledBytesMax parts of frames that are not whole, and answers not taken; above it,
     *     those connections are closed that have been in that state for the longest
     * @param parkedBytesMax memory of requests that wait for messages; above it no more may wait
     */
    public record Together(
            int connectionsMax,
            long firstRequestMs,
            long requestBytesMax,
            long stalledBytesMax,
            long parkedBytesMax) {
        static final Together DEFAULT =
                new Together(Room.connections(), 10_000, 128 << 20, 128 << 20, 64 << 20);

        /** The share of one of {@code count} event loops. */
        Together share(int count) {
            return new Together(
                    Math.ceilDiv(connectionsMax, count),
                    firstRequestMs,
                    requestBytesMax / count,
                    stalledBytesMax / count,
                    parkedBytesMax / count);
        }
    }
}
