/**
 * The world a simulated engine lives in: time, turns, chance and disks, all from one seed and on
 * one thread.
 */
@NullMarked
package io.sluice.simulator.world;

import org.jspecify.annotations.NullMarked;
