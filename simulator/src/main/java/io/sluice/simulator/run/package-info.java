/** Lets a plan happen: the engine's lives, its clients and its troubles, in one simulated world. */
@NullMarked
package io.sluice.simulator.run;

import org.jspecify.annotations.NullMarked;
