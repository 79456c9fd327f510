/**
 * The SQL92 expressions that subscriptions filter by: read once, then tested against the property
 * bytes of stored messages.
 */
@NullMarked
package io.sluice.engine.filter;

import org.jspecify.annotations.NullMarked;
