/**
 * Hostile bytes: everything that reads bytes from outside, each behind a {@link Target}, under one
 * set of oracles, driven by Jazzer or by the corpus that is kept.
 */
@NullMarked
package io.sluice.fuzz;

import org.jspecify.annotations.NullMarked;
