package io.sluice.protocol;

import static java.util.Map.entry;

import io.netty.buffer.ByteBuf;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;

/** Every codec by request code, so that one test can try them all. */
final class Codecs {
    private Codecs() {}

    /** Fields from a header and back. */
    record Fields<T>(Function<Header, T> decode, BiFunction<T, FrameWriter, FrameWriter> encode) {

        FrameWriter rewrite(Header header, FrameWriter writer) {
            return encode.apply(decode.apply(header), writer);
        }
    }

    interface BodyDecoder<T> {
        T decode(ByteBuf in, int index, int sizeBytes);
    }

    /** A JSON body from bytes and back. */
    record Body<T>(BodyDecoder<T> decode, Function<T, JsonWriter> encode) {

        JsonWriter rewrite(ByteBuf in, int index, int sizeBytes) {
            return encode.apply(decode.decode(in, index, sizeBytes));
        }
    }

    private static final Fields<SendMessageHeader> SEND =
            new Fields<>(SendMessageHeader::decode, SendMessageHeader::encode);
    private static final Fields<PullMessageHeader> PULL =
            new Fields<>(PullMessageHeader::decode, PullMessageHeader::encode);
    private static final Fields<OffsetResponse> OFFSET =
            new Fields<>(OffsetResponse::decode, OffsetResponse::encode);
    private static final Fields<SendMessageResponse> SENT =
            new Fields<>(SendMessageResponse::decode, SendMessageResponse::encode);
    private static final Fields<PullMessageResponse> PULLED =
            new Fields<>(PullMessageResponse::decode, PullMessageResponse::encode);

    static final Map<Integer, Fields<?>> REQUESTS =
            Map.ofEntries(
                    entry(RequestCode.SEND_MESSAGE, SEND),
                    entry(RequestCode.SEND_MESSAGE_V2, SEND),
                    entry(RequestCode.SEND_BATCH_MESSAGE, SEND),
                    entry(RequestCode.PULL_MESSAGE, PULL),
                    entry(RequestCode.LITE_PULL_MESSAGE, PULL),
                    entry(
                            RequestCode.QUERY_MESSAGE,
                            new Fields<>(QueryMessageHeader::decode, QueryMessageHeader::encode)),
                    entry(
                            RequestCode.QUERY_CONSUMER_OFFSET,
                            new Fields<>(
                                    QueryConsumerOffsetHeader::decode,
                                    QueryConsumerOffsetHeader::encode)),
                    entry(
                            RequestCode.UPDATE_CONSUMER_OFFSET,
                            new Fields<>(
                                    UpdateConsumerOffsetHeader::decode,
                                    UpdateConsumerOffsetHeader::encode)),
                    entry(
                            RequestCode.UPDATE_AND_CREATE_TOPIC,
                            new Fields<>(CreateTopicHeader::decode, CreateTopicHeader::encode)),
                    entry(
                            RequestCode.SEARCH_OFFSET_BY_TIMESTAMP,
                            new Fields<>(SearchOffsetHeader::decode, SearchOffsetHeader::encode)),
                    entry(
                            RequestCode.GET_MAX_OFFSET,
                            new Fields<>(GetMaxOffsetHeader::decode, GetMaxOffsetHeader::encode)),
                    entry(
                            RequestCode.GET_MIN_OFFSET,
                            new Fields<>(GetMinOffsetHeader::decode, GetMinOffsetHeader::encode)),
                    entry(
                            RequestCode.GET_EARLIEST_MSG_STORETIME,
                            new Fields<>(
                                    GetEarliestMsgStoretimeHeader::decode,
                                    GetEarliestMsgStoretimeHeader::encode)),
                    entry(
                            RequestCode.VIEW_MESSAGE_BY_ID,
                            new Fields<>(ViewMessageHeader::decode, ViewMessageHeader::encode)),
                    entry(
                            RequestCode.UNREGISTER_CLIENT,
                            new Fields<>(
                                    UnregisterClientHeader::decode,
                                    UnregisterClientHeader::encode)),
                    entry(
                            RequestCode.CONSUMER_SEND_MSG_BACK,
                            new Fields<>(
                                    ConsumerSendMsgBackHeader::decode,
                                    ConsumerSendMsgBackHeader::encode)),
                    entry(
                            RequestCode.GET_CONSUMER_LIST_BY_GROUP,
                            new Fields<>(
                                    GetConsumerListByGroupHeader::decode,
                                    GetConsumerListByGroupHeader::encode)),
                    entry(
                            RequestCode.NOTIFY_CONSUMER_IDS_CHANGED,
                            new Fields<>(
                                    NotifyConsumerIdsChangedHeader::decode,
                                    NotifyConsumerIdsChangedHeader::encode)),
                    entry(
                            RequestCode.GET_ROUTEINFO_BY_TOPIC,
                            new Fields<>(GetRouteInfoHeader::decode, GetRouteInfoHeader::encode)),
                    entry(
                            RequestCode.DELETE_SUBSCRIPTIONGROUP,
                            new Fields<>(
                                    DeleteSubscriptionGroupHeader::decode,
                                    DeleteSubscriptionGroupHeader::encode)),
                    entry(
                            RequestCode.DELETE_TOPIC_IN_BROKER,
                            new Fields<>(DeleteTopicHeader::decode, DeleteTopicHeader::encode)),
                    entry(
                            RequestCode.DELETE_TOPIC_IN_NAMESRV,
                            new Fields<>(
                                    DeleteTopicInNamesrvHeader::decode,
                                    DeleteTopicInNamesrvHeader::encode)));

