/** Is loaded anew with each planted engine, as the simulator is. */
@NullMarked
package io.sluice.simulator.planted.standin;

import org.jspecify.annotations.NullMarked;
