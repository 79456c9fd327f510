/** What the engine is run by in production: the machine's clock and threads. */
@NullMarked
package io.sluice.server.run;

import org.jspecify.annotations.NullMarked;