    static final Map<Integer, Fields<?>> ANSWERS =
            Map.ofEntries(
                    entry(RequestCode.SEND_MESSAGE, SENT),
                    entry(RequestCode.SEND_MESSAGE_V2, SENT),
                    entry(RequestCode.SEND_BATCH_MESSAGE, SENT),
                    entry(RequestCode.PULL_MESSAGE, PULLED),
                    entry(RequestCode.LITE_PULL_MESSAGE, PULLED),
                    entry(RequestCode.QUERY_CONSUMER_OFFSET, OFFSET),
                    entry(RequestCode.SEARCH_OFFSET_BY_TIMESTAMP, OFFSET),
                    entry(RequestCode.GET_MAX_OFFSET, OFFSET),
                    entry(RequestCode.GET_MIN_OFFSET, OFFSET),
                    entry(
                            RequestCode.GET_EARLIEST_MSG_STORETIME,
                            new Fields<>(
                                    EarliestMsgStoretimeResponse::decode,
                                    EarliestMsgStoretimeResponse::encode)),
                    entry(
                            RequestCode.QUERY_MESSAGE,
                            new Fields<>(
                                    QueryMessageResponse::decode, QueryMessageResponse::encode)));

    static final Map<Integer, Body<?>> REQUEST_BODIES =
            Map.of(
                    RequestCode.HEART_BEAT,
                    new Body<>(HeartbeatData::decode, HeartbeatData::encode),
                    RequestCode.LOCK_BATCH_MQ,
                    new Body<>(LockBatchRequestBody::decode, LockBatchRequestBody::encode),
                    RequestCode.UNLOCK_BATCH_MQ,
                    new Body<>(UnlockBatchRequestBody::decode, UnlockBatchRequestBody::encode),
                    RequestCode.CHECK_CLIENT_CONFIG,
                    new Body<>(CheckClientRequestBody::decode, CheckClientRequestBody::encode),
                    RequestCode.UPDATE_AND_CREATE_SUBSCRIPTIONGROUP,
                    new Body<>(SubscriptionGroupConfig::decode, SubscriptionGroupConfig::encode));

    static final Map<Integer, Body<?>> ANSWER_BODIES =
            Map.of(
                    RequestCode.GET_ROUTEINFO_BY_TOPIC,
                    new Body<>(TopicRouteData::decode, route -> route.encode(true)),
                    RequestCode.GET_BROKER_CLUSTER_INFO,
                    new Body<>(ClusterInfo::decode, ClusterInfo::encode),
                    RequestCode.GET_CONSUMER_LIST_BY_GROUP,
                    new Body<>(
                            GetConsumerListByGroupResponseBody::decode,
                            GetConsumerListByGroupResponseBody::encode),
                    RequestCode.LOCK_BATCH_MQ,
                    new Body<>(LockBatchResponseBody::decode, LockBatchResponseBody::encode));
}
