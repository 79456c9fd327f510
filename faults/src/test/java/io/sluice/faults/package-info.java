@NullMarked
package io.sluice.faults;

import org.jspecify.annotations.NullMarked;
