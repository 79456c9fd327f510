/** Faults of a disk, made by the kernel itself: power loss, failing writes, no space. */
@NullMarked
package io.sluice.faults.disk;

import org.jspecify.annotations.NullMarked;
