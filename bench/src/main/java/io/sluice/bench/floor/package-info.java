/** The least that any server could do: what the machine allows before a queue does any work. */
@NullMarked
package io.sluice.bench.floor;

import org.jspecify.annotations.NullMarked;
