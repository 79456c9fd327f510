/**
 * The command line. Every command but {@code server} is a client: it sees a running server only
 * through its public remoting protocol.
 */
@NullMarked
package io.sluice.server.cli;

import org.jspecify.annotations.NullMarked;
