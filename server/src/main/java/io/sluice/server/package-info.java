/** The composition root and the entrance of the process. */
@NullMarked
package io.sluice.server;

import org.jspecify.annotations.NullMarked;
