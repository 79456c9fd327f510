/**
 * Real faults on the real server: it runs in a process of its own under a load whose every message
 * is accounted for, is killed, paused or lied to, and then has to show what it promised to keep.
 *
 * <p>{@link io.sluice.faults.Node} is the process, {@link io.sluice.faults.Load} what works against
 * it, {@link io.sluice.faults.Ledger} what was promised, {@link io.sluice.faults.Audit} compares
 * the two. Rigs put them together.
 */
@NullMarked
package io.sluice.faults;

import org.jspecify.annotations.NullMarked;
