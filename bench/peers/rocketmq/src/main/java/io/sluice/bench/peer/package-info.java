/** Drives the official client, on its own class path in its own process. */
package io.sluice.bench.peer;
