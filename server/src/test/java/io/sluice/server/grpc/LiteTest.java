package io.sluice.server.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import apache.rocketmq.v2.ClientType;
import apache.rocketmq.v2.Code;
import apache.rocketmq.v2.LiteSubscriptionAction;
import apache.rocketmq.v2.Message;
import apache.rocketmq.v2.MessageType;
import apache.rocketmq.v2.OffsetOption;
import apache.rocketmq.v2.QueryAssignmentRequest;
import apache.rocketmq.v2.QueryRouteRequest;
import apache.rocketmq.v2.Settings;
import apache.rocketmq.v2.Status;
import apache.rocketmq.v2.SyncLiteSubscriptionRequest;
import apache.rocketmq.v2.SystemProperties;
import apache.rocketmq.v2.TelemetryCommand;
import io.sluice.protocol.CreateTopicHeader;
import io.sluice.protocol.RequestCode;
import io.sluice.protocol.ResponseCode;
import io.sluice.protocol.SubscriptionGroupConfig;
import io.sluice.server.remoting.Wire;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Lite topics over the wire: who gets what, and each code that is theirs alone. */
class LiteTest extends GrpcDoor {
    private static final String TOPIC = "chats";

    @BeforeEach
    void create() throws IOException {
        lites(TOPIC, "");
    }

    private void lites(String topic, String attributes) throws IOException {
        var header =
                new CreateTopicHeader(
                        topic,
                        "TBW102",
                        4,
                        4,
                        6,
                        "SINGLE_TAG",
                        0,
                        false,
                        "+message.type=LITE" + attributes);
        Wire.Reply reply = wire.call(RequestCode.UPDATE_AND_CREATE_TOPIC, header::encode);
        assertEquals(ResponseCode.SUCCESS, reply.code(), reply.header()::toString);
    }

    private static SubscriptionGroupConfig with(String group, String attribute, String value) {
        return new SubscriptionGroupConfig(
                group,
                true,
                true,
                true,
                false,
                1,
                16,
                true,
                15,
                null,
                Map.of("+" + attribute, value));
    }

    private static Message.Builder lite(String name, String body) {
        Message.Builder message = message(TOPIC, body);
        message.getSystemPropertiesBuilder().setMessageType(MessageType.LITE).setLiteTopic(name);
        return message;
    }

    private Settings join(String client, String group) throws InterruptedException {
        Spoken spoken = consumer(client, group, ClientType.LITE_PUSH_CONSUMER, TOPIC);
        return spoken.settings();
    }

    private Status sync(
            String client, String group, LiteSubscriptionAction action, String... names) {
        return sync(client, request(group, action, names));
    }

    private static SyncLiteSubscriptionRequest.Builder request(
            String group, LiteSubscriptionAction action, String... names) {
        return SyncLiteSubscriptionRequest.newBuilder()
                .setTopic(name(TOPIC))
                .setGroup(name(group))
                .setAction(action)
                .addAllLiteTopicSet(List.of(names));
    }

    private Status sync(String client, SyncLiteSubscriptionRequest.Builder request) {
        return calls(client).syncLiteSubscription(request.build()).getStatus();
    }

    private void add(String client, String group, String... names) {
        Status status = sync(client, group, LiteSubscriptionAction.PARTIAL_ADD, names);
        assertEquals(Code.OK, status.getCode(), status::getMessage);
    }

    private static void refused(Code code, Status status) {
        assertEquals(code, status.getCode(), status::getMessage);
        assertFalse(status.getMessage().isBlank(), "a refusal says why");
    }

    /** All that a client can get now. */
    private List<Message> all(String client, String group) {
        List<Message> messages = new ArrayList<>();
        Given given = receive(client, receiving(group, TOPIC));
        while (given.code() == Code.OK) {
            messages.addAll(given.messages());
            String[] handles =
                    given.messages().stream().map(GrpcDoor::handle).toArray(String[]::new);
            ack(group, TOPIC, handles)
                    .getEntriesList()
                    .forEach(entry -> assertEquals(Code.OK, entry.getStatus().getCode()));
            given = receive(client, receiving(group, TOPIC));
        }
        assertEquals(Code.MESSAGE_NOT_FOUND, given.code(), given.status()::getMessage);
        return messages;
    }

    private static List<String> bodies(List<Message> messages) {
        return messages.stream().map(message -> message.getBody().toStringUtf8()).toList();
    }

