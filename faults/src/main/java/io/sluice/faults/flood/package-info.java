/**
 * Too many connections, and bad neighbours: clients that mean ill, in processes of their own, and
 * honest ones beside them that are measured.
 */
@NullMarked
package io.sluice.faults.flood;

import org.jspecify.annotations.NullMarked;
