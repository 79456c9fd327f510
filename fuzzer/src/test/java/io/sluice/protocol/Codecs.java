package io.sluice.protocol;

import static io.sluice.fuzz.Target.require;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * Every record that is read from a header or from a JSON body. Inputs that are kept name those of
 * bodies by their place here: add at the end. {@link CodecsTest} sees to it that none is missing.
 */
final class Codecs {
    private Codecs() {}

    /** Fields from a header and back. */
    record Fields<T>(
            Class<T> type,
            Function<Header, T> decode,
            BiFunction<T, FrameWriter, FrameWriter> encode) {

        /** What was read, written and read again, is written the same. */
        void check(T fields, SerializeType serializeType) {
            byte[] once = bytes(fields, serializeType);
            Header header = Header.decode(Unpooled.wrappedBuffer(once), 0);
            byte[] twice = bytes(decode.apply(header), serializeType);
            require(Arrays.equals(once, twice), "round trip of " + fields);
        }

        private byte[] bytes(T fields, SerializeType serializeType) {
            FrameWriter writer =
                    new FrameWriter().request(serializeType, RequestCode.SEND_MESSAGE_V2, 1);
            ByteBuf out = Unpooled.buffer();
            encode.apply(fields, writer).finish(out, 0);
            return Arrays.copyOf(out.array(), out.readableBytes());
        }
    }

    interface BodyDecoder<T> {
        T decode(ByteBuf in, int index, int sizeBytes);
    }

    /** A JSON body from bytes and back. */
    record Body<T>(Class<T> type, BodyDecoder<T> decode, Function<T, JsonWriter> encode) {

        /** What was read, written and read again, is written the same. */
        void check(T body) {
            byte[] once = encode.apply(body).toBytes();
            T again = decode.decode(Unpooled.wrappedBuffer(once), 0, once.length);
            byte[] twice = encode.apply(again).toBytes();
            require(Arrays.equals(once, twice), "round trip of " + body);
        }
    }

