/** Consumer groups: committed offsets, retries and dead letters, order locks. */
@NullMarked
package io.sluice.engine.group;

import org.jspecify.annotations.NullMarked;
