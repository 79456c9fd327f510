/** The stored-message layout: what a shard writes, what every remoting client decodes. */
@NullMarked
package io.sluice.engine.message;

import org.jspecify.annotations.NullMarked;
