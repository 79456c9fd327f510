/** RocketMQ's remoting protocol on sockets: frames in, frames out, with bounded memory. */
@NullMarked
package io.sluice.server.remoting;

import org.jspecify.annotations.NullMarked;
