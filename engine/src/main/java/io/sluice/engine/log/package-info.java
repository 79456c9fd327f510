/** A shard's only truth: an append-only sequence of batches, on local disk or elsewhere. */
@NullMarked
package io.sluice.engine.log;

import org.jspecify.annotations.NullMarked;
