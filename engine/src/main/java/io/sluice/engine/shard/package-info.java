/** The unit of ordering and recovery: one thread that decides, logs and applies. */
@NullMarked
package io.sluice.engine.shard;

import org.jspecify.annotations.NullMarked;
