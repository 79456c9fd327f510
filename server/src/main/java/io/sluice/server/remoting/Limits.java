package io.sluice.server.remoting;

/**
 * What one connection may cost.
 *
 * @param frameSizeBytesMax the largest frame
 * @param heldBytesMax requests being worked on, with what their answers may take; one more is let
 *     in, whatever its size
 * @param heldRequestsMax requests being worked on
 * @param unsentBytesMax answers that the peer has not taken yet, above which nothing more is read
 *     from it
 * @param idleMs how long a peer may be silent
 * @param stuckMs how long a peer may take nothing of what it has asked for
 */
public record Limits(
        int frameSizeBytesMax,
        int heldBytesMax,
        int heldRequestsMax,
        int unsentBytesMax,
        long idleMs,
        long stuckMs) {
    /** Clients send heartbeats every 30 s and close connections idle for 120 s themselves. */
    public static final Limits DEFAULT =
            new Limits(16 << 20, 8 << 20, 4096, 2 << 20, 120_000, 30_000);
}
