/** How much of everything there has been lately, and since the server was started. */
@NullMarked
package io.sluice.server.meter;

import org.jspecify.annotations.NullMarked;
