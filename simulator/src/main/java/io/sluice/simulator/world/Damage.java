package io.sluice.simulator.world;

/**
 * Bytes of a file that are not what was written, although no error said so.
 *
 * @param fault how that came: LOST_WRITE, TORN_WRITE, MISDIRECTED_WRITE (at both places), BIT_FLIP
 *     or ZEROED_SECTOR
 * @param fileName what the file was called then
 * @param offset where the bytes begin
 * @param length how many
 */
public record Damage(DiskFault fault, String fileName, long offset, int length) {}
