/**
 * Time and turns: the only way in which the engine learns what time it is or runs something later.
 */
@NullMarked
package io.sluice.engine.time;

import org.jspecify.annotations.NullMarked;
