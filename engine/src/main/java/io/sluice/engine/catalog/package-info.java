/**
 * What exists: topics and consumer groups, each with an id that no other ever gets, and the small
 * versioned store that keeps them.
 */
@NullMarked
package io.sluice.engine.catalog;

import org.jspecify.annotations.NullMarked;