    static final List<Fields<?>> FIELDS =
            List.of(
                    new Fields<>(
                            ConsumerSendMsgBackHeader.class,
                            ConsumerSendMsgBackHeader::decode,
                            ConsumerSendMsgBackHeader::encode),
                    new Fields<>(
                            CreateTopicHeader.class,
                            CreateTopicHeader::decode,
                            CreateTopicHeader::encode),
                    new Fields<>(
                            DeleteSubscriptionGroupHeader.class,
                            DeleteSubscriptionGroupHeader::decode,
                            DeleteSubscriptionGroupHeader::encode),
                    new Fields<>(
                            DeleteTopicHeader.class,
                            DeleteTopicHeader::decode,
                            DeleteTopicHeader::encode),
                    new Fields<>(
                            DeleteTopicInNamesrvHeader.class,
                            DeleteTopicInNamesrvHeader::decode,
                            DeleteTopicInNamesrvHeader::encode),
                    new Fields<>(
                            EarliestMsgStoretimeResponse.class,
                            EarliestMsgStoretimeResponse::decode,
                            EarliestMsgStoretimeResponse::encode),
                    new Fields<>(
                            GetConsumeStatsHeader.class,
                            GetConsumeStatsHeader::decode,
                            GetConsumeStatsHeader::encode),
                    new Fields<>(
                            GetConsumerListByGroupHeader.class,
                            GetConsumerListByGroupHeader::decode,
                            GetConsumerListByGroupHeader::encode),
                    new Fields<>(
                            GetEarliestMsgStoretimeHeader.class,
                            GetEarliestMsgStoretimeHeader::decode,
                            GetEarliestMsgStoretimeHeader::encode),
                    new Fields<>(
                            GetMaxOffsetHeader.class,
                            GetMaxOffsetHeader::decode,
                            GetMaxOffsetHeader::encode),
                    new Fields<>(
                            GetMinOffsetHeader.class,
                            GetMinOffsetHeader::decode,
                            GetMinOffsetHeader::encode),
                    new Fields<>(
                            GetRouteInfoHeader.class,
                            GetRouteInfoHeader::decode,
                            GetRouteInfoHeader::encode),
                    new Fields<>(
                            GetTopicConfigHeader.class,
                            GetTopicConfigHeader::decode,
                            GetTopicConfigHeader::encode),
                    new Fields<>(
                            NotifyConsumerIdsChangedHeader.class,
                            NotifyConsumerIdsChangedHeader::decode,
                            NotifyConsumerIdsChangedHeader::encode),
                    new Fields<>(
                            OffsetResponse.class, OffsetResponse::decode, OffsetResponse::encode),
                    new Fields<>(
                            PullMessageHeader.class,
                            PullMessageHeader::decode,
                            PullMessageHeader::encode),
                    new Fields<>(
                            PullMessageResponse.class,
                            PullMessageResponse::decode,
                            PullMessageResponse::encode),
                    new Fields<>(
                            QueryConsumerOffsetHeader.class,
                            QueryConsumerOffsetHeader::decode,
                            QueryConsumerOffsetHeader::encode),
                    new Fields<>(
                            QueryMessageHeader.class,
                            QueryMessageHeader::decode,
                            QueryMessageHeader::encode),
                    new Fields<>(
                            QueryMessageResponse.class,
                            QueryMessageResponse::decode,
                            QueryMessageResponse::encode),
                    new Fields<>(
                            SearchOffsetHeader.class,
                            SearchOffsetHeader::decode,
                            SearchOffsetHeader::encode),
                    new Fields<>(
                            SendMessageHeader.class,
                            SendMessageHeader::decode,
                            SendMessageHeader::encode),
                    new Fields<>(
                            SendMessageResponse.class,
                            SendMessageResponse::decode,
                            SendMessageResponse::encode),
                    new Fields<>(
                            UnregisterClientHeader.class,
                            UnregisterClientHeader::decode,
                            UnregisterClientHeader::encode),
                    new Fields<>(
                            UpdateConsumerOffsetHeader.class,
                            UpdateConsumerOffsetHeader::decode,
                            UpdateConsumerOffsetHeader::encode),
                    new Fields<>(
                            ViewMessageHeader.class,
                            ViewMessageHeader::decode,
                            ViewMessageHeader::encode),
                    new Fields<>(
                            GetConsumerRunningInfoHeader.class,
                            GetConsumerRunningInfoHeader::decode,
                            GetConsumerRunningInfoHeader::encode),
                    new Fields<>(
                            ConsumeMessageDirectlyHeader.class,
                            ConsumeMessageDirectlyHeader::decode,
                            ConsumeMessageDirectlyHeader::encode),
                    new Fields<>(
                            GetTopicStatsInfoHeader.class,
                            GetTopicStatsInfoHeader::decode,
                            GetTopicStatsInfoHeader::encode),
                    new Fields<>(
                            GetConsumerConnectionListHeader.class,
                            GetConsumerConnectionListHeader::decode,
                            GetConsumerConnectionListHeader::encode),
                    new Fields<>(
                            GetProducerConnectionListHeader.class,
                            GetProducerConnectionListHeader::decode,
                            GetProducerConnectionListHeader::encode),
                    new Fields<>(
                            QueryTopicConsumeByWhoHeader.class,
                            QueryTopicConsumeByWhoHeader::decode,
                            QueryTopicConsumeByWhoHeader::encode),
                    new Fields<>(
                            QueryTopicsByConsumerHeader.class,
                            QueryTopicsByConsumerHeader::decode,
                            QueryTopicsByConsumerHeader::encode),
                    new Fields<>(
                            QuerySubscriptionByConsumerHeader.class,
                            QuerySubscriptionByConsumerHeader::decode,
                            QuerySubscriptionByConsumerHeader::encode),
                    new Fields<>(
                            QueryConsumeTimeSpanHeader.class,
                            QueryConsumeTimeSpanHeader::decode,
                            QueryConsumeTimeSpanHeader::encode),
                    new Fields<>(
                            ViewBrokerStatsDataHeader.class,
                            ViewBrokerStatsDataHeader::decode,
                            ViewBrokerStatsDataHeader::encode),
                    new Fields<>(
                            GetBrokerConsumeStatsHeader.class,
                            GetBrokerConsumeStatsHeader::decode,
                            GetBrokerConsumeStatsHeader::encode),
                    new Fields<>(
                            QueryConsumeQueueHeader.class,
                            QueryConsumeQueueHeader::decode,
                            QueryConsumeQueueHeader::encode),
                    new Fields<>(
                            GetSubscriptionGroupConfigHeader.class,
                            GetSubscriptionGroupConfigHeader::decode,
                            GetSubscriptionGroupConfigHeader::encode),
                    new Fields<>(
                            QueryCorrectionOffsetHeader.class,
                            QueryCorrectionOffsetHeader::decode,
                            QueryCorrectionOffsetHeader::encode),
                    new Fields<>(
                            KVConfigHeader.class, KVConfigHeader::decode, KVConfigHeader::encode),
                    new Fields<>(
                            GetKVListByNamespaceHeader.class,
                            GetKVListByNamespaceHeader::decode,
                            GetKVListByNamespaceHeader::encode),
                    new Fields<>(
                            WritePermOfBrokerHeader.class,
                            WritePermOfBrokerHeader::decode,
                            WritePermOfBrokerHeader::encode),
                    new Fields<>(
                            GetTopicsByClusterHeader.class,
                            GetTopicsByClusterHeader::decode,
                            GetTopicsByClusterHeader::encode),
                    new Fields<>(
                            UpdateGroupForbiddenHeader.class,
                            UpdateGroupForbiddenHeader::decode,
                            UpdateGroupForbiddenHeader::encode));

