package io.sluice.server.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.protocol.PullMessageHeader;
import io.sluice.protocol.PullMessageResponse;
import io.sluice.protocol.RequestCode;
import io.sluice.protocol.ResponseCode;
import io.sluice.protocol.SerializeType;
import io.sluice.protocol.SubscriptionGroupConfig;
import io.sluice.server.TestServers;
import io.sluice.server.remoting.Wire;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class PullTest extends FrontDoor {
    @Test
    void shouldPullWhatWasSent() throws IOException {
        for (int i = 0; i < 3; i++) {
            ok(wire.send("orders", 2, "order " + i));
        }
        Wire.Reply pulled = ok(pull(pull("orders", 2, 0, SUBSCRIPTION)));
        assertEquals(List.of("order 0", "order 1", "order 2"), bodies(pulled.body()));
        assertEquals(
                new PullMessageResponse(0, 3, 0, 3), PullMessageResponse.decode(pulled.header()));
    }

    @Test
    void shouldAnswerInTheFormThatWasAsked() throws IOException {
        try (Wire binary = new Wire(server.brokerPort(), SerializeType.ROCKETMQ)) {
            assertEquals(
                    SerializeType.ROCKETMQ,
                    ok(binary.send("orders", 0, "x")).header().serializeType());
        }
    }

    @Test
    void shouldWakeAParkedPullWhenAMessageComes() throws IOException {
        ok(wire.send("orders", 0, "first"));
        wire.write(
                wire.request(
                        RequestCode.PULL_MESSAGE,
                        pull("orders", 0, 1, SUBSCRIPTION | SUSPEND)::encode,
                        new byte[0]));
        int parked = wire.lastOpaque();
        try (Wire producer = new Wire(server.brokerPort())) {
            ok(producer.send("orders", 0, "second"));
        }
        Wire.Reply woken = ok(wire.answer());
        assertEquals(parked, woken.header().opaque());
        assertEquals(List.of("second"), bodies(woken.body()));
    }

    @Test
    void shouldAnswerOthersWhileAPullIsParked() throws IOException {
        ok(wire.send("orders", 0, "x"));
        wire.write(
                wire.request(
                        RequestCode.PULL_MESSAGE,
                        pull("orders", 0, 1, SUBSCRIPTION | SUSPEND)::encode,
                        new byte[0]));
        Wire.Reply other = ok(wire.send("others", 0, "y"));
        assertEquals(wire.lastOpaque(), other.header().opaque());
    }

    @Test
    void shouldSayWhereToGoOn() throws IOException {
        ok(wire.send("orders", 0, "TAGS\u0001a\u0002", "x"));
        Wire.Reply end = pull(pull("orders", 0, 1, SUBSCRIPTION));
        assertEquals(ResponseCode.PULL_NOT_FOUND, end.code());
        Wire.Reply beyond = pull(pull("orders", 0, 9, SUBSCRIPTION));
        assertEquals(ResponseCode.PULL_OFFSET_MOVED, beyond.code());
        assertEquals(1, PullMessageResponse.decode(beyond.header()).nextBeginOffset());
        Wire.Reply other = pull(pull("group", "orders", 0, 0, SUBSCRIPTION, "b || c"));
        assertEquals(ResponseCode.PULL_RETRY_IMMEDIATELY, other.code());
        assertEquals(1, PullMessageResponse.decode(other.header()).nextBeginOffset());
    }

    @Test
    void shouldFilterByTags() throws IOException {
        for (String tag : List.of("a", "b", "c", "a")) {
            ok(wire.send("orders", 0, "TAGS\u0001" + tag + "\u0002", tag));
        }
        Wire.Reply pulled = ok(pull(pull("group", "orders", 0, 0, SUBSCRIPTION, "a|| c ")));
        assertEquals(List.of("a", "c", "a"), bodies(pulled.body()));
    }

    @Test
    void shouldFilterAsTheHeartbeatSaid() throws IOException {
        ok(wire.send("orders", 0, "x"));
        refused(ResponseCode.SUBSCRIPTION_NOT_EXIST, pull(pull("orders", 0, 0, 0)));
        ok(beat(wire, heartbeat("c1", "group", "others")));
        refused(ResponseCode.SUBSCRIPTION_NOT_EXIST, pull(pull("orders", 0, 0, 0)));
        ok(beat(wire, heartbeat("c1", "group", "orders")));
        assertEquals(List.of("x"), bodies(ok(pull(pull("orders", 0, 0, 0))).body()));
        var newer =
                new PullMessageHeader(
                        "group", "orders", 0, 0, 32, 0, 0, 0, null, 6, "TAG", 9, null);
        refused(ResponseCode.SUBSCRIPTION_NOT_LATEST, pull(newer));
    }

    @Test
    void shouldRefuseWhatCannotBePulled() throws IOException {
        refused(ResponseCode.TOPIC_NOT_EXIST, pull(pull("orders", 0, 0, SUBSCRIPTION)));
        ok(wire.send("orders", 0, "x"));
        refused(ResponseCode.INVALID_PARAMETER, pull(pull("orders", 8, 0, SUBSCRIPTION)));
        refused(
                ResponseCode.SUBSCRIPTION_GROUP_NOT_EXIST,
                pull(pull("gr/oup", "orders", 0, 0, 4, "*")));
        refused(
                ResponseCode.SUBSCRIPTION_PARSE_FAILED,
                pull(pull("group", "orders", 0, 0, SUBSCRIPTION, "||")));
        SubscriptionGroupConfig off =
                new SubscriptionGroupConfig("off", false, true, true, false, 1, 16, true, 15);
        ok(
                wire.call(
                        RequestCode.UPDATE_AND_CREATE_SUBSCRIPTIONGROUP,
                        FrontDoor::none,
                        off.encode().toBytes()));
        refused(ResponseCode.NO_PERMISSION, pull(pull("off", "orders", 0, 0, SUBSCRIPTION, "*")));
    }

    @Test
    void shouldCommitWhatComesAlongButNeverGoBack() throws IOException {
        for (int i = 0; i < 5; i++) {
            ok(wire.send("orders", 0, "x"));
        }
        for (long offset : new long[] {4, 2}) {
            var along =
                    new PullMessageHeader(
                            "group", "orders", 0, 0, 1, 5, offset, 0, "*", 0, "TAG", 1, null);
            ok(pull(along));
        }
        assertEquals(4, okOffset(offset("group", "orders", 0)));
    }

    @Test
    void shouldAnswerParkedPullsWhenItStops() throws IOException {
        ok(wire.send("orders", 0, "x"));
        wire.write(
                wire.request(
                        RequestCode.PULL_MESSAGE,
                        pull("orders", 0, 1, SUBSCRIPTION | SUSPEND)::encode,
                        new byte[0]));
        ok(wire.send("orders", 1, "x"));
        server.close();
        assertEquals(ResponseCode.PULL_NOT_FOUND, wire.answer().code());
        assertTrue(wire.closedByServer());
    }

    @Test
    void shouldSurviveARestart() throws IOException {
        ok(wire.send("orders", 0, "kept"));
        server.close();
        server = TestServers.start(directory);
        wire = new Wire(server.vipPort());
        assertEquals(List.of("kept"), bodies(ok(pull(pull("orders", 0, 0, SUBSCRIPTION))).body()));
    }
}
