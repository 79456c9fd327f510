package io.sluice.protocol;

/** What a request asks for. From a client to a server, unless said otherwise. */
public final class RequestCode {
    /** Stores a message; {@link SendMessageHeader}. */
    public static final int SEND_MESSAGE = 10;

    /** Reads messages of a queue, or waits for them; {@link PullMessageHeader}. */
    public static final int PULL_MESSAGE = 11;

    /** Finds messages by key; {@link QueryMessageHeader}. */
    public static final int QUERY_MESSAGE = 12;

    /** Where a group is in a queue; {@link QueryConsumerOffsetHeader}. */
    public static final int QUERY_CONSUMER_OFFSET = 14;

    /** Commits where a group is in a queue; {@link UpdateConsumerOffsetHeader}. */
    public static final int UPDATE_CONSUMER_OFFSET = 15;

    /** Creates or changes a topic; {@link CreateTopicHeader}. */
    public static final int UPDATE_AND_CREATE_TOPIC = 17;

    /** Creates or changes topics; body {@link TopicConfigList}. */
    public static final int UPDATE_AND_CREATE_TOPIC_LIST = 18;

    /** How all topics are; answered with {@link AllTopics}. */
    public static final int GET_ALL_TOPIC_CONFIG = 21;

    /** Changes settings; body as a properties file. */
    public static final int UPDATE_BROKER_CONFIG = 25;

    /** What the settings are; answered with a properties file. */
    public static final int GET_BROKER_CONFIG = 26;

    /** How a broker is; answered with a {@link KeyValues} of numbers and texts. */
    public static final int GET_BROKER_RUNTIME_INFO = 28;

    /** The offset of a time; {@link SearchOffsetHeader}. */
    public static final int SEARCH_OFFSET_BY_TIMESTAMP = 29;

    /** Where a queue ends; {@link GetMaxOffsetHeader}. */
    public static final int GET_MAX_OFFSET = 30;

    /** Where a queue begins; {@link GetMinOffsetHeader}. */
    public static final int GET_MIN_OFFSET = 31;

    /** How old a queue's first message is; {@link GetEarliestMsgStoretimeHeader}. */
    public static final int GET_EARLIEST_MSG_STORETIME = 32;

    /** Reads the message at a position; {@link ViewMessageHeader}. */
    public static final int VIEW_MESSAGE_BY_ID = 33;

    /** Says which groups a client is in; body {@link HeartbeatData}. */
    public static final int HEART_BEAT = 34;

    /** Says that a client leaves a group; {@link UnregisterClientHeader}. */
    public static final int UNREGISTER_CLIENT = 35;

    /** Asks for a message to be delivered again later; {@link ConsumerSendMsgBackHeader}. */
    public static final int CONSUMER_SEND_MSG_BACK = 36;

    /** Commits or rolls back a transactional message; {@link EndTransactionHeader}. */
    public static final int END_TRANSACTION = 37;

    /** Which clients are in a group; {@link GetConsumerListByGroupHeader}. */
    public static final int GET_CONSUMER_LIST_BY_GROUP = 38;

    /** To a client: what became of a transaction? {@link CheckTransactionStateHeader}. */
    public static final int CHECK_TRANSACTION_STATE = 39;

    /** To a client: a group's members have changed; {@link NotifyConsumerIdsChangedHeader}. */
    public static final int NOTIFY_CONSUMER_IDS_CHANGED = 40;

    /** Locks queues for an orderly consumer; body {@link LockBatchRequestBody}. */
    public static final int LOCK_BATCH_MQ = 41;

    /** Unlocks them; body {@link UnlockBatchRequestBody}. */
    public static final int UNLOCK_BATCH_MQ = 42;

    /** Asks whether a subscription is understood; body {@link CheckClientRequestBody}. */
    public static final int CHECK_CLIENT_CONFIG = 46;

    /** Puts an entry into the name service's table; {@link KVConfigHeader}. */
    public static final int PUT_KV_CONFIG = 100;

    /** Reads it; {@link KVConfigHeader}. */
    public static final int GET_KV_CONFIG = 101;

    /** Deletes it; {@link KVConfigHeader}. */
    public static final int DELETE_KV_CONFIG = 102;

    /** Where a topic's queues are; {@link GetRouteInfoHeader}. */
    public static final int GET_ROUTEINFO_BY_TOPIC = 105;

    /** Which brokers there are; answered with {@link ClusterInfo}. */
    public static final int GET_BROKER_CLUSTER_INFO = 106;

    /** Creates or changes a group; body {@link SubscriptionGroupConfig}. */
    public static final int UPDATE_AND_CREATE_SUBSCRIPTIONGROUP = 200;

    /** Which groups there are; answered with {@link SubscriptionGroupList}. */
    public static final int GET_ALL_SUBSCRIPTIONGROUP_CONFIG = 201;