    static final List<Body<?>> BODIES =
            List.of(
                    new Body<>(
                            CheckClientRequestBody.class,
                            CheckClientRequestBody::decode,
                            CheckClientRequestBody::encode),
                    new Body<>(ClusterInfo.class, ClusterInfo::decode, ClusterInfo::encode),
                    new Body<>(ConsumeStats.class, ConsumeStats::decode, ConsumeStats::encode),
                    new Body<>(
                            GetConsumerListByGroupResponseBody.class,
                            GetConsumerListByGroupResponseBody::decode,
                            GetConsumerListByGroupResponseBody::encode),
                    new Body<>(HeartbeatData.class, HeartbeatData::decode, HeartbeatData::encode),
                    new Body<>(KeyValues.class, KeyValues::decode, KeyValues::encode),
                    new Body<>(
                            LockBatchRequestBody.class,
                            LockBatchRequestBody::decode,
                            LockBatchRequestBody::encode),
                    new Body<>(
                            LockBatchResponseBody.class,
                            LockBatchResponseBody::decode,
                            LockBatchResponseBody::encode),
                    new Body<>(
                            SubscriptionGroupConfig.class,
                            SubscriptionGroupConfig::decode,
                            SubscriptionGroupConfig::encode),
                    new Body<>(
                            SubscriptionGroupList.class,
                            SubscriptionGroupList::decode,
                            SubscriptionGroupList::encode),
                    new Body<>(TopicConfig.class, TopicConfig::decode, TopicConfig::encode),
                    new Body<>(TopicList.class, TopicList::decode, TopicList::encode),
                    new Body<>(
                            TopicRouteData.class,
                            TopicRouteData::decode,
                            route -> route.encode(true)),
                    new Body<>(
                            UnlockBatchRequestBody.class,
                            UnlockBatchRequestBody::decode,
                            UnlockBatchRequestBody::encode),
                    new Body<>(
                            TopicConfigList.class,
                            TopicConfigList::decode,
                            TopicConfigList::encode),
                    new Body<>(
                            SubscriptionGroupConfigList.class,
                            SubscriptionGroupConfigList::decode,
                            SubscriptionGroupConfigList::encode));
}
