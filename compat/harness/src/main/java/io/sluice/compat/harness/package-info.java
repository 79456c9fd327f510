/** Starts, kills and restarts the server under test, and speaks raw frames to it. */
@NullMarked
package io.sluice.compat.harness;

import org.jspecify.annotations.NullMarked;
