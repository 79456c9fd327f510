/** A server killed under the load of gRPC clients: who writes, who reads, and what they know. */
package io.sluice.compat.grpc.crash;
