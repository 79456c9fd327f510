package io.sluice.server.grpc;

import apache.rocketmq.v2.Code;

/** Why a call cannot be served, with the protocol's own code. */
final class CallFault extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final Code code;

    CallFault(Code code, String message) {
        super(message, null, false, false);
        this.code = code;
    }

    Code code() {
        return code;
    }

    String text() {
        return String.valueOf(getMessage());
    }
}
