/** Queues: one index over all queues of a segment, and the key index beside it. */
@NullMarked
package io.sluice.engine.queue;

import org.jspecify.annotations.NullMarked;
