/** Drives the official client that speaks gRPC, on its own class path in its own process. */
package io.sluice.bench.peer;
