/**
 * What is to happen later: an index of the scheduled records of a shard's log, in the order in
 * which they fall due.
 */
@NullMarked
package io.sluice.engine.schedule;

import org.jspecify.annotations.NullMarked;