    /** Where a topic's queues begin and end; {@link GetTopicStatsInfoHeader}. */
    public static final int GET_TOPIC_STATS_INFO = 202;

    /** Which clients consume in a group; {@link GetConsumerConnectionListHeader}. */
    public static final int GET_CONSUMER_CONNECTION_LIST = 203;

    /** Which clients send in a group; {@link GetProducerConnectionListHeader}. */
    public static final int GET_PRODUCER_CONNECTION_LIST = 204;

    /** Routes no longer let producers write; {@link WritePermOfBrokerHeader}. */
    public static final int WIPE_WRITE_PERM_OF_BROKER = 205;

    /** Which topics there are; answered with {@link TopicList}. */
    public static final int GET_ALL_TOPIC_LIST_FROM_NAMESERVER = 206;

    /** Deletes a group; {@link DeleteSubscriptionGroupHeader}. */
    public static final int DELETE_SUBSCRIPTIONGROUP = 207;

    /** How far a group is; {@link GetConsumeStatsHeader}, answered with {@link ConsumeStats}. */
    public static final int GET_CONSUME_STATS = 208;

    /** Deletes a topic; {@link DeleteTopicHeader}. */
    public static final int DELETE_TOPIC_IN_BROKER = 215;

    /** Forgets a topic's route; {@link DeleteTopicInNamesrvHeader}. */
    public static final int DELETE_TOPIC_IN_NAMESRV = 216;

    /** All entries of a part of the name service's table; {@link GetKVListByNamespaceHeader}. */
    public static final int GET_KVLIST_BY_NAMESPACE = 219;

    /** To a client: go on from other offsets. */
    public static final int RESET_CONSUMER_CLIENT_OFFSET = 220;

    /** To a client: where are you? {@link GetConsumerStatusHeader}. */
    public static final int GET_CONSUMER_STATUS_FROM_CLIENT = 221;

    /** Sends a group to other offsets; {@link ResetOffsetHeader}. */
    public static final int INVOKE_BROKER_TO_RESET_OFFSET = 222;

    /** How far the members of a group say they are; {@link GetConsumerStatusHeader}. */
    public static final int INVOKE_BROKER_TO_GET_CONSUMER_STATUS = 223;

    /** Which topics a cluster has; {@link GetTopicsByClusterHeader}. */
    public static final int GET_TOPICS_BY_CLUSTER = 224;

    /** Creates or changes groups; body {@link SubscriptionGroupConfigList}. */
    public static final int UPDATE_AND_CREATE_SUBSCRIPTIONGROUP_LIST = 225;

    /** Which groups consume a topic; {@link QueryTopicConsumeByWhoHeader}. */
    public static final int QUERY_TOPIC_CONSUME_BY_WHO = 300;

    /** How far behind a group is, in time; {@link QueryConsumeTimeSpanHeader}. */
    public static final int QUERY_CONSUME_TIME_SPAN = 303;

    /** Which topics belong to the system, and where to ask for more; {@link TopicList}. */
    public static final int GET_SYSTEM_TOPIC_LIST_FROM_NS = 304;

    /** Which topics belong to the system; {@link TopicList}. */
    public static final int GET_SYSTEM_TOPIC_LIST_FROM_BROKER = 305;

    /** Deletes index files that are not needed. */
    public static final int CLEAN_EXPIRED_CONSUMEQUEUE = 306;

    /** To a client: how are you doing? */
    public static final int GET_CONSUMER_RUNNING_INFO = 307;

    /** The lowest offsets that groups have committed; {@link QueryCorrectionOffsetHeader}. */
    public static final int QUERY_CORRECTION_OFFSET = 308;

    /** To a client: consume this message now. */
    public static final int CONSUME_MESSAGE_DIRECTLY = 309;

    /** Sends a group to where another one is; {@link CloneGroupOffsetHeader}. */
    public static final int CLONE_GROUP_OFFSET = 314;

    /** {@link #SEND_MESSAGE} with one-letter field names. */
    public static final int SEND_MESSAGE_V2 = 310;

    /** How often something happened lately; {@link ViewBrokerStatsDataHeader}. */
    public static final int VIEW_BROKER_STATS_DATA = 315;

    /** Deletes what is left of topics that were deleted. */
    public static final int CLEAN_UNUSED_TOPIC = 316;

    /** How far all groups are; {@link GetBrokerConsumeStatsHeader}. */
    public static final int GET_BROKER_CONSUME_STATS = 317;

    /** Changes settings of the name service; body as a properties file. */
    public static final int UPDATE_NAMESRV_CONFIG = 318;

    /** What the settings of the name service are; answered with a properties file. */
    public static final int GET_NAMESRV_CONFIG = 319;

    /** Stores messages, body {@link BatchBody}; {@link SendMessageHeader}. */
    public static final int SEND_BATCH_MESSAGE = 320;

    /** What the index of a queue says; {@link QueryConsumeQueueHeader}. */
    public static final int QUERY_CONSUME_QUEUE = 321;

