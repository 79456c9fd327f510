/**
 * Wire formats of the RocketMQ remoting protocol: bytes in, records out, and back. Nothing in here
 * knows a socket, a thread, a clock or a queue. What a stored message looks like is not here: the
 * engine stores what it serves.
 */
@NullMarked
package io.sluice.protocol;

import org.jspecify.annotations.NullMarked;
