package io.sluice.server.grpc;

import apache.rocketmq.v2.TelemetryCommand;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;

/**
 * One telemetry stream: what the client says goes to {@link ClientCalls}, and the client is told
 * things. What is told, and that the stream has ended, is dealt with at the connection's {@link
 * Home}, one after the other.
 */
final class Telemetry implements StreamObserver<TelemetryCommand> {
    private final Caller caller;
    private final ClientCalls calls;
    private final ServerCallStreamObserver<TelemetryCommand> out;
    private boolean ended;

    Telemetry(Caller caller, ClientCalls calls, StreamObserver<TelemetryCommand> out) {
        this.caller = caller;
        this.calls = calls;
        this.out = (ServerCallStreamObserver<TelemetryCommand>) out;
        this.out.setOnCancelHandler(() -> caller.home().execute(this::ended));
    }

    Caller caller() {
        return caller;
    }

    @Override
    public void onNext(TelemetryCommand command) {
        try {
            if (command.hasSettings()) {
                calls.settings(this, command.getSettings());
            } else {
                calls.answered(caller, command);
            }
        } catch (CallFault e) {
            refuse(Statuses.of(e));
        }
    }

    /**
     * Tells the client something, if it keeps up with reading: what it is told can be told anew,
     * and a client that asks on and on without reading is cut off.
     */
    void tell(TelemetryCommand command) {
        caller.home()
                .execute(() -> {
                    if (ended) {
                        return;
                    }
                    if (out.isReady()) {
                        out.onNext(command);
                    } else if (command.hasSettings()) {
                        fail(
                                Status.RESOURCE_EXHAUSTED.withDescription(
                                        "earlier commands have not been read"));
                    }
                });
    }

    /**
     * Ends the stream with a reason: clients go by how a stream ends, not by a command's status.
     */
    void refuse(apache.rocketmq.v2.Status status) {
        caller.home().execute(() -> fail(ending(status)));
    }

    private static Status ending(apache.rocketmq.v2.Status status) {
        Status code =
                Statuses.isTemporary(status.getCode())
                        ? Status.UNAVAILABLE
                        : Status.INVALID_ARGUMENT;
        return code.withDescription(status.getCode() + ": " + status.getMessage());
    }

    /** Ends a stream before it has begun; what its client says is not listened to. */
    static StreamObserver<TelemetryCommand> refused(
            StreamObserver<TelemetryCommand> out, apache.rocketmq.v2.Status status) {
        out.onError(ending(status).asRuntimeException());
        return new StreamObserver<>() {
            @Override
            public void onNext(TelemetryCommand command) {}

            @Override
            public void onError(Throwable cause) {}

            @Override
            public void onCompleted() {}
        };
    }

    private void fail(Status status) {
        if (!ended) {
            ended();
            out.onError(status.asRuntimeException());
        }
    }

    /** Ends the stream; the client opens another one if it lives on. */
    void complete() {
        caller.home()
                .execute(() -> {
                    if (!ended) {
                        ended();
                        out.onCompleted();
                    }
                });
    }

    @Override
    public void onError(Throwable cause) {
        caller.home().execute(this::ended);
    }

    @Override
    public void onCompleted() {
        complete();
    }

    private void ended() {
        ended = true;
        calls.streamEnded(this);
    }
}