    @Test
    void shouldGiveEachClientWhatItWants() throws Exception {
        join("one", "readers");
        join("two", "readers");
        add("one", "readers", "a");
        add("two", "readers", "b");
        sent(lite("a", "1"));
        sent(lite("b", "2"));
        sent(lite("a", "3"));
        sent(lite("c", "4"));
        List<Message> got = all("one", "readers");
        assertEquals(List.of("1", "3"), bodies(got));
        SystemProperties system = got.getFirst().getSystemProperties();
        assertEquals("a", system.getLiteTopic());
        assertEquals(MessageType.LITE, system.getMessageType());
        assertEquals(TOPIC, got.getFirst().getTopic().getName());
        assertEquals(List.of("2"), bodies(all("two", "readers")));
    }

    @Test
    void shouldGiveWhatAllMembersOfAGroupWantToOneOfThem() throws Exception {
        join("one", "readers");
        join("two", "readers");
        add("one", "readers", "a");
        add("two", "readers", "a");
        sent(lite("a", "1"));
        assertEquals(List.of("1"), bodies(all("one", "readers")));
        assertEquals(List.of(), all("two", "readers"));
    }

    @Test
    void shouldAnswerWhoWaitsWithWhatComes() throws Exception {
        join("one", "readers");
        add("one", "readers", "a");
        Iterator<apache.rocketmq.v2.ReceiveMessageResponse> waiting =
                calls("one")
                        .receiveMessage(
                                receiving("readers", TOPIC)
                                        .setLongPollingTimeout(Times.duration(9_000))
                                        .build());
        sent(lite("a", "1"));
        assertEquals(List.of("1"), given(waiting).bodies());
    }

    @Test
    void shouldReplaceAndEndWhatAClientWants() throws Exception {
        join("one", "readers");
        add("one", "readers", "a", "b");
        sync("one", "readers", LiteSubscriptionAction.COMPLETE_ADD, "b", "c");
        sent(lite("a", "1"));
        sent(lite("b", "2"));
        sent(lite("c", "3"));
        assertEquals(List.of("2", "3"), bodies(all("one", "readers")));
        sync("one", "readers", LiteSubscriptionAction.PARTIAL_REMOVE, "b");
        sent(lite("b", "4"));
        sent(lite("c", "5"));
        assertEquals(List.of("5"), bodies(all("one", "readers")));
        sync("one", "readers", LiteSubscriptionAction.COMPLETE_REMOVE);
        sent(lite("c", "6"));
        assertEquals(List.of(), all("one", "readers"));
    }

    @Test
    void shouldServeLiteSimpleConsumers() throws Exception {
        Spoken spoken = consumer("one", "readers", ClientType.LITE_SIMPLE_CONSUMER, TOPIC);
        spoken.settings();
        add("one", "readers", "a");
        sent(lite("a", "1"));
        assertEquals(List.of("1"), bodies(all("one", "readers")));
    }

    @Test
    void shouldBeginWhereAClientWants() throws Exception {
        join("one", "readers");
        sent(lite("a", "1"));
        sent(lite("a", "2"));
        var latest = OffsetOption.newBuilder().setPolicy(OffsetOption.Policy.MAX);
        sync(
                "one",
                request("readers", LiteSubscriptionAction.PARTIAL_ADD, "a")
                        .setOffsetOption(latest));
        assertEquals(List.of(), all("one", "readers"));
        var back = OffsetOption.newBuilder().setTailN(1);
        sync(
                "one",
                request("readers", LiteSubscriptionAction.PARTIAL_ADD, "a").setOffsetOption(back));
        assertEquals(List.of("2"), bodies(all("one", "readers")));
        refused(
                Code.NOT_IMPLEMENTED,
                sync(
                        "one",
                        request("readers", LiteSubscriptionAction.PARTIAL_ADD, "a")
                                .setOffsetOption(OffsetOption.newBuilder().setTimestamp(7))));
        refused(
                Code.ILLEGAL_OFFSET,
                sync(
                        "one",
                        request("readers", LiteSubscriptionAction.PARTIAL_ADD, "a")
                                .setOffsetOption(OffsetOption.newBuilder().setOffset(-1))));
    }

    @Test
    void shouldTellAClientWhatIsAnothersNow() throws Exception {
        group(with("owners", "lite.sub.model", "Exclusive"));
        Spoken one = consumer("one", "owners", ClientType.LITE_PUSH_CONSUMER, TOPIC);
        one.settings();
        join("two", "owners");
        add("one", "owners", "a");
        add("two", "owners", "a");
        var told = (TelemetryCommand) one.next();
        assertEquals("a", told.getNotifyUnsubscribeLiteCommand().getLiteTopic());
        sent(lite("a", "1"));
        assertEquals(List.of(), all("one", "owners"));
        assertEquals(List.of("1"), bodies(all("two", "owners")));
    }

