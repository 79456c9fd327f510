package io.sluice.server.grpc;

import apache.rocketmq.v2.Code;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;

/**
 * Who makes a call, as its metadata says.
 *
 * @param clientId empty if the client did not say
 * @param language in the protocol's words, as {@code JAVA}
 * @param version the client's own, as {@code 5.2.0}
 * @param remote where it comes from
 * @param local by which of our addresses it came
 * @param home where its answers are made
 */
record Caller(
        String clientId,
        String language,
        String version,
        InetSocketAddress remote,
        InetSocketAddress local,
        Home home) {
    private static final int CLIENT_ID_LENGTH_MAX = 255;
    private static final Context.Key<Caller> KEY = Context.key("caller");
    private static final Metadata.Key<String> CLIENT_ID = key("x-mq-client-id");
    private static final Metadata.Key<String> LANGUAGE = key("x-mq-language");
    private static final Metadata.Key<String> VERSION = key("x-mq-client-version");

    private static Metadata.Key<String> key(String name) {
        return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
    }

    /** Who makes the current call. */
    static Caller current() {
        return KEY.get();
    }

    /** The client's id, which most calls cannot do without. */
    String requiredClientId() {
        if (clientId.isBlank() || clientId.length() > CLIENT_ID_LENGTH_MAX) {
            throw new CallFault(
                    Code.CLIENT_ID_REQUIRED,
                    "the metadata x-mq-client-id has 1 to %d characters, not all of them blanks"
                            .formatted(CLIENT_ID_LENGTH_MAX));
        }
        return clientId;
    }

    /** {@link #remote} as stored messages carry it: 8 bytes, 20 with IPv6. */
    byte[] host() {
        byte[] ip = remote.getAddress().getAddress();
        return ByteBuffer.allocate(ip.length + 4).put(ip).putInt(remote.getPort()).array();
    }

    /** Reads the metadata of each call. */
    static final class Reader implements ServerInterceptor {
        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
            var attributes = call.getAttributes();
            Home home = attributes.get(GrpcServer.HOME);
            if (home == null) {
                throw new IllegalStateException("a call without a connection");
            }
            Caller caller =
                    new Caller(
                            text(headers, CLIENT_ID),
                            text(headers, LANGUAGE),
                            text(headers, VERSION),
                            address(attributes.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR)),
                            address(attributes.get(Grpc.TRANSPORT_ATTR_LOCAL_ADDR)),
                            home);
            return Contexts.interceptCall(
                    Context.current().withValue(KEY, caller), call, headers, next);
        }

        private static String text(Metadata headers, Metadata.Key<String> key) {
            String value = headers.get(key);
            return value == null ? "" : value;
        }

        private static InetSocketAddress address(
                @org.jspecify.annotations.Nullable SocketAddress address) {
            return address instanceof InetSocketAddress known ? known : new InetSocketAddress(0);
        }
    }
}