    /** Asks the producers of a transaction anew; {@link ResumeCheckHalfMessageHeader}. */
    public static final int RESUME_CHECK_HALF_MESSAGE = 323;

    /** Sends a reply to a requesting client; {@link SendMessageHeader}. */
    public static final int SEND_REPLY_MESSAGE = 324;

    /** {@link #SEND_REPLY_MESSAGE} with one-letter field names. */
    public static final int SEND_REPLY_MESSAGE_V2 = 325;

    /** To a client: the reply to its request message; {@link ReplyMessageHeader}. */
    public static final int PUSH_REPLY_MESSAGE_TO_CLIENT = 326;

    /** Routes let producers write again; {@link WritePermOfBrokerHeader}. */
    public static final int ADD_WRITE_PERM_OF_BROKER = 327;

    /** Which clients send; answered with {@link ProducerTable}. */
    public static final int GET_ALL_PRODUCER_INFO = 328;

    /** Deletes files that have expired. */
    public static final int DELETE_EXPIRED_COMMITLOG = 329;

    /** Which topics a group consumes; {@link QueryTopicsByConsumerHeader}. */
    public static final int QUERY_TOPICS_BY_CONSUMER = 343;

    /** What a group wants of a topic; {@link QuerySubscriptionByConsumerHeader}. */
    public static final int QUERY_SUBSCRIPTION_BY_CONSUMER = 345;

    /** How one topic is; {@link GetTopicConfigHeader}, answered with {@link TopicConfig}. */
    public static final int GET_TOPIC_CONFIG = 351;

    /** How a group is; {@link GetSubscriptionGroupConfigHeader}. */
    public static final int GET_SUBSCRIPTIONGROUP_CONFIG = 352;

    /** Whether a group may read a topic; {@link UpdateGroupForbiddenHeader}. */
    public static final int UPDATE_AND_GET_GROUP_FORBIDDEN = 353;

    /** {@link #PULL_MESSAGE} from a lite pull consumer. */
    public static final int LITE_PULL_MESSAGE = 361;

    /** Takes back a delayed message. */
    public static final int RECALL_MESSAGE = 370;

    /** Which queues a consumer should read. */
    public static final int QUERY_ASSIGNMENT = 400;

    /** Whether a group pulls or pops. */
    public static final int SET_MESSAGE_REQUEST_MODE = 401;

    /** Leases messages. */
    public static final int POP_MESSAGE = 200050;

    /** Ends a lease: consumed. */
    public static final int ACK_MESSAGE = 200051;

    /** Reads messages without leasing them. */
    public static final int PEEK_MESSAGE = 200052;

    /** Extends or shortens a lease. */
    public static final int CHANGE_MESSAGE_INVISIBLETIME = 200053;

    /** Waits until there is something to pop. */
    public static final int NOTIFICATION = 200054;

    /** How many wait to pop; {@link NotificationHeader}. */
    public static final int POLLING_INFO = 200055;

    /** Moves RocketMQ's own leases to an older format. */
    public static final int POP_ROLLBACK = 200056;

    /** Which groups were told to pull or pop. */
    public static final int GET_ALL_MESSAGE_REQUEST_MODE = 402;

    /** Ends several leases. */
    public static final int BATCH_ACK_MESSAGE = 200151;

    private static final int[] WIDE = {
        POP_MESSAGE,
        ACK_MESSAGE,
        PEEK_MESSAGE,
        CHANGE_MESSAGE_INVISIBLETIME,
        NOTIFICATION,
        POLLING_INFO,
        POP_ROLLBACK,
        BATCH_ACK_MESSAGE
    };

    /** Sluice's own: {@link ListTransactionsHeader}, answered with a {@link TransactionList}. */
    public static final int LIST_TRANSACTIONS = 9037;

    /** Sluice's own: an operator decides a transaction; {@link DecideTransactionHeader}. */
    public static final int DECIDE_TRANSACTION = 9038;

    // Sluice's own, for its command line: above all that RocketMQ uses, and within the 16 bits that
    // a ROCKETMQ header has for a code.

    /** Finds one message, stored or not due yet; {@link LocateMessageHeader}. */
    public static final int LOCATE_MESSAGE = 30_001;

    /** What became of a message in one group or in all; {@link MessageStatusHeader}. */
    public static final int MESSAGE_STATUS = 30_002;

    /** Gives a message to one group once more; {@link ResendMessageHeader}. */
    public static final int RESEND_MESSAGE = 30_003;

    /** Which messages are due next; {@link NextDueHeader}, answered with JSON. */
    public static final int NEXT_DUE = 30_004;

    private RequestCode() {}

    /**
     * The code that a request means whose header has room for 16 bits only: what is wider was cut
     * off by the client.
     */
    static int ofShort(short code) {
        for (int wide : WIDE) {
            if ((short) wide == code) {
                return wide;
            }
        }
        return code;
    }
}
