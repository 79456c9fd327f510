/** Side-by-side benchmarks: starts Sluice and its peers, drives each alike, compares them. */
@NullMarked
package io.sluice.bench;

import org.jspecify.annotations.NullMarked;