    @Test
    void shouldTellClientsOfTheirBounds() throws Exception {
        group(with("few", "lite.sub.client.quota", "2"));
        Settings settings = join("one", "few");
        assertEquals(2, settings.getSubscription().getLiteSubscriptionQuota());
        assertEquals(64, settings.getSubscription().getMaxLiteTopicSize());
        add("one", "few", "a", "b");
        refused(
                Code.LITE_SUBSCRIPTION_QUOTA_EXCEEDED,
                sync("one", "few", LiteSubscriptionAction.PARTIAL_ADD, "c"));
    }

    @Test
    void shouldRefuseMoreLiteTopicsThanThereMayBe() throws Exception {
        lites("small", ",+lite-topics-max=1");
        Message.Builder first = lite("a", "1").setTopic(name("small"));
        assertEquals(Code.OK, send(first).getStatus().getCode());
        Message.Builder second = lite("b", "2").setTopic(name("small"));
        refused(Code.LITE_TOPIC_QUOTA_EXCEEDED, send(second).getStatus());
    }

    @Test
    void shouldRefuseNamesThatCannotBe() throws Exception {
        join("one", "readers");
        for (String name : List.of("", " ", "a b", "a.b", "a%", "a|b", "\u00e9", "x".repeat(65))) {
            refused(Code.ILLEGAL_LITE_TOPIC, send(lite(name, "1")).getStatus());
            refused(
                    Code.ILLEGAL_LITE_TOPIC,
                    sync("one", "readers", LiteSubscriptionAction.PARTIAL_ADD, name));
        }
    }

    @Test
    void shouldRefuseMessagesThatAreNotOfLiteTopicsHereAndThoseThatAreElsewhere() throws Exception {
        topic("ordinary", 1, "");
        Code conflict = Code.MESSAGE_PROPERTY_CONFLICT_WITH_TYPE;
        refused(conflict, send(message(TOPIC, "1")).getStatus());
        refused(conflict, send(lite("a", "1").setTopic(name("ordinary"))).getStatus());
        Message.Builder nameless = lite("a", "1");
        nameless.getSystemPropertiesBuilder().clearLiteTopic();
        refused(conflict, send(nameless).getStatus());
        Message.Builder grouped = lite("a", "1");
        grouped.getSystemPropertiesBuilder().setMessageGroup("g");
        refused(conflict, send(grouped).getStatus());
        Message.Builder normal = message("ordinary", "1");
        normal.getSystemPropertiesBuilder().setMessageType(MessageType.NORMAL).setLiteTopic("a");
        refused(conflict, send(normal).getStatus());
        refused(Code.MESSAGE_CORRUPTED, send(lite("a", "1"), lite("b", "2")).getStatus());
    }

    @Test
    void shouldRefuseThoseWhoAreNoLiteConsumers() throws Exception {
        group("others", TOPIC);
        refused(
                Code.UNRECOGNIZED_CLIENT_TYPE,
                sync("stranger", "others", LiteSubscriptionAction.PARTIAL_ADD, "a"));
        assertEquals(Code.BAD_REQUEST, receive("client", receiving("others", TOPIC)).code());
        topic("ordinary", 1, "");
        join("one", "others");
        assertEquals(Code.BAD_REQUEST, receive("one", receiving("others", "ordinary")).code());
        refused(
                Code.BAD_REQUEST,
                sync(
                        "one",
                        request("others", LiteSubscriptionAction.PARTIAL_ADD, "a")
                                .setTopic(name("ordinary"))));
        group(with("bound", "lite.bind.topic", "another"));
        join("two", "bound");
        refused(Code.BAD_REQUEST, sync("two", "bound", LiteSubscriptionAction.PARTIAL_ADD, "a"));
    }

    @Test
    void shouldTellTheTypeInTheRouteAndOneQueueToReceiveFrom() throws Exception {
        var route =
                calls().queryRoute(QueryRouteRequest.newBuilder().setTopic(name(TOPIC)).build());
        assertEquals(
                List.of(MessageType.LITE), route.getMessageQueues(0).getAcceptMessageTypesList());
        var assignment =
                calls().queryAssignment(
                                QueryAssignmentRequest.newBuilder()
                                        .setTopic(name(TOPIC))
                                        .setGroup(name("readers"))
                                        .build());
        assertEquals(1, assignment.getAssignmentsCount());
    }
}
