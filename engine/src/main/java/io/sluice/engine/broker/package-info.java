/** The only public entrance: resolves topics, picks a shard, returns a sealed outcome. */
@NullMarked
package io.sluice.engine.broker;

import org.jspecify.annotations.NullMarked;
