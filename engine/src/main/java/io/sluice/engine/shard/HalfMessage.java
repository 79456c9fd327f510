package io.sluice.engine.shard;

import io.sluice.engine.schedule.Transactions;
import java.nio.ByteBuffer;

/**
 * The message of an undecided transaction.
 *
 * @param stored in the stored layout, without a place
 */
public record HalfMessage(Transactions.Open transaction, ByteBuffer stored) {}
