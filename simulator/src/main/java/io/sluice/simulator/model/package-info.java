/**
 * What a correct broker may answer. It watches the requests and answers of a history and says what
 * is wrong; it never looks into the engine.
 */
@NullMarked
package io.sluice.simulator.model;

import org.jspecify.annotations.NullMarked;
