/** What crash tests of different clients share: bodies that tell what they are, and the kills. */
@NullMarked
package io.sluice.compat.harness.crash;

import org.jspecify.annotations.NullMarked;
