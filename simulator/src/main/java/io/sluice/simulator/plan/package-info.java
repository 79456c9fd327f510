/**
 * What happens in a history, as data: made from a seed, written to a tape, cut down when it fails.
 */
@NullMarked
package io.sluice.simulator.plan;

import org.jspecify.annotations.NullMarked;
