/**
 * What requests mean, whatever connection they came by: decode, authorize, handle, meter, answer.
 */
@NullMarked
package io.sluice.server.dispatch;

import org.jspecify.annotations.NullMarked;
