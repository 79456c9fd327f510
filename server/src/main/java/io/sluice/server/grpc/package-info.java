/**
 * The front door of the 5.x clients: RocketMQ's gRPC protocol ({@code apache.rocketmq.v2}). Begin
 * with {@link io.sluice.server.grpc.GrpcServer}.
 */
@NullMarked
package io.sluice.server.grpc;

import org.jspecify.annotations.NullMarked;
