/** Makes a plan that breaks a promise as short and simple as it can while it still does. */
@NullMarked
package io.sluice.simulator.shrink;

import org.jspecify.annotations.NullMarked;
