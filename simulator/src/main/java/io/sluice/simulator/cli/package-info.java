/** The command {@code ./simulate}: many histories on all cores, and what they came to. */
@NullMarked
package io.sluice.simulator.cli;

import org.jspecify.annotations.NullMarked;
