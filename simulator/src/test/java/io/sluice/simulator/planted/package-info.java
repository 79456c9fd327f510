/**
 * The checker is checked: plants mistakes in copies of the engine and measures how many seeds the
 * simulator needs to notice each. Never shipped.
 */
@NullMarked
package io.sluice.simulator.planted;

import org.jspecify.annotations.NullMarked;
